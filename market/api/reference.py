"""The reference page and the description that it is made from; no viewer of others needed."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from rest_framework.request import Request
from rest_framework.response import Response

from market.api.base import PublicView
from market.api.errors import plain
from market.api.schema import Json, description
from market.tenancy import hosts


class Description(PublicView):
    """OpenAPI 3.1, as JSON."""

    authentication_classes = ()
    schema = None  # it does not describe itself

    def get(self, request: Request) -> Response:
        return Response(description())


@dataclass(frozen=True, slots=True)
class Operation:
    """`fields` are (name, type, meaning) of the answer: `results[].name` is inside a list."""

    name: str
    method: str
    path: str
    summary: str
    text: str
    scopes: list[str]
    needs_token: bool
    parameters: list[Json]
    fields: list[tuple[str, str, str]]
    refusals: list[tuple[str, str]]


def reference(request: HttpRequest) -> HttpResponse:
    if request.method not in ("GET", "HEAD"):
        refused = plain(405, f'Method "{request.method}" not allowed.')
        refused["Allow"] = "GET, HEAD"
        return refused
    schema = description()
    groups: dict[str, list[Operation]] = {}
    for path, methods in schema["paths"].items():
        for method, operation in methods.items():
            found = _operation(schema, path, method.upper(), operation)
            groups.setdefault(operation["tags"][0], []).append(found)
    context = {
        "introduction": _inline(schema["info"]["description"]),
        "groups": groups,
        "origin": hosts.origin("api"),
    }
    return render(request, "api/reference.html", context)


def _operation(schema: Json, path: str, method: str, operation: Json) -> Operation:
    security: list[dict[str, list[str]]] = operation.get("security", [])
    answers = dict(operation["responses"])
    content = answers.pop("200")["content"]
    return Operation(
        name=operation["operationId"],
        method=method,
        path=path,
        summary=operation["summary"],
        text=_inline(operation["description"]),
        scopes=[scope for one in security for scopes in one.values() for scope in scopes],
        needs_token=bool(security) and {} not in security,
        parameters=[
            {**one, "description": _inline(one.get("description", ""))}
            for one in operation.get("parameters", [])
        ],
        fields=_fields(schema, next(iter(content.values()))["schema"]),
        refusals=[(status, _inline(answer["description"])) for status, answer in answers.items()],
    )


def _inline(text: str) -> SafeString:
    """Descriptions mark their code with backticks."""
    pieces = enumerate(text.split("`"))
    marked = (format_html("<code>{}</code>", one) if n % 2 else one for n, one in pieces)
    return format_html_join("", "{}", ((one,) for one in marked))


def _fields(schema: Json, part: Json, prefix: str = "") -> list[tuple[str, str, str]]:
    part = _resolved(schema, part)
    if part.get("type") == "array":
        return _fields(schema, part["items"], f"{prefix}[]")
    rows: list[tuple[str, str, str]] = []
    for name, field in part.get("properties", {}).items():
        full = f"{prefix}.{name}" if prefix else name
        rows.append((full, _type_name(schema, field), _inline(field.get("description", ""))))
        rows += _fields(schema, field, full)
    return rows


def _resolved(schema: Json, part: Json) -> Json:
    """The part itself, where it is a reference to a component."""
    if "allOf" in part:
        part = {**part["allOf"][0], **part}
    name: str = part.get("$ref", "").rpartition("/")[2]
    found: Json = schema["components"]["schemas"][name] if name else part
    return found


def _type_name(schema: Json, field: Json) -> str:
    field = _resolved(schema, field)
    if "oneOf" in field or "anyOf" in field:
        options = field.get("oneOf") or field.get("anyOf") or []
        return " or ".join(dict.fromkeys(_type_name(schema, one) for one in options))
    kind: Any = field.get("type", "any")
    if kind == "array":
        return f"list of {_type_name(schema, field['items'])}"
    names: list[str] = kind if isinstance(kind, list) else [kind]
    detail = f" ({field['format']})" if field.get("format") in ("date-time", "uuid", "uri") else ""
    return " or ".join(names) + detail
