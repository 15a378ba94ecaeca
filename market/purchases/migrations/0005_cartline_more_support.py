from django.db import migrations, models


class Migration(migrations.Migration):
    """Expand: a column with a default of the database's own; no row is copied."""

    dependencies = [
        ("purchases", "0004_price_parts"),
    ]

    operations = [
        migrations.AddField(
            model_name="cartline",
            name="more_support_months",
            field=models.SmallIntegerField(db_default=0, default=0),
        ),
    ]
