from typing import Any

from django.core.management.base import BaseCommand

from market.items.management.demo.folder import read_authors, read_people


class Command(BaseCommand):
    help = "Print the demo accounts, one of each kind, and their password."

    def handle(self, *args: Any, **options: Any) -> None:
        people = read_people()
        known = [*read_authors(), *people["buyer"], *people["reviewer"], *people["staff"]]
        emails = {one["username"]: one["email"] for one in known}
        for role, username in people["show"].items():
            self.stdout.write(f"  {role:<9} {emails[username]}")
        self.stdout.write(f"  password  {people['password']}")
