from django.db import migrations

from market.core.db.triggers import Trigger, keep_rows


class Migration(migrations.Migration):
    """Expand: what was issued stays as it is, and what is owed stays what was promised."""

    dependencies = [("payments", "0005_documents")]

    operations = [
        *keep_rows("Document"),
        Trigger("DocumentOwed", "UPDATE", "What a document says is never changed"),
    ]
