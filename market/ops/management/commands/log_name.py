from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from market.core.ids import log_name
from market.users.selectors import user_by_name_or_email


class Command(BaseCommand):
    help = "Prints what the logs call a person, to find what happened to who asks for help."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("person", help="user name or e-mail address")

    def handle(self, *args: Any, **options: Any) -> None:
        user = user_by_name_or_email(options["person"])
        if user is None:
            raise CommandError(f"Nobody is called {options['person']}.")
        self.stdout.write(log_name(user.pk))
