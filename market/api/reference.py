"""The reference page: the OpenAPI description, readable without a viewer."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from drf_spectacular.generators import SchemaGenerator

METHODS = ("get", "post", "put", "patch", "delete")


def reference(request: HttpRequest) -> HttpResponse:
    schema = SchemaGenerator().get_schema(request=None, public=True)
    operations = [
        {"path": path, "method": method.upper(), **operation}
        for path, methods in schema["paths"].items()
        for method, operation in methods.items()
        if method in METHODS
    ]
    context: dict[str, Any] = {
        "title": schema["info"]["title"],
        "description": schema["info"].get("description", ""),
        "operations": operations,
    }
    return render(request, "api/reference.html", context)
