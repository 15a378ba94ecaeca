import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    """Expand: a table that the previous release does not know."""

    dependencies = [
        ("payments", "0014_dispute_outcome"),
    ]

    operations = [
        migrations.CreateModel(
            name="VatCheck",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("vat_id", models.CharField(db_collation="utf8mb4_bin", max_length=20)),
                ("is_valid", models.BooleanField()),
                ("name", models.CharField(blank=True, max_length=200)),
                ("receipt", models.CharField(blank=True, max_length=60)),
                ("checked_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                "indexes": [models.Index(fields=["vat_id", "checked_at"], name="vat_check_latest")],
            },
        ),
    ]
