import pytest

from market.tenancy import hosts
from market.tenancy.names import host_names


@pytest.mark.parametrize(
    ("header", "key"),
    [
        ("photos.localhost", "photos"),
        ("PHOTOS.localhost:8000", "photos"),
        ("photos.localhost.", "photos"),
        ("account.localhost:80", "account"),
        ("localhost", None),
        ("evil.example", None),
        ("photos.localhost:8000:1", None),
        ("photos.localhost@evil.example", None),
        ("", None),
    ],
)
def test_a_host_header_names_one_host_or_none(header, key):
    found = hosts.find_host(header)

    assert (found.key if found else None) == key


def test_seven_sites_may_have_unrelated_domains():
    names = host_names(
        domain="shelves.example", overrides={"code": "CodeShelf.test"}, slugs=["code", "photos"]
    )

    assert names["code"] == "codeshelf.test"
    assert names["photos"] == "photos.shelves.example"
    assert names["account"] == "account.shelves.example"


def test_an_override_of_an_unknown_host_is_refused():
    with pytest.raises(ValueError, match="unknown hosts: foto"):
        host_names(domain="a.example", overrides={"foto": "b.example"}, slugs=["photos"])


def test_one_name_for_two_hosts_is_refused():
    with pytest.raises(ValueError, match=r"b\.example"):
        host_names(
            domain="a.example", overrides={"api": "b.example", "files": "b.example"}, slugs=[]
        )


@pytest.mark.parametrize(
    "path",
    ["//evil.example", "/\\evil.example", "https:evil", "javascript:alert(1)", None, "", "/a\nb"],
)
def test_only_a_path_of_this_host_is_a_way_back(path):
    assert hosts.safe_path(path) == "/"


@pytest.mark.parametrize(
    ("address", "is_ours"),
    [
        ("http://photos.localhost/items/", True),
        ("http://account.localhost/checkout/", True),
        ("http://files.localhost/live/x/", False),
        ("http://evil.example/", False),
        ("http://user@photos.localhost/", False),
        ("https://photos.localhost/", False),
        ("//photos.localhost/", False),
    ],
)
def test_a_browser_is_only_sent_to_our_pages(address, is_ours):
    assert hosts.is_our_page(address) is is_ours
