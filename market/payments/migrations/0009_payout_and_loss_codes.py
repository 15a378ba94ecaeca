from django.db import migrations, models


class Migration(migrations.Migration):
    """Expand: no database knows the choices."""

    dependencies = [
        ("payments", "0008_support_and_tax_rates"),
    ]

    operations = [
        migrations.AlterField(
            model_name="transfer",
            name="kind",
            field=models.CharField(
                choices=[
                    ("payment", "Payment"),
                    ("credit_spent", "Paid with credit"),
                    ("sale", "Sale"),
                    ("author_fee", "Author fee"),
                    ("buyer_fee", "Buyer fee"),
                    ("support", "Support"),
                    ("support_fee", "Support fee"),
                    ("tax", "Tax"),
                    ("refund_sale", "Sale refunded"),
                    ("refund_author_fee", "Author fee given back"),
                    ("refund_buyer_fee", "Buyer fee refunded"),
                    ("refund_support", "Support refunded"),
                    ("refund_support_fee", "Support fee given back"),
                    ("refund_tax", "Tax refunded"),
                    ("refund_paid", "Refund"),
                    ("refund_credit", "Refund as credit"),
                    ("reverse_sale", "Sale reversed"),
                    ("reverse_author_fee", "Author fee given back"),
                    ("reverse_buyer_fee", "Buyer fee reversed"),
                    ("reverse_support", "Support reversed"),
                    ("reverse_support_fee", "Support fee given back"),
                    ("reverse_tax", "Tax reversed"),
                    ("reversed", "Payment reversed"),
                    ("restored", "Payment restored"),
                    ("restore_sale", "Sale restored"),
                    ("restore_author_fee", "Author fee"),
                    ("restore_buyer_fee", "Buyer fee"),
                    ("restore_support", "Support restored"),
                    ("restore_support_fee", "Support fee"),
                    ("restore_tax", "Tax"),
                    ("deposit", "Deposit"),
                    ("deposit_reversed", "Deposit reversed"),
                    ("earnings_to_credit", "Earnings moved to credit"),
                    ("payout", "Payout"),
                    ("payout_settled", "Payout settled"),
                    ("payout_returned", "Payout returned"),
                    ("payout_fee", "Bank fee of a payout"),
                    ("withholding", "Tax withheld"),
                    ("withholding_returned", "Withheld tax returned"),
                    ("gateway_fee", "Gateway's fee"),
                    ("dispute_loss", "Loss from a dispute"),
                    ("dispute_loss_back", "Loss from a dispute made good"),
                    ("adjust_earnings_up", "Adjustment"),
                    ("adjust_earnings_down", "Adjustment"),
                    ("adjust_credit_up", "Adjustment"),
                    ("adjust_credit_down", "Adjustment"),
                ],
                db_collation="utf8mb4_bin",
                max_length=20,
            ),
        ),
    ]
