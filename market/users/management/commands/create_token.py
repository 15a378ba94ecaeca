from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from market.users import selectors, services
from market.users.errors import TokenRefused
from market.users.scopes import SCOPES


class Command(BaseCommand):
    help = "Make a personal token of the API; prints it once, and nothing else."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--user", required=True, help="user name or e-mail address")
        parser.add_argument("--scopes", nargs="*", default=[], help=f"any of: {' '.join(SCOPES)}")
        parser.add_argument("--name", default="Command line")

    def handle(self, *args: Any, **options: Any) -> None:
        user = selectors.user_by_name_or_email(options["user"])
        if user is None:
            raise CommandError(f"There is no user {options['user']}.")
        # Several words, or one with blanks or commas in it.
        scopes = " ".join(options["scopes"]).replace(",", " ").split()
        try:
            _, token = services.create_token(user=user, name=options["name"], scopes=scopes)
        except TokenRefused as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(token)
