"""What a person does in a browser, for tests that are about something else."""

import re
from urllib.parse import urlsplit

from django.core import mail
from django.test import Client

from market.jobs import services as jobs
from market.tenancy import hosts
from tests.factories import PASSWORD

LINK = re.compile(r"https?://\S+")


def path_of(address: str) -> str:
    """Path and query: what a client of that host is asked for."""
    parts = urlsplit(address)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def ask_for_code(site: Client, account: Client, path: str = "/") -> str:
    """Follow a site's sign-in up to the address on the site that carries the code."""
    to_account = site.get("/sign-in/", {"next": path}).headers["Location"]
    assert to_account.startswith(hosts.origin("account"))
    return account.get(path_of(to_account)).headers["Location"]


def sign_in_at(site: Client, account: Client, path: str = "/") -> None:
    response = site.get(path_of(ask_for_code(site, account, path)))
    assert response.status_code == 302, response.content


def sign_in_to_account(account: Client, email: str, password: str = PASSWORD, **more):
    return account.post("/sign-in/", {"login": email, "password": password, **more})


def sent_mail():
    """The one mail that is waiting to be sent."""
    mail.outbox.clear()
    jobs.run_ready(raise_errors=True)
    [message] = mail.outbox
    return message


def link_in(message) -> str:
    return LINK.search(message.body)[0]


def is_signed_in(client: Client) -> bool:
    """Whether the host knows the person at its next request, by its own middleware."""
    path = "/profile/" if client.defaults["SERVER_NAME"].startswith("account") else "/sign-in/"
    response = client.get(path)
    # A host with a session sends whoever asks to sign in straight on.
    return response.status_code == 200 or response.headers["Location"] == "/"
