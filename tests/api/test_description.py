"""The OpenAPI description and the page that is made from it."""

import json
import re

import pytest
from django.core.management import call_command
from drf_spectacular.drainage import GENERATOR_STATS
from drf_spectacular.validation import validate_schema

from tests.addresses import routes
from tests.api.clients import ApiClient
from tests.conftest import host_client

pytestmark = pytest.mark.django_db


@pytest.fixture
def description():
    return ApiClient().get("/openapi.json").json()


def test_the_description_is_valid_openapi_3_1(description):
    assert description["openapi"].startswith("3.1")
    assert description["servers"] == [{"url": "http://api.localhost"}]
    validate_schema(description)


def test_making_it_warns_of_nothing(capsys):
    GENERATOR_STATS.reset()

    call_command(
        "spectacular", urlconf="market.urls.api", validate=True, fail_on_warn=True,
        format="openapi-json",
    )  # fmt: skip

    written = capsys.readouterr()
    assert written.err == ""
    assert json.loads(written.out)["paths"]


def test_every_address_is_described(description):
    described = {one["get"]["operationId"] for one in description["paths"].values()}

    # All but the reference page, the description itself, and robots.txt.
    assert len(described) == len(description["paths"]) == len(routes("api")) - 3
    assert {"/ping", "/whoami", "/v3/market/author/sale"} < set(description["paths"])


def test_scopes_and_errors_are_described(description):
    assert description["components"]["securitySchemes"]["personalToken"]["scheme"] == "bearer"
    sale = description["paths"]["/v3/market/author/sale"]["get"]
    assert sale["security"] == [
        {"personalToken": ["sale:verify"]},
        {"personalToken": ["sale:history"]},
    ]
    assert set(sale["responses"]) == {"200", "400", "401", "403", "404", "422", "429"}
    assert sale["description"].startswith(sale["summary"] + ".")
    page = description["components"]["schemas"]["ItemPage"]["properties"]
    assert page["results"]["items"] == {"$ref": "#/components/schemas/Item"}
    assert page["next_cursor"]["type"] == ["string", "null"]


def test_the_reference_page_tells_of_every_operation(description):
    response = host_client("api").get("/")

    page = response.content.decode()
    assert response.status_code == 200
    for path, methods in description["paths"].items():
        assert f"<code>{path}</code>" in page
        assert methods["get"]["summary"] in page.replace("&#x27;", "'")
    for word in ("sale:verify", "purchase:download", "results[].price_cents", "item.previews"):
        assert word in page
    assert not response.cookies


def test_the_reference_page_needs_nobody_elses_script():
    page = host_client("api").get("/").content.decode()

    sources = re.findall(r'(?:src|href)="(?:https?:)?//([^"/:]+)', page)
    assert {host for host in sources if not host.endswith("localhost")} == set()
    assert "<style" not in page
    assert not re.search(r"<script(?![^>]* src=)", page)
