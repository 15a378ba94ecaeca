"""Public pages travel compressed by Brotli; others as before."""

import brotli
import pytest

from tests import factories
from tests.conftest import host_client


@pytest.fixture
def address(sites):
    item = factories.make_item()
    return f"/items/{item.slug}/{item.pk}/"


@pytest.mark.parametrize("accepted", ["br", "gzip, deflate, br", "br;q=0.5, gzip", "zstd, BR ,x"])
def test_a_public_page_comes_by_brotli_to_who_knows_it(address, accepted):
    client = host_client("graphics")
    plain = client.get(address)

    packed = client.get(address, headers={"Accept-Encoding": accepted})

    assert packed["Content-Encoding"] == "br"
    assert brotli.decompress(packed.content) == plain.content
    assert packed["Content-Length"] == str(len(packed.content))
    assert "Accept-Encoding" in packed["Vary"]
    assert packed["ETag"] == f"W/{plain['ETag']}"


@pytest.mark.parametrize("accepted", ["br;q=0", "br; q=0.0, gzip", "brown, gzip", "gzip"])
def test_to_others_it_comes_by_gzip(address, accepted):
    packed = host_client("graphics").get(address, headers={"Accept-Encoding": accepted})

    assert packed.get("Content-Encoding") in ("gzip", None)
    assert "Accept-Encoding" in packed["Vary"]


def test_a_packed_page_that_has_not_changed_is_not_sent_again(address):
    client = host_client("graphics")
    first = client.get(address, headers={"Accept-Encoding": "br"})

    again = client.get(address, headers={"Accept-Encoding": "br", "If-None-Match": first["ETag"]})

    assert again.status_code == 304


def test_a_page_for_one_person_is_never_packed_so_that_its_length_tells(buyer):
    response = host_client("account", buyer).get("/cart/", headers={"Accept-Encoding": "br, gzip"})

    assert response["Content-Encoding"] == "gzip"
