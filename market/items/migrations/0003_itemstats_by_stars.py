"""Expand: how many gave how many stars. The release before this knows nothing of the columns."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("items", "0002_promotions")]

    operations = [
        migrations.AddField(
            model_name="itemstats",
            name=f"stars_{stars}",
            field=models.PositiveIntegerField(default=0, db_default=0),
        )
        for stars in range(1, 6)
    ]
