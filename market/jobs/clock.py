from django.db.models.functions import Now


class DatabaseNow(Now):
    """The database's clock, in UTC: the one clock that all hosts share.

    Leases and due times by the hosts' own clocks would break when one of them is wrong. Django's
    Now() would be in the time zone of the MySQL session.
    """

    def as_mysql(self, compiler, connection, **context):  # type: ignore[no-untyped-def]
        return self.as_sql(compiler, connection, template="UTC_TIMESTAMP(6)", **context)

    def as_sqlite(self, compiler, connection, **context):  # type: ignore[no-untyped-def]
        # SQLite counts milliseconds and compares times as text: rounded up, and with as many
        # digits as stored times have, what is due now is due.
        template = (
            "STRFTIME('%%%%Y-%%%%m-%%%%d %%%%H:%%%%M:%%%%f', 'NOW', '+0.001 seconds') || '000'"
        )
        return self.as_sql(compiler, connection, template=f"({template})", **context)
