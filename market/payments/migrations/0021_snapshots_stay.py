from django.db import migrations

from market.core.db.triggers import keep_rows


class Migration(migrations.Migration):
    """Expand: the table itself refuses what the models do; no row is read."""

    dependencies = [("payments", "0020_ledger_checks")]

    operations = [*keep_rows("AccountSnapshot")]
