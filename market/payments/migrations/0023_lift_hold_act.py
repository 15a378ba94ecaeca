from django.db import migrations, models


class Migration(migrations.Migration):
    """Expand: no database knows the choices."""

    dependencies = [
        ("payments", "0022_billing"),
    ]

    operations = [
        migrations.AlterField(
            model_name="staffact",
            name="act",
            field=models.CharField(
                choices=[
                    ("request_adjustment", "Asked for an adjustment"),
                    ("approve_adjustment", "Approved an adjustment"),
                    ("reject_adjustment", "Rejected an adjustment"),
                    ("resolve_case", "Resolved a case"),
                    ("lift_hold", "Let a buyer buy again"),
                ],
                db_collation="utf8mb4_bin",
                max_length=24,
            ),
        ),
    ]
