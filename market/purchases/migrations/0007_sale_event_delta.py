from django.db import migrations, models


class Migration(migrations.Migration):
    """Expand: a column with the database's own default; the previous release writes sales alone."""

    dependencies = [("purchases", "0006_refunds")]

    operations = [
        migrations.AddField(
            model_name="saleevent",
            name="delta",
            field=models.SmallIntegerField(db_default=1, default=1),
        ),
    ]
