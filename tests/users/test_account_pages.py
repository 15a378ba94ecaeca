"""The account's own pages."""

import pytest

from market.users.models import Profile, User
from market.users.selectors import is_author
from tests.conftest import host_client

pytestmark = pytest.mark.django_db


def test_the_overview_leads_to_everything(buyer, author):
    page = host_client("account", buyer).get("/").content.decode()
    for path in ("/library/", "/cart/", "/become-author/", "/profile/", "/tokens/", "/password/"):
        assert f'href="{path}"' in page
    assert "Review queue" not in page

    page = host_client("account", author).get("/").content.decode()
    assert 'href="/author/items/"' in page
    assert 'href="/statement/"' in page


def test_the_profile_is_ones_own(buyer, author):
    account = host_client("account", buyer)
    form = {"display_name": "Ada\u202e L.", "bio": "Hello", "country": "GB", "user": author.pk}

    response = account.post("/profile/", form)

    assert response.headers["Location"] == "/"
    profile = Profile.objects.get(user=buyer)
    assert (profile.display_name, profile.bio, profile.country) == ("Ada L.", "Hello", "GB")
    assert not is_author(User.objects.get(pk=buyer.pk))
    assert "Ada L." in account.get("/profile/").content.decode()


@pytest.mark.parametrize(
    "wrong",
    [{"display_name": ""}, {"display_name": "\u200b\u200b"}, {"display_name": "x" * 81},
     {"bio": "x" * 501}, {"bio": "a\0b"}, {"country": "XX"}],
)  # fmt: skip
@pytest.mark.parametrize("path", ["/profile/", "/become-author/"])
def test_a_bad_profile_is_refused(buyer, path, wrong):
    form = {"display_name": "Ada", "bio": "", "country": "", **wrong}

    assert host_client("account", buyer).post(path, form).status_code == 422
    assert not Profile.objects.exists()


def test_becoming_an_author(buyer):
    account = host_client("account", buyer)

    assert account.get("/become-author/").status_code == 200
    response = account.post("/become-author/", {"display_name": "Studio Ada"})

    assert response.headers["Location"] == "/author/items/"
    assert is_author(User.objects.get(pk=buyer.pk))
    assert account.get("/become-author/").headers["Location"] == "/author/items/"


@pytest.mark.parametrize(
    "path", ["/sign-in/", "/sign-up/", "/sign-up/sent/", "/password/reset/",
             "/password/reset/sent/", "/password/reset/done/", "/inactive/", "/signed-out/"],
)  # fmt: skip
def test_the_pages_for_everybody_render_and_are_not_kept(path):
    response = host_client("account").get(path)

    assert response.status_code == 200
    assert "no-store" in response.headers["Cache-Control"]


@pytest.mark.parametrize("path", ["/sign-up/", "/tokens/", "/profile/", "/password/reset/"])
def test_a_site_has_no_account_pages(buyer, path):
    assert host_client("photos", buyer).get(path).status_code == 404


@pytest.mark.parametrize(
    "path", ["/sign-out/", "/sign-out/everywhere/", "/tokens/", "/profile/", "/become-author/",
             "/password/", "/sign-in/", "/sign-up/", "/password/reset/"],
)  # fmt: skip
def test_a_forged_form_is_refused(buyer, path):
    client = host_client("account", buyer if path not in ("/sign-in/", "/sign-up/") else None)
    client.handler.enforce_csrf_checks = True

    response = client.post(path, headers={"Origin": "https://evil.example"})

    assert response.status_code == 403
