"""For work that leaves the database alone for longer than MySQL keeps an idle session."""

from django.db import connection


def after_a_pause() -> None:
    """Have the next query make sure that the session lives, as at the start of a request.

    Inside a transaction nothing is done: a session that ended there took the transaction along.
    """
    if not connection.in_atomic_block:
        connection.close_if_unusable_or_obsolete()
