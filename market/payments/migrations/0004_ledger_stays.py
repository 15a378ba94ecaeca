from django.db import migrations

from market.core.db.triggers import Trigger, keep_rows


class Migration(migrations.Migration):
    """Expand: the tables themselves refuse what the ledger never does; no row is read."""

    dependencies = [("payments", "0003_ledger_kinds")]

    operations = [
        *keep_rows("Transfer"),
        *keep_rows("Line"),
        Trigger(
            "Balance",
            "UPDATE",
            "This account may not be overdrawn",
            when="NEW.balance_cents < 0 AND NEW.balance_cents < OLD.balance_cents AND NOT NEW.may_overdraw",
        ),
    ]
