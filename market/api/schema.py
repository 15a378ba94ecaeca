"""The OpenAPI 3.1 description: how views describe themselves, and what is made of that."""

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, TypeVar, is_typeddict

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import resolve_type_hint
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers

from market.api.authentication import BearerAuthentication
from market.tenancy import hosts

View = TypeVar("View", bound=Callable[..., Any])
Json = dict[str, Any]

CATALOGUE, OWN, CLIENTS = "Catalogue", "Your account", "For existing clients"
REASONS = {
    400: "A parameter is missing or wrong.",
    401: "No token was sent, or nothing that could be one.",
    403: "The token is unknown, revoked, or lacks the scope.",
    404: "It is not there, or not yours.",
    422: "The purchase code is malformed.",
    429: "Too many requests: wait `Retry-After` seconds.",
    503: "This part is away: try again after `Retry-After` seconds.",
}


class ErrorSerializer(serializers.Serializer[Any]):
    """What every refusal answers. `error` is a word for 401 and 403, else the status."""

    error = serializers.CharField(help_text="`unauthorized`, `access_denied`, or the status.")
    description = serializers.CharField(help_text="A sentence for the person.")
    error_description = serializers.CharField(required=False, help_text="Repeated on 401, 403.")
    message = serializers.CharField(required=False, help_text="Repeated on 5xx.")


class BearerScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]  # untyped base
    """Registers itself. Either one of a view's scopes opens it, so each is an alternative."""

    target_class = BearerAuthentication
    name = "personalToken"

    def get_security_definition(self, auto_schema: AutoSchema) -> Json:
        return {
            "type": "http",
            "scheme": "bearer",
            "description": "A personal token of 32 letters and digits, with the scopes it needs.",
        }

    def get_security_requirement(self, auto_schema: AutoSchema) -> list[Json]:
        scopes: tuple[str, ...] = getattr(auto_schema.view, "scopes", ())
        return [{self.name: [scope]} for scope in scopes] or [{self.name: []}]


def describe(
    name: str,
    summary: str,
    *,
    tag: str,
    ok: Any,
    text: str = "",
    parameters: Sequence[OpenApiParameter] = (),
    refusals: Sequence[int] = (),
) -> Callable[[View], View]:
    """An operation; `ok` is the serializer or typed dictionary of its only success, 200."""
    body = _typed(ok) if is_typeddict(ok) else ok
    answers: dict[int, Any] = {200: OpenApiResponse(body, description="OK")}
    for status in sorted({*refusals, 429}):
        answers[status] = OpenApiResponse(ErrorSerializer, description=REASONS[status])
    return extend_schema(
        operation_id=name,
        summary=summary,
        # Never empty: the docstring would take its place, and that one is for us.
        description=f"{summary}. {text}".strip(),
        tags=[tag],
        parameters=list(parameters),
        responses=answers,
    )


def _typed(shape: Any) -> Json:
    """The JSON schema of a typed dictionary; null is a type of its own since OpenAPI 3.1."""
    resolved = resolve_type_hint(shape)  # type: ignore[no-untyped-call]  # untyped library
    found: Json = _with_null_types(resolved)
    return found


def _with_null_types(part: Any) -> Any:
    if isinstance(part, list):
        return [_with_null_types(one) for one in part]
    if not isinstance(part, dict):
        return part
    changed = {key: _with_null_types(value) for key, value in part.items() if key != "nullable"}
    if part.get("nullable") and "oneOf" in changed:
        changed["oneOf"] = [*changed["oneOf"], {"type": "null"}]
    elif part.get("nullable"):
        changed["type"] = [changed["type"], "null"]
    return changed


def plain_paths(endpoints: list[tuple[str, ...]], **_: object) -> list[tuple[str, ...]]:
    """Addresses as people write them: some patterns also accept doubled and trailing slashes."""
    return [
        (path.rstrip("/"), path.rstrip("/"), *rest) if "/*$" in pattern else (path, pattern, *rest)
        for path, pattern, *rest in endpoints
    ]


@cache
def description() -> Json:
    """The whole description; the same for everybody for the life of a process."""
    generator = SchemaGenerator(urlconf=hosts.host("api").urlconf)  # type: ignore[no-untyped-call]
    schema: Json = generator.get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    return {**schema, "servers": [{"url": hosts.origin("api")}]}
