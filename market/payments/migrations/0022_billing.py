import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """Expand: new tables."""

    dependencies = [
        ("payments", "0021_snapshots_stay"),
    ]

    operations = [
        migrations.CreateModel(
            name="BilledAccount",
            fields=[
                (
                    "account",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        serialize=False,
                        to="payments.account",
                    ),
                ),
                ("last_line_id", models.BigIntegerField()),
                ("balance_cents", models.BigIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name="BillingRun",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("month", models.CharField(db_collation="utf8mb4_bin", max_length=7, unique=True)),
                ("after_account_id", models.BigIntegerField(default=0)),
                ("done_at", models.DateTimeField(null=True)),
            ],
        ),
    ]
