"""Expand: an item's ratings with so many stars, newest first, by index."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("community", "0001_initial")]

    operations = [
        migrations.AddIndex(
            model_name="rating",
            index=models.Index(fields=["item", "stars", "id"], name="rating_of_item_by_stars"),
        ),
    ]
