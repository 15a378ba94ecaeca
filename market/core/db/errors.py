"""What a database's error says about its connection; by number, as MySQL and MariaDB give them."""

# 1290 and 1836 say that this node is read-only, 1792 that the transaction is: not the writer.
READ_ONLY_ERRORS = frozenset({1290, 1792, 1836})
# The connection is gone, or its protocol is out of step (2014, 2027). 1047: a Galera node that
# left its cluster; 1927: MariaDB's KILL; 4031: MySQL's idle time-out.
LOST_ERRORS = frozenset({1047, 1053, 1927, 2002, 2003, 2006, 2013, 2014, 2027, 2055, 4031})
# A new connection is not taken: too many, this host is blocked, an unknown name.
REFUSED_ERRORS = frozenset({1040, 1129, 1203, 2005})


def error_number(error: BaseException) -> int | None:
    """The server's or client's error number that a database exception carries."""
    first = error.args[0] if error.args else None
    return first if isinstance(first, int) else None
