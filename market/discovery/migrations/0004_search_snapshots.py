"""Expand: copies of the search index in the store."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("discovery", "0003_item_views"),
    ]

    operations = [
        migrations.CreateModel(
            name="SearchSnapshot",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("form", models.CharField(db_collation="utf8mb4_bin", max_length=60)),
                ("position", models.BigIntegerField()),
                ("key", models.CharField(db_collation="utf8mb4_bin", max_length=120)),
                ("sha256", models.CharField(db_collation="utf8mb4_bin", max_length=64)),
                ("created_at", models.DateTimeField()),
            ],
            options={
                "default_permissions": (),
            },
        ),
    ]
