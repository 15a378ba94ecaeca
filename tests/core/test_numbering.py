"""No table runs out of numbers: 2,147,483,647 rows have stopped larger shops than this."""

import pytest
from django.apps import apps
from django.db import connection, models

# Of others, in 32 bits: a row a right, a role, a kind of model, an act of staff, an address.
SMALL = {
    *("auth_permission", "auth_group", "auth_group_permissions"),
    *("django_content_type", "django_admin_log", "django_migrations"),
    *("account_emailaddress", "account_emailconfirmation"),
}
BIG = (models.BigIntegerField, models.BigAutoField, models.PositiveBigIntegerField)


def numbered() -> list[type[models.Model]]:
    made = [model for model in apps.get_models(include_auto_created=True) if model._meta.managed]
    return [one for one in made if isinstance(one._meta.pk, models.AutoField | models.BigAutoField)]


def test_our_rows_are_numbered_by_64_bits():
    small = {one._meta.db_table for one in numbered() if not isinstance(one._meta.pk, BIG)}

    assert small <= SMALL


@pytest.mark.skipif(connection.vendor != "mysql", reason="SQLite's numbers are 64 bits wide")
def test_the_database_has_them_so_and_whatever_names_them_too(db):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.table_name, c.column_name FROM information_schema.columns c"
            " LEFT JOIN information_schema.key_column_usage k ON (k.table_schema, k.table_name,"
            " k.column_name) = (c.table_schema, c.table_name, c.column_name)"
            " WHERE c.table_schema = DATABASE() AND c.data_type IN ('int', 'smallint')"
            " AND (c.extra LIKE '%%auto_increment%%' OR k.referenced_table_name IS NOT NULL)"
            " AND COALESCE(k.referenced_table_name, c.table_name) NOT IN %s",
            [list(SMALL)],
        )
        assert cursor.fetchall() == ()
