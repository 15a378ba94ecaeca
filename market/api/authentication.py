"""Bearer tokens, as partners' existing clients send them."""

import re
from typing import cast

from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed, PermissionDenied
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.views import APIView

from market.users import selectors as users
from market.users.models import PersonalToken, User

TOKEN = re.compile(r"[A-Za-z0-9]{32}")


class BearerAuthentication(BaseAuthentication):
    """`Authorization: Bearer TOKEN`; the scheme in any case, extra spaces allowed.

    What can't be a token is 401; a well-formed token that is unknown or revoked is 403: that is
    how the clients tell "send one" from "ask the user for another".
    """

    def authenticate(self, request: Request) -> tuple[User, PersonalToken] | None:
        header = request.headers.get("Authorization", "").split()
        if not header:
            return None
        if len(header) != 2 or header[0].lower() != "bearer" or not TOKEN.fullmatch(header[1]):
            raise AuthenticationFailed("The Authorization header holds no valid bearer token.")
        found = users.user_by_token(header[1])
        if found is None:
            raise PermissionDenied("This token is unknown, revoked or expired.")
        return found

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="api"'


def token_owner(request: Request) -> User:
    return cast("User", request.user)  # HasScope has refused requests without a token


def granted_scopes(request: Request) -> list[str]:
    """The scopes of the request's token; `default` is always granted."""
    token = request.auth
    scopes = token.scopes.split() if isinstance(token, PersonalToken) else []
    return ["default", *(scope for scope in scopes if scope != "default")]


class HasScope(BasePermission):
    """Any one of the view's `scopes` is enough; an empty tuple asks for a valid token only."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        if request.auth is None:
            return False  # 401
        wanted: tuple[str, ...] = getattr(view, "scopes", ())
        if wanted and not set(wanted) & set(granted_scopes(request)):
            raise PermissionDenied(f"This token lacks the scope {' or '.join(wanted)}.")
        return True
