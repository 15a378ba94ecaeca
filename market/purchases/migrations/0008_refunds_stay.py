from django.db import migrations

from market.core.db.triggers import keep_rows


class Migration(migrations.Migration):
    """Expand: the tables themselves refuse to change what was given back, and how it was decided."""

    dependencies = [("purchases", "0007_sale_event_delta")]

    operations = [*keep_rows("RefundLine"), *keep_rows("RefundEvent")]
