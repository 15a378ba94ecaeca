import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    """Expand: new tables."""

    dependencies = [
        ("payments", "0006_documents_stay"),
    ]

    operations = [
        migrations.CreateModel(
            name="SandboxPayout",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("ref", models.CharField(db_collation="utf8mb4_bin", max_length=80, unique=True)),
                (
                    "idempotency_key",
                    models.CharField(db_collation="utf8mb4_bin", max_length=120, unique=True),
                ),
                ("cents", models.PositiveIntegerField()),
                ("currency", models.CharField(max_length=3)),
                ("destination", models.CharField(max_length=120)),
                ("description", models.CharField(max_length=200)),
                (
                    "status",
                    models.CharField(
                        choices=[("sent", "Sent"), ("settled", "Settled"), ("bounced", "Bounced")],
                        default="sent",
                        max_length=12,
                    ),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
        ),
        migrations.CreateModel(
            name="ReconciliationCase",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("gateway", models.CharField(db_collation="utf8mb4_bin", max_length=20)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("charge_unknown", "A charge that we do not know"),
                            ("charge_missing", "A charge that the gateway does not know"),
                            ("charge_differs", "A charge of another amount"),
                            ("charge_unbooked", "A charge that is not in the ledger"),
                            ("refund_unknown", "A refund that we do not know"),
                            ("refund_missing", "A refund that the gateway does not know"),
                            ("refund_differs", "A refund of another amount"),
                            ("refund_failed", "A refund that did not go through"),
                            ("payout_unknown", "A payout that we do not know"),
                            ("payout_missing", "A payout that the gateway does not know"),
                            ("payout_differs", "A payout of another amount"),
                            ("dispute_unknown", "A dispute about a payment that we do not know"),
                            ("event_foreign", "A report that is not meant for us"),
                        ],
                        db_collation="utf8mb4_bin",
                        max_length=20,
                    ),
                ),
                ("ref", models.CharField(db_collation="utf8mb4_bin", max_length=120)),
                ("note", models.CharField(max_length=500)),
                ("opened_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("resolved_at", models.DateTimeField(null=True)),
                ("resolution", models.CharField(blank=True, max_length=500)),
            ],
            options={
                "indexes": [models.Index(fields=["resolved_at", "opened_at"], name="case_open")],
                "constraints": [
                    models.UniqueConstraint(fields=("gateway", "kind", "ref"), name="case_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="SandboxRefund",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("ref", models.CharField(db_collation="utf8mb4_bin", max_length=80, unique=True)),
                (
                    "idempotency_key",
                    models.CharField(db_collation="utf8mb4_bin", max_length=120, unique=True),
                ),
                ("cents", models.PositiveIntegerField()),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "payment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="refunds",
                        to="payments.sandboxpayment",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Dispute",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "gateway_ref",
                    models.CharField(db_collation="utf8mb4_bin", max_length=80, unique=True),
                ),
                ("cents", models.PositiveIntegerField()),
                ("currency", models.CharField(max_length=3)),
                ("status", models.CharField(max_length=40)),
                ("reason", models.CharField(max_length=60)),
                ("opened_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("closed_at", models.DateTimeField(null=True)),
                ("reversed_at", models.DateTimeField(null=True)),
                ("restored_at", models.DateTimeField(null=True)),
                (
                    "payment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="disputes",
                        to="payments.payment",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["closed_at", "opened_at"], name="dispute_open")],
            },
        ),
        migrations.CreateModel(
            name="PaymentRefund",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "source",
                    models.CharField(db_collation="utf8mb4_bin", max_length=80, unique=True),
                ),
                ("cents", models.PositiveIntegerField()),
                ("currency", models.CharField(max_length=3)),
                (
                    "idempotency_key",
                    models.CharField(db_collation="utf8mb4_bin", max_length=120, unique=True),
                ),
                (
                    "gateway_ref",
                    models.CharField(
                        db_collation="utf8mb4_bin", max_length=80, null=True, unique=True
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("created", "Created"),
                            ("pending", "Pending"),
                            ("succeeded", "Succeeded"),
                            ("failed", "Failed"),
                        ],
                        default="created",
                        max_length=12,
                    ),
                ),
                ("failure", models.CharField(blank=True, max_length=200)),
                ("reason", models.CharField(blank=True, max_length=200)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("updated_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "payment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="refunds",
                        to="payments.payment",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["status", "updated_at"], name="refund_recovery"),
                    models.Index(fields=["created_at"], name="refund_made"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("cents__gt", 0)), name="refund_moves_money"
                    )
                ],
            },
        ),
    ]
