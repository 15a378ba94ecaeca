"""A closed shop says so everywhere, asks nothing, and opens again at once."""

import pytest
from django.test import Client

from market.tenancy import hosts
from tests.conftest import host_client

PAGES = [host.key for host in hosts.all_hosts() if host.key != "api"]


@pytest.fixture
def file(settings, tmp_path):
    settings.MAINTENANCE_FILE = str(tmp_path / "maintenance")
    return tmp_path / "maintenance"


# Without the `db` fixture a query fails the test.
@pytest.mark.parametrize("host", PAGES)
@pytest.mark.parametrize("method", ["get", "post"])
def test_every_host_of_pages_says_when_it_is_back(file, host, method):
    file.write_text("25\n")

    response = getattr(host_client(host), method)("/any/page/")

    assert response.status_code == 503
    assert response.headers["Retry-After"] == "1500"
    assert response.headers["Cache-Control"] == "no-store"
    assert "back within 25 minutes" in response.content.decode()
    assert response.headers["X-Request-ID"] in response.content.decode()
    assert not response.cookies


def test_it_looks_like_its_host(file):
    file.touch()

    page = host_client("photos").get("/").content.decode()

    assert "sites/photos/theme.css" in page
    assert "Photo Shelf" in page


def test_the_api_answers_for_programs(file):
    file.write_text("3")

    response = host_client("api").get("/v1/items/")

    assert response.status_code == 503
    assert response.headers["Content-Type"] == "application/problem+json"
    assert response.headers["Retry-After"] == "180"
    assert response.json()["status"] == 503
    assert response.json()["description"] == response.json()["detail"]


def test_health_checks_go_on(file, settings):
    settings.DRAIN_FILE = str(file.parent / "drain")
    file.touch()

    assert Client(SERVER_NAME="10.0.0.1").get("/health/live").status_code == 200
    assert host_client("photos").get("/health/ready").status_code == 200


def test_static_files_go_on(db, file):
    file.touch()

    response = host_client("photos").get("/static/css/tokens.css")
    response.close()

    assert response.status_code == 200


@pytest.mark.parametrize(
    ("said", "seconds"), [("", "600"), ("soon", "600"), ("0", "60"), ("99999999", "86400")]
)
def test_whatever_the_file_holds(file, said, seconds):
    file.write_text(said)

    assert host_client("video").get("/").headers["Retry-After"] == seconds


def test_the_setting_closes_too_and_without_it_the_shop_is_open(db, file, settings):
    client = host_client("themes")

    assert client.get("/").status_code == 200
    settings.MAINTENANCE = True
    assert client.get("/").status_code == 503
