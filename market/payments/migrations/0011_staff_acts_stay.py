from django.db import migrations

from market.core.db.triggers import keep_rows


class Migration(migrations.Migration):
    """Expand: what staff did stays on record."""

    dependencies = [("payments", "0010_staff_acts")]

    operations = [
        *keep_rows("StaffAct"),
        *keep_rows("Adjustment"),
        *keep_rows("AdjustmentDecision"),
    ]
