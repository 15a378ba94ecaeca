from django.db import migrations, models


class Migration(migrations.Migration):
    """Expand: tables that the previous release does not know."""

    dependencies = [
        ("payments", "0007_refunds_and_cases"),
    ]

    operations = [
        migrations.CreateModel(
            name="SupportRate",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("site_id", models.PositiveSmallIntegerField()),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("upgrade", "Upgrade"),
                            ("extension", "Extension"),
                            ("renewal", "Renewal"),
                        ],
                        db_collation="utf8mb4_bin",
                        max_length=12,
                    ),
                ),
                ("rate_bp", models.PositiveIntegerField()),
                ("fee_bp", models.PositiveIntegerField()),
                ("valid_from", models.DateTimeField()),
                ("valid_until", models.DateTimeField(null=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("site_id", "kind", "valid_from"), name="support_rate_start"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("fee_bp__lte", 10000), ("rate_bp__lte", 10000)),
                        name="support_rate_within_price",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("valid_until__isnull", True),
                            ("valid_until__gt", models.F("valid_from")),
                            _connector="OR",
                        ),
                        name="support_rate_period",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="TaxRate",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("country", models.CharField(db_collation="utf8mb4_bin", max_length=2)),
                ("area", models.CharField(blank=True, db_collation="utf8mb4_bin", max_length=8)),
                (
                    "kind",
                    models.CharField(
                        choices=[("electronic", "Electronic")],
                        db_collation="utf8mb4_bin",
                        max_length=12,
                    ),
                ),
                ("rate_bp", models.PositiveIntegerField()),
                ("valid_from", models.DateTimeField()),
                ("valid_until", models.DateTimeField(null=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("country", "kind", "valid_from"), name="tax_rate_start"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("rate_bp__lte", 10000)), name="tax_rate_within_price"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("valid_until__isnull", True),
                            ("valid_until__gt", models.F("valid_from")),
                            _connector="OR",
                        ),
                        name="tax_rate_period",
                    ),
                ],
            },
        ),
    ]
