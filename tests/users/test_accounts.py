"""What may be a name and an address, and who gets it when two want it."""

import pytest
from django.test import override_settings

from market import settings as market_settings
from market.users import services
from market.users.errors import (
    EmailInvalid,
    EmailTaken,
    ProfileInvalid,
    UsernameInvalid,
    UsernameTaken,
)
from market.users.models import Profile, User
from market.users.selectors import author_by_username, is_author
from tests.factories import PASSWORD, make_user

GOOD_NAMES = ["ada", "a-b_c.9", "Zoë", "имя", "日本語", "x" * 40, "नमस्ते"]
BAD_NAMES = [
    "", "ab", "x" * 41, "   ", "a b c", "ada\u202e", "a\u200bda", "\u200b\u200b\u200b", "ad\0a",
    "ada\n", "ada/../x", "<ada>", "-ada", "ada.", "...", "\u0430da", "ada@x.org", "😀😀😀",
    "a\u0335\u0336\u0337\u0338da", "a" * 10**6,
]  # fmt: skip


@pytest.mark.parametrize("name", GOOD_NAMES)
def test_names_of_all_alphabets_are_welcome(name):
    assert services.clean_username(name) == name


@pytest.mark.parametrize("name", BAD_NAMES, ids=range(len(BAD_NAMES)))
def test_names_that_deceive_or_break_are_refused(name):
    with pytest.raises(UsernameInvalid):
        services.clean_username(name)


@pytest.mark.parametrize(
    "name", ["admin", "Support", "seven.shelves", "\uff21\uff24\uff2d\uff29\uff2e"]
)
def test_names_of_the_house_are_reserved(name):
    assert services.is_reserved(name)


@pytest.mark.parametrize(
    "address",
    ["", "a", "a@", "@b.org", "a@b", "a@b..org", "a@b.org\r\nBcc: c@d.org", "a\0@b.org",
     "a b@c.org", "x" * 250 + "@b.org", "a@" + "b" * 300 + ".org", "ä@b.org"],
)  # fmt: skip
def test_what_is_no_address_is_refused(address):
    with pytest.raises(EmailInvalid):
        services.clean_email(address)


def test_addresses_are_kept_in_one_form():
    assert services.clean_email("  Ada@Example.ORG ") == "ada@example.org"
    assert services.clean_email("ada@münchen.example") == "ada@xn--mnchen-3ya.example"


@pytest.mark.django_db
@pytest.mark.parametrize("twin", ["ada", "ADA", "\uff41\uff44\uff41"])
def test_names_that_look_equal_are_taken(twin):
    make_user(username="Ada")

    with pytest.raises(UsernameTaken):
        services.register(email="other@example.com", username=twin, password=PASSWORD)
    assert User.objects.count() == 1


@pytest.mark.django_db
def test_an_address_has_one_account():
    make_user(username="ada")

    with pytest.raises(EmailTaken):
        services.register(email="ADA@example.com", username="other", password=PASSWORD)
    assert User.objects.count() == 1


def test_passwords_are_hashed_with_argon2(buyer):
    with override_settings(PASSWORD_HASHERS=market_settings.PASSWORD_HASHERS):
        services.set_password(user=buyer, password="another long password")

    assert buyer.password.startswith("argon2")


def test_becoming_an_author(buyer):
    services.become_author(user=buyer, display_name=" Studio\u202e  Ada 🧑‍🎨 ", country="AT")
    services.become_author(user=buyer, display_name="Studio Ada", bio="Icons.")

    profile = Profile.objects.get()
    assert (profile.display_name, profile.bio, profile.country) == ("Studio Ada", "Icons.", "")
    assert is_author(User.objects.get(pk=buyer.pk))
    assert author_by_username("BUYER") == buyer
    assert author_by_username("nobody") is None


@pytest.mark.parametrize(
    "wrong",
    [{"display_name": "\u200b \u202e"}, {"display_name": "x" * 81}, {"country": "XX"},
     {"bio": "x" * 501}],
)  # fmt: skip
def test_a_profile_that_says_nothing_is_refused(buyer, wrong):
    with pytest.raises(ProfileInvalid):
        services.become_author(user=buyer, **{"display_name": "Studio", **wrong})
    assert not Profile.objects.exists()
    assert not is_author(User.objects.get(pk=buyer.pk))


@pytest.mark.parametrize(
    ("role", "permissions", "is_staff"),
    [
        ("author", {"items.sell_items"}, False),
        ("reviewer", {"items.review_items"}, False),
        (
            "staff",
            {
                "items.review_items",
                "items.schedule_promotions",
                "items.suspend_items",
                "payments.decide_adjustments",
                "payments.request_adjustments",
                "payments.resolve_cases",
                "payments.run_payouts",
                "payments.see_money",
                "purchases.decide_refunds",
                "users.lock_accounts",
            },
            True,
        ),
    ],
)
def test_roles_are_permissions(buyer, role, permissions, is_staff):
    services.grant_role(user=buyer, role=role)

    user = User.objects.get(pk=buyer.pk)
    acts = {name for name in user.get_all_permissions() if ".view_" not in name}
    assert (acts, user.is_staff) == (permissions, is_staff)
    services.withdraw_role(user=buyer, role=role)
    user = User.objects.get(pk=buyer.pk)
    assert (user.get_all_permissions(), user.is_staff) == (set(), False)
