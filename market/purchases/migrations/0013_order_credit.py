from django.db import migrations, models


class Migration(migrations.Migration):
    """Expand: a column with a default of the database's own; no row is copied."""

    dependencies = [
        ("purchases", "0012_refund_of_tax"),
    ]

    operations = [
        migrations.AddField(
            model_name="order",
            name="credit_cents",
            field=models.PositiveIntegerField(db_default=0, default=0),
        ),
    ]
