from django.db import migrations

from market.core.db.triggers import keep_rows


class Migration(migrations.Migration):
    """Expand: the tables themselves refuse what the models do; no row is read."""

    dependencies = [("purchases", "0010_billing_and_events")]

    operations = [
        *keep_rows("BillingDetails"),
        *keep_rows("OrderEvent"),
        *keep_rows("SupportPeriod"),
    ]
