import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """Expand: tables of their own."""

    dependencies = [
        ("purchases", "0005_cartline_more_support"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="BuyerHold",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "dispute_ref",
                    models.CharField(db_collation="utf8mb4_bin", max_length=80, unique=True),
                ),
                ("reason", models.CharField(blank=True, max_length=500)),
                ("since", models.DateTimeField(default=django.utils.timezone.now)),
                ("lifted_at", models.DateTimeField(null=True)),
                (
                    "buyer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="RefundRequest",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "ground",
                    models.CharField(
                        choices=[
                            ("not_as_described", "It is not as its page describes it"),
                            ("not_working", "It does not work, and the author did not fix it"),
                            ("security_hole", "It has a security hole that was not fixed"),
                            ("no_support", "Promised support was not given"),
                            ("unused_support", "I have not used the extra support"),
                            ("not_downloaded", "I have not downloaded it"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "scope",
                    models.CharField(
                        choices=[("whole", "All of it"), ("support", "The extra support only")],
                        max_length=8,
                    ),
                ),
                ("words", models.CharField(max_length=2000)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("requested", "Waiting for the author"),
                            ("accepted", "Accepted"),
                            ("declined", "Declined by the author"),
                            ("disputed", "With our staff"),
                            ("ruled_for_buyer", "Decided for the buyer"),
                            ("ruled_for_author", "Decided for the author"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        default="requested",
                        max_length=20,
                    ),
                ),
                ("open_line_id", models.BigIntegerField(null=True, unique=True)),
                ("answer_due_at", models.DateTimeField(null=True)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("updated_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "author",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "buyer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "line",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="purchases.orderline",
                    ),
                ),
                (
                    "purchase",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="refund_requests",
                        to="purchases.purchase",
                    ),
                ),
            ],
            options={
                "permissions": [("decide_refunds", "Can decide disputed refunds")],
            },
        ),
        migrations.CreateModel(
            name="RefundLine",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "scope",
                    models.CharField(
                        choices=[("whole", "All of it"), ("support", "The extra support only")],
                        max_length=8,
                    ),
                ),
                ("item_price_cents", models.IntegerField()),
                ("buyer_fee_cents", models.IntegerField()),
                ("support_cents", models.IntegerField()),
                ("tax_cents", models.IntegerField()),
                ("author_fee_cents", models.IntegerField()),
                ("support_fee_cents", models.IntegerField()),
                ("card_cents", models.IntegerField()),
                ("credit_cents", models.IntegerField()),
                ("currency", models.CharField(max_length=3)),
                ("reason", models.CharField(max_length=500)),
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
                    "line",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="refunds",
                        to="purchases.orderline",
                    ),
                ),
                (
                    "purchase",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="refunds",
                        to="purchases.purchase",
                    ),
                ),
                (
                    "request",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="purchases.refundrequest",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="RefundEvent",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("from_state", models.CharField(blank=True, max_length=20)),
                (
                    "to_state",
                    models.CharField(
                        choices=[
                            ("requested", "Waiting for the author"),
                            ("accepted", "Accepted"),
                            ("declined", "Declined by the author"),
                            ("disputed", "With our staff"),
                            ("ruled_for_buyer", "Decided for the buyer"),
                            ("ruled_for_author", "Decided for the author"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        max_length=20,
                    ),
                ),
                ("words", models.CharField(blank=True, max_length=2000)),
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
                    "request",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="events",
                        to="purchases.refundrequest",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Reversal",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("dispute_ref", models.CharField(db_collation="utf8mb4_bin", max_length=80)),
                ("took_purchase", models.BooleanField()),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("restored_at", models.DateTimeField(null=True)),
                (
                    "line",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reversals",
                        to="purchases.orderline",
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="refundrequest",
            index=models.Index(fields=["author", "state", "id"], name="refund_request_author"),
        ),
        migrations.AddIndex(
            model_name="refundrequest",
            index=models.Index(fields=["state", "id"], name="refund_request_staff"),
        ),
        migrations.AddIndex(
            model_name="refundrequest",
            index=models.Index(fields=["state", "answer_due_at"], name="refund_request_clock"),
        ),
        migrations.AddConstraint(
            model_name="refundline",
            constraint=models.UniqueConstraint(fields=("line", "scope"), name="refund_line_once"),
        ),
        migrations.AddConstraint(
            model_name="reversal",
            constraint=models.UniqueConstraint(
                fields=("dispute_ref", "line"), name="reversal_once"
            ),
        ),
    ]
