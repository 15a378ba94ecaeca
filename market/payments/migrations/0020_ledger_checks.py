import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    """Expand: tables that the previous release does not know."""

    dependencies = [
        ("payments", "0019_payments_by_day"),
    ]

    operations = [
        migrations.CreateModel(
            name="LedgerCheck",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "stage",
                    models.CharField(
                        choices=[
                            ("lines", "Lines"),
                            ("transfers", "Transfers"),
                            ("accounts", "Accounts"),
                            ("orders", "Orders"),
                            ("bookings", "Bookings"),
                            ("done", "Done"),
                        ],
                        default="lines",
                        max_length=12,
                    ),
                ),
                ("position", models.BigIntegerField(default=0)),
                ("until_line_id", models.BigIntegerField(default=0)),
                ("until_transfer_id", models.BigIntegerField(default=0)),
                ("read", models.JSONField(default=dict)),
                ("cents", models.JSONField(default=dict)),
                ("fault_count", models.PositiveIntegerField(default=0)),
                ("faults", models.JSONField(default=list)),
                ("started_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("updated_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("finished_at", models.DateTimeField(null=True)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("stage", "done"), _negated=True),
                            ("finished_at__isnull", False),
                            _connector="OR",
                        ),
                        name="ledger_check_done",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="LedgerMark",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("line_id", models.BigIntegerField()),
                ("seen_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                "indexes": [models.Index(fields=["seen_at"], name="ledger_mark_seen")],
            },
        ),
        migrations.CreateModel(
            name="AccountSnapshot",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("line_id", models.BigIntegerField()),
                ("cents", models.BigIntegerField()),
                ("made_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="snapshots",
                        to="payments.account",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("account", "line_id"), name="account_snapshot_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="CheckedSum",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("cents", models.BigIntegerField()),
                (
                    "account",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="payments.account",
                    ),
                ),
                (
                    "check_run",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="sums",
                        to="payments.ledgercheck",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("check_run", "account"), name="checked_sum_once"
                    )
                ],
            },
        ),
    ]
