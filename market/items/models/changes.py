"""What search must learn: items that changed, in the order in which the changes became visible."""

from django.db import models


class ItemChange(models.Model):
    """An item that finding must look at again; what has become of it stands in its own rows.

    Written in the transaction of the change. The position comes after commit, from one sequencer
    (`services.changes.give_positions`): ids are given before it, and who reads on behind the
    highest id misses what commits late. Pruned after some days.
    """

    # No foreign key: it outlives nothing and is asked for nothing.
    item_id = models.BigIntegerField()
    # Null until it has one; a unique column may hold many nulls.
    position = models.BigIntegerField(null=True, unique=True)
    created_at = models.DateTimeField()

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.position}: {self.item_id}"


class ChangeCounter(models.Model):
    """One row, which owns the giving of positions: whoever holds its lock is the sequencer."""

    last_position = models.BigIntegerField(default=0)
    # Up to here changes are pruned: an index that contains less must be built or fetched anew.
    forgotten_position = models.BigIntegerField(default=0)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"up to {self.last_position}"
