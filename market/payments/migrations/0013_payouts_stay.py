from django.db import migrations

from market.core.db.triggers import keep_rows


class Migration(migrations.Migration):
    """Expand: the tables themselves refuse to change what happened to payouts, and declarations."""

    dependencies = [("payments", "0012_payouts")]

    operations = [
        *keep_rows("PayoutEvent"),
        *keep_rows("PayoutAccountChange"),
        *keep_rows("TaxForm"),
    ]
