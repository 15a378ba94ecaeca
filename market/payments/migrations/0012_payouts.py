import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """Expand: tables of their own; no database knows the choices of a transfer's kind."""

    dependencies = [
        ("payments", "0011_staff_acts_stay"),
        ("users", "0002_language"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="PayoutAccount",
            fields=[
                (
                    "author",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="payout_account",
                        serialize=False,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "method",
                    models.CharField(
                        choices=[
                            ("connect", "Payout account at our payment service"),
                            ("bank", "Bank transfer (SWIFT)"),
                        ],
                        max_length=8,
                    ),
                ),
                ("holder", models.CharField(max_length=120)),
                ("destination", models.CharField(db_collation="utf8mb4_bin", max_length=80)),
                ("bic", models.CharField(blank=True, db_collation="utf8mb4_bin", max_length=11)),
                ("hold_until", models.DateTimeField(null=True)),
                ("updated_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
        ),
        migrations.CreateModel(
            name="PayoutBatch",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("period", models.CharField(db_collation="utf8mb4_bin", max_length=7, unique=True)),
                ("cut_off_at", models.DateTimeField()),
                ("cleared_until", models.DateTimeField()),
                ("pay_on", models.DateField()),
                ("closed_at", models.DateTimeField(null=True)),
            ],
            options={
                "permissions": [("run_payouts", "Can hold, release and confirm payouts")],
            },
        ),
        migrations.AlterField(
            model_name="transfer",
            name="kind",
            field=models.CharField(
                choices=[
                    ("payment", "Payment"),
                    ("credit_spent", "Paid with credit"),
                    ("sale", "Sale"),
                    ("author_fee", "Author fee"),
                    ("buyer_fee", "Buyer fee"),
                    ("support", "Support"),
                    ("support_fee", "Support fee"),
                    ("tax", "Tax"),
                    ("refund_sale", "Sale refunded"),
                    ("refund_author_fee", "Author fee given back"),
                    ("refund_buyer_fee", "Buyer fee refunded"),
                    ("refund_support", "Support refunded"),
                    ("refund_support_fee", "Support fee given back"),
                    ("refund_tax", "Tax refunded"),
                    ("refund_paid", "Refund"),
                    ("refund_credit", "Refund as credit"),
                    ("reverse_sale", "Sale reversed"),
                    ("reverse_author_fee", "Author fee given back"),
                    ("reverse_buyer_fee", "Buyer fee reversed"),
                    ("reverse_support", "Support reversed"),
                    ("reverse_support_fee", "Support fee given back"),
                    ("reverse_tax", "Tax reversed"),
                    ("reversed", "Payment reversed"),
                    ("restored", "Payment restored"),
                    ("restore_sale", "Sale restored"),
                    ("restore_author_fee", "Author fee"),
                    ("restore_buyer_fee", "Buyer fee"),
                    ("restore_support", "Support restored"),
                    ("restore_support_fee", "Support fee"),
                    ("restore_tax", "Tax"),
                    ("deposit", "Deposit"),
                    ("deposit_reversed", "Deposit reversed"),
                    ("earnings_to_credit", "Earnings moved to credit"),
                    ("payout", "Payout"),
                    ("payout_settled", "Payout settled"),
                    ("payout_unsettled", "Payout came back"),
                    ("payout_returned", "Payout returned"),
                    ("payout_fee", "Bank fee of a payout"),
                    ("withholding", "Tax withheld"),
                    ("withholding_returned", "Withheld tax returned"),
                    ("gateway_fee", "Gateway's fee"),
                    ("dispute_loss", "Loss from a dispute"),
                    ("dispute_loss_back", "Loss from a dispute made good"),
                    ("adjust_earnings_up", "Adjustment"),
                    ("adjust_earnings_down", "Adjustment"),
                    ("adjust_credit_up", "Adjustment"),
                    ("adjust_credit_down", "Adjustment"),
                ],
                db_collation="utf8mb4_bin",
                max_length=20,
            ),
        ),
        migrations.CreateModel(
            name="PayoutAccountChange",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "method",
                    models.CharField(
                        choices=[
                            ("connect", "Payout account at our payment service"),
                            ("bank", "Bank transfer (SWIFT)"),
                        ],
                        max_length=8,
                    ),
                ),
                ("masked", models.CharField(max_length=20)),
                ("address", models.CharField(max_length=45)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "author",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Payout",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("currency", models.CharField(max_length=3)),
                ("covers_from", models.DateTimeField()),
                ("covers_until", models.DateTimeField()),
                ("gross_cents", models.BigIntegerField()),
                ("withheld_bp", models.IntegerField()),
                ("withheld_on_all", models.BooleanField()),
                ("withheld_base_cents", models.BigIntegerField()),
                ("withheld_cents", models.BigIntegerField()),
                ("withheld_back_cents", models.BigIntegerField(default=0)),
                ("fee_cents", models.BigIntegerField()),
                ("cents", models.BigIntegerField()),
                (
                    "method",
                    models.CharField(
                        choices=[
                            ("connect", "Payout account at our payment service"),
                            ("bank", "Bank transfer (SWIFT)"),
                        ],
                        max_length=8,
                    ),
                ),
                ("gateway", models.CharField(max_length=20)),
                ("destination", models.CharField(db_collation="utf8mb4_bin", max_length=80)),
                ("bic", models.CharField(blank=True, db_collation="utf8mb4_bin", max_length=11)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("accrued", "Added up"),
                            ("cut_off", "Taken from your balance"),
                            ("scheduled", "Will be sent"),
                            ("held", "On hold"),
                            ("sent", "Sent"),
                            ("settled", "Arrived"),
                            ("bounced", "Came back"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "held_for",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("account_changed", "The payout account was changed a short time ago"),
                            ("author_locked", "The account is locked"),
                            ("staff", "Our staff look into it"),
                        ],
                        max_length=16,
                    ),
                ),
                ("held_until", models.DateTimeField(null=True)),
                (
                    "idempotency_key",
                    models.CharField(db_collation="utf8mb4_bin", max_length=80, unique=True),
                ),
                ("asked_at", models.DateTimeField(null=True)),
                (
                    "gateway_ref",
                    models.CharField(
                        db_collation="utf8mb4_bin", max_length=80, null=True, unique=True
                    ),
                ),
                ("failure", models.CharField(blank=True, max_length=200)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("updated_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "author",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="payouts",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "batch",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="payouts",
                        to="payments.payoutbatch",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="PayoutEvent",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("accrued", "Added up"),
                            ("cut_off", "Taken from your balance"),
                            ("scheduled", "Will be sent"),
                            ("held", "On hold"),
                            ("sent", "Sent"),
                            ("settled", "Arrived"),
                            ("bounced", "Came back"),
                        ],
                        max_length=10,
                    ),
                ),
                ("words", models.CharField(blank=True, max_length=500)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "actor",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "payout",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="events",
                        to="payments.payout",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="TaxForm",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("w8ben", "W-8BEN: I am not a US person"),
                            ("w9", "W-9: I am a US person"),
                        ],
                        max_length=8,
                    ),
                ),
                ("legal_name", models.CharField(max_length=120)),
                ("country", models.CharField(db_collation="utf8mb4_bin", max_length=2)),
                (
                    "tax_id_hash",
                    models.CharField(blank=True, db_collation="utf8mb4_bin", max_length=64),
                ),
                ("tax_id_end", models.CharField(blank=True, max_length=4)),
                ("signed_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("valid_until", models.DateField(null=True)),
                (
                    "author",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="tax_forms",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="TreatyRate",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("country", models.CharField(db_collation="utf8mb4_bin", max_length=2)),
                ("rate_bp", models.IntegerField()),
                ("valid_from", models.DateField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("country", "valid_from"), name="treaty_rate_start"
                    )
                ],
            },
        ),
        migrations.AddIndex(
            model_name="payout",
            index=models.Index(fields=["author", "id"], name="payout_author"),
        ),
        migrations.AddIndex(
            model_name="payout",
            index=models.Index(fields=["state", "updated_at"], name="payout_work"),
        ),
        migrations.AddConstraint(
            model_name="payout",
            constraint=models.UniqueConstraint(
                fields=("batch", "author", "currency"), name="payout_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="payout",
            constraint=models.CheckConstraint(
                condition=models.Q(("cents__gt", 0)), name="payout_moves_money"
            ),
        ),
        migrations.AddIndex(
            model_name="taxform",
            index=models.Index(fields=["author", "id"], name="tax_form_newest"),
        ),
    ]
