import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("payments", "0004_ledger_stays"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="DocumentSeries",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(db_collation="utf8mb4_bin", max_length=20, unique=True)),
                ("last_number", models.PositiveIntegerField(default=0)),
                ("last_issued_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="Document",
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
                            ("invoice", "Invoice"),
                            ("credit_note", "Credit note"),
                            ("certificate", "Licence certificate"),
                            ("self_billed_statement", "Self-billed statement"),
                        ],
                        db_collation="utf8mb4_bin",
                        max_length=24,
                    ),
                ),
                ("series", models.CharField(db_collation="utf8mb4_bin", max_length=20)),
                ("number", models.PositiveIntegerField()),
                ("code", models.CharField(db_collation="utf8mb4_bin", max_length=32, unique=True)),
                ("source", models.CharField(db_collation="utf8mb4_bin", max_length=80)),
                ("data", models.JSONField()),
                ("data_sha256", models.CharField(db_collation="utf8mb4_bin", max_length=64)),
                ("issued_at", models.DateTimeField()),
                (
                    "user",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["user", "id"], name="document_user")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("series", "number"), name="document_number_once"
                    ),
                    models.UniqueConstraint(fields=("kind", "source"), name="document_once"),
                ],
            },
        ),
        migrations.CreateModel(
            name="DocumentOwed",
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
                            ("invoice", "Invoice"),
                            ("credit_note", "Credit note"),
                            ("certificate", "Licence certificate"),
                            ("self_billed_statement", "Self-billed statement"),
                        ],
                        db_collation="utf8mb4_bin",
                        max_length=24,
                    ),
                ),
                ("source", models.CharField(db_collation="utf8mb4_bin", max_length=80)),
                ("data", models.JSONField()),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["kind", "id"], name="document_owed_queue")],
                "constraints": [
                    models.UniqueConstraint(fields=("kind", "source"), name="document_owed_once")
                ],
            },
        ),
    ]
