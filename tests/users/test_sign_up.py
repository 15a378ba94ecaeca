"""Making an account: the form, the mail, the link in it."""

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.test import Client

from market.jobs import services as jobs
from market.tenancy import hosts
from market.users import services
from market.users.models import User
from tests.conftest import host_client
from tests.factories import PASSWORD, make_user
from tests.users.browsers import is_signed_in, link_in, path_of, sent_mail, sign_in_to_account

pytestmark = pytest.mark.django_db
FORM = {"email": "Ada@Example.com", "username": "ada", "password1": PASSWORD}


@pytest.fixture
def account() -> Client:
    return host_client("account")


def test_an_account_is_open_once_its_address_is_confirmed(account):
    response = account.post("/sign-up/", {**FORM, "next": "/profile/"})

    assert response.headers["Location"] == "/sign-up/sent/"
    assert account.get("/sign-up/sent/").status_code == 200
    assert not is_signed_in(account)
    message = sent_mail()
    assert message.to == ["ada@example.com"]
    assert link_in(message).startswith(hosts.origin("account"))

    page = account.get(path_of(link_in(message)))
    response = account.post(path_of(link_in(message)))

    assert b"Yes, this is my address" in page.content
    assert response.headers["Location"] == "/profile/"
    assert is_signed_in(account)
    user = User.objects.get()
    assert (user.email, user.username) == ("ada@example.com", "ada")
    assert EmailAddress.objects.get().verified


def test_a_scanner_that_opens_the_link_uses_nothing_up(account):
    account.post("/sign-up/", FORM)
    path = path_of(link_in(sent_mail()))

    for _ in range(3):
        assert host_client("account").get(path).status_code == 200

    assert not EmailAddress.objects.get().verified
    assert account.post(path).status_code == 302


def test_the_link_in_another_browser_confirms_and_signs_nobody_in(account):
    account.post("/sign-up/", FORM)
    other = host_client("account")
    path = path_of(link_in(sent_mail()))

    response = other.post(path)

    assert response.headers["Location"] == "/sign-in/"
    assert EmailAddress.objects.get().verified
    assert not is_signed_in(other)
    assert other.get(path).status_code == 404
    assert other.post(path).status_code == 404


def test_a_made_up_link_is_not_found(account):
    assert account.get("/sign-up/confirm/abc:def/").status_code == 404
    assert account.post("/sign-up/confirm/abc:def/").status_code == 404


def test_a_spoofed_host_does_not_get_into_the_link(account):
    account.post(
        "/sign-up/",
        FORM,
        headers={"Host": "account.localhost:666", "X-Forwarded-Host": "evil.example"},
    )

    assert link_in(sent_mail()).startswith(f"{hosts.origin('account')}/")


def test_who_has_an_account_is_not_told_to_others(account):
    make_user(username="ada")
    jobs.run_ready()

    taken = account.post("/sign-up/", {**FORM, "username": "other"})
    message = sent_mail()
    free = host_client("account").post("/sign-up/", {**FORM, "email": "new@example.com"})

    assert free.status_code == 422  # the name is taken, which is public
    free = host_client("account").post(
        "/sign-up/", {**FORM, "email": "new@example.com", "username": "new"}
    )
    assert (taken.status_code, taken.headers["Location"]) == (302, free.headers["Location"])
    assert message.to == ["ada@example.com"]
    assert "You have one already" in message.body
    assert User.objects.count() == 2


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("username", ""), ("username", "  "), ("username", "\u200b\u200b\u200b"),
        ("username", "ada\u202e"), ("username", "a\0da"), ("username", "x" * 300),
        ("username", "admin"), ("username", "<script>"),
        ("email", ""), ("email", "a@b"), ("email", "a@b.org\r\nBcc: c@d.org"),
        ("email", "x" * 300 + "@b.org"),
        ("password1", "short"), ("password1", "x" * 1025), ("password1", "ä" * 513),
        ("password1", "0" * 10**6), ("password1", "1234567890"), ("password1", "a\0" * 20),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_at_its_field(account, field, value):
    response = account.post("/sign-up/", {**FORM, field: value})

    assert response.status_code == 422
    assert list(response.context["form"].errors) == [field]
    assert not User.objects.exists()
    assert jobs.run_ready() == 0


def test_fields_that_the_form_does_not_have_change_nothing(account):
    account.post("/sign-up/", {**FORM, "is_staff": "1", "is_superuser": "1", "is_active": ""})

    user = User.objects.get()
    assert (user.is_staff, user.is_superuser, user.is_active) == (False, False, True)


class SomebodyQuicker:
    """Takes a name and an address while the form is looked at: after them, before the row."""

    def __init__(self, username: str, email: str) -> None:
        self.name = {"username": username, "email": email}

    def validate(self, password: str, user: User | None = None) -> None:
        services.register(**self.name, password=PASSWORD)

    def get_help_text(self) -> str:
        return ""


def be_quicker(settings, **name: str) -> None:
    here = f"{SomebodyQuicker.__module__}.SomebodyQuicker"
    settings.AUTH_PASSWORD_VALIDATORS = [{"NAME": here, "OPTIONS": name}]


def test_whoever_was_quicker_has_the_name(account, settings):
    be_quicker(settings, username="ADA", email="quick@example.com")

    response = account.post("/sign-up/", FORM)

    assert response.status_code == 422
    assert list(response.context["form"].errors) == ["username"]
    assert User.objects.get().username == "ADA"


def test_whoever_was_quicker_has_the_address(account, settings):
    be_quicker(settings, username="quick", email="ada@example.com")

    response = account.post("/sign-up/", FORM)

    assert response.headers["Location"] == "/sign-up/sent/"
    assert "You have one already" in sent_mail().body
    assert User.objects.get().username == "quick"


def test_an_account_waits_for_its_confirmation(account):
    services.register(**{key.rstrip("1"): value for key, value in FORM.items()})

    response = sign_in_to_account(account, "ada@example.com")

    assert response.headers["Location"] == "/sign-up/sent/"
    assert not is_signed_in(account)
    assert "confirm" in sent_mail().subject


def test_too_many_sign_ups_from_one_address(account, settings):
    settings.LIMITS = {**settings.LIMITS, "sign_up_address": "2/60"}
    answers = [account.post("/sign-up/", {**FORM, "email": "no"}).status_code for _ in range(3)]

    assert answers == [422, 422, 429]


def test_nobody_can_fill_anothers_mailbox(account, settings):
    make_user(username="ada")
    jobs.run_ready()
    mail.outbox.clear()
    for number in range(8):
        host_client("account").post("/sign-up/", {**FORM, "username": f"other{number}"})

    jobs.run_ready(raise_errors=True)

    assert len(mail.outbox) == 5
