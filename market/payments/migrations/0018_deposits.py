import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import market.core.ids


class Migration(migrations.Migration):
    """Expand: a new table."""

    dependencies = [
        ("payments", "0017_credit_short"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Deposit",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", market.core.ids.UUIDField(unique=True)),
                ("cents", models.PositiveIntegerField()),
                ("currency", models.CharField(default="USD", max_length=3)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="deposits",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
    ]
