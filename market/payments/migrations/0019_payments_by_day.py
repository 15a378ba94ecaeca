from django.db import migrations, models


class Migration(migrations.Migration):
    """Expand: an index; made in place, rows are not copied."""

    dependencies = [
        ("payments", "0018_deposits"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="payment",
            index=models.Index(fields=["gateway", "created_at"], name="payment_made"),
        ),
    ]
