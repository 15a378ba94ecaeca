"""/health/live and /health/ready: this host alone, whoever asks, by whatever name."""

import pytest
from django.db import OperationalError
from django.test import Client, RequestFactory

from market.ops.middleware import HealthMiddleware
from market.tenancy import hosts, registry

BY_ADDRESS = Client(SERVER_NAME="10.0.3.17")


@pytest.fixture(autouse=True)
def drain_file(settings, tmp_path):
    settings.DRAIN_FILE = str(tmp_path / "drain")
    settings.READY_FREE_DISK_PERCENT = 0
    settings.READY_WRITABLE_FOLDERS = [tmp_path]
    return tmp_path / "drain"


@pytest.mark.parametrize("path", ["/health/live", "/health/live/", "/health/ready"])
def test_a_load_balancer_may_ask_by_address(path):
    response = BY_ADDRESS.get(path)

    assert response.status_code == 200
    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["Content-Type"] == "application/json"


def test_a_broken_host_name_does_not_matter():
    response = Client().get("/health/live", HTTP_HOST="not a name:!")

    assert response.json() == {"live": True}


def test_any_other_page_by_address_is_refused():
    for path in ("/", "/health", "/health/", "/health/other", "/health/live/x"):
        assert BY_ADDRESS.get(path).status_code == 421


@pytest.mark.parametrize("path", ["/health/live", "/health/ready", "/health/status"])
def test_only_reading_is_allowed(path):
    assert BY_ADDRESS.head(path).status_code == 200
    for method in ("POST", "PUT", "PATCH", "DELETE", "OPTIONS"):
        response = BY_ADDRESS.generic(method, path)
        assert response.status_code == 405
        assert response.headers["Allow"] == "GET, HEAD"


def test_health_asks_no_database_and_no_other_layer():
    def never(request):
        raise OperationalError(2002, "no server")

    middleware = HealthMiddleware(never)

    for path in ("/health/live", "/health/ready"):
        assert middleware(RequestFactory().get(path)).status_code == 200


def test_a_draining_host_is_alive_but_not_ready(drain_file):
    drain_file.touch()

    response = BY_ADDRESS.get("/health/ready")

    assert response.status_code == 503
    assert response.json() == {"ready": False, "failing": ["draining"]}
    assert BY_ADDRESS.get("/health/live").status_code == 200
    drain_file.unlink()
    assert BY_ADDRESS.get("/health/ready").status_code == 200


def test_a_full_disk_is_not_ready(settings):
    settings.READY_FREE_DISK_PERCENT = 100.1

    assert BY_ADDRESS.get("/health/ready").json() == {"ready": False, "failing": ["disk"]}


def test_a_missing_data_folder_is_not_ready(settings, tmp_path):
    settings.READY_WRITABLE_FOLDERS = [tmp_path / "away"]

    assert BY_ADDRESS.get("/health/ready").json() == {"ready": False, "failing": ["folders"]}


def test_broken_definitions_are_not_ready(settings, tmp_path):
    (tmp_path / "sites" / "themes").mkdir(parents=True)
    (tmp_path / "sites" / "themes" / "site.toml").write_text("id = 'one'")
    caches = [hosts._hosts, hosts._by_name, registry.marketplaces_in]
    caches += [registry._by_slug, registry._by_id]
    settings.SITES_DIR = tmp_path / "sites"
    try:
        for cache in caches:
            cache.cache_clear()
        response = BY_ADDRESS.get("/health/ready")
    finally:
        for cache in caches:
            cache.cache_clear()

    assert response.status_code == 503
    assert response.json()["failing"] == ["definitions"]
