from django.db import migrations, models


class Migration(migrations.Migration):
    """Expand: one more reason; the database's tables do not change."""

    dependencies = [("payments", "0016_vat_checks_stay")]

    operations = [
        migrations.AlterField(
            model_name="paymentcase",
            name="reason",
            field=models.CharField(
                choices=[
                    ("unexpected", "Paid twice, or another amount"),
                    ("goods_gone", "What was bought is gone"),
                    ("credit_short", "The credit for the rest is spent"),
                ],
                max_length=16,
            ),
        ),
    ]
