from django.db import models
from django.utils import timezone

from market.core.ids import UUIDField
from market.users.models import User


class Deposit(models.Model):
    """Money that somebody puts in to spend later. What arrived of it is in the ledger."""

    key = UUIDField(unique=True)  # made by the page: one form, one deposit
    user = models.ForeignKey(User, models.PROTECT, related_name="deposits")
    cents = models.PositiveIntegerField()
    currency = models.CharField(max_length=3, default="USD")
    created_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.purpose

    @property
    def purpose(self) -> str:
        """What payments call it."""
        return f"deposit:{self.key.hex}"
