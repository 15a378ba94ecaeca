from django.db import migrations, models


class Migration(migrations.Migration):
    """Expand: one more choice; the database's tables do not change."""

    dependencies = [
        ("purchases", "0011_frozen_rows_stay"),
    ]

    operations = [
        migrations.AlterField(
            model_name="refundline",
            name="scope",
            field=models.CharField(
                choices=[
                    ("whole", "All of it"),
                    ("support", "The extra support only"),
                    ("tax", "The tax only: none was due"),
                ],
                max_length=8,
            ),
        ),
        migrations.AlterField(
            model_name="refundrequest",
            name="scope",
            field=models.CharField(
                choices=[
                    ("whole", "All of it"),
                    ("support", "The extra support only"),
                    ("tax", "The tax only: none was due"),
                ],
                max_length=8,
            ),
        ),
    ]
