from django.db import migrations, models


class Migration(migrations.Migration):
    """Expand: columns with defaults of the database's own; no row is copied."""

    dependencies = [
        ("payments", "0013_payouts_stay"),
    ]

    operations = [
        migrations.AddField(
            model_name="dispute",
            name="is_won",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name="dispute",
            name="takes_money",
            field=models.BooleanField(db_default=True, default=True),
        ),
    ]
