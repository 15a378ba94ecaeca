from django.db import migrations, models


class Migration(migrations.Migration):
    """Expand: a column with a default of the database's own; written at once, no row is copied."""

    dependencies = [("payments", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="balance",
            name="may_overdraw",
            field=models.BooleanField(db_default=True, default=True),
        ),
    ]
