import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """Expand: columns with defaults of the database's own; no row is copied (so none has a
    check of its own).
    """

    dependencies = [
        ("purchases", "0003_claim"),
    ]

    operations = [
        migrations.AddField(
            model_name="orderline",
            name="kind",
            field=models.CharField(
                choices=[("licence", "Licence"), ("support", "Support")],
                db_default="licence",
                default="licence",
                max_length=8,
            ),
        ),
        migrations.AddField(
            model_name="orderline",
            name="support_cents",
            field=models.IntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name="orderline",
            name="support_fee_bp",
            field=models.IntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name="orderline",
            name="support_fee_cents",
            field=models.IntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name="orderline",
            name="supported",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="purchases.purchase",
            ),
        ),
        migrations.AddField(
            model_name="orderline",
            name="tax_rate_bp",
            field=models.IntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name="orderline",
            name="tax_scope",
            field=models.CharField(blank=True, db_default="", default="", max_length=8),
        ),
        migrations.AddField(
            model_name="purchase",
            name="support_cents",
            field=models.IntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name="purchase",
            name="support_fee_bp",
            field=models.IntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name="purchase",
            name="support_fee_cents",
            field=models.IntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name="purchase",
            name="support_months",
            field=models.SmallIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name="purchase",
            name="tax_rate_bp",
            field=models.IntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name="purchase",
            name="tax_scope",
            field=models.CharField(blank=True, db_default="", default="", max_length=8),
        ),
    ]
