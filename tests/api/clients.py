"""A partner's program: no cookies, a token in its header."""

from typing import Any

from django.test import Client

from market.users import services as users
from market.users.models import User
from tests.conftest import host_client


class ApiClient:
    """Sends GET as partners' programs do, with a new token of `user` for these scopes."""

    def __init__(self, user: User | None = None, *scopes: str, token: str = "") -> None:
        self.browser: Client = host_client("api")
        self.token = token
        if user is not None:
            self.row, self.token = users.create_token(user=user, name="Test", scopes=list(scopes))

    def get(self, path: str, **options: Any) -> Any:
        return self.send("GET", path, **options)

    def send(self, method: str, path: str, **options: Any) -> Any:
        headers = options.pop("headers", {})
        if path.startswith("//"):  # Django's client would take the first word for a host
            options["PATH_INFO"] = path.partition("?")[0]
        if self.token:
            headers = {"Authorization": f"Bearer {self.token}", **headers}
        return self.browser.generic(method, path, headers=headers, **options)
