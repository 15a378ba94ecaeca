"""When a rate is in force: from its first moment on, up to but without its last."""

from datetime import UTC, datetime

from django.db.models import Q
from django.db.models.expressions import Combinable

# Seeded rates are valid from here on, so that seeding again meets the unique key.
SEEDED_FROM = datetime(2000, 1, 1, tzinfo=UTC)


def in_force(moment: datetime | Combinable) -> Q:
    return Q(valid_from__lte=moment) & (Q(valid_until__isnull=True) | Q(valid_until__gt=moment))
