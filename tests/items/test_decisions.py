"""What authors are mailed when somebody decided about their items."""

import pytest
from django.core import mail

from market.items.services import reviews
from market.jobs.testing import run_jobs
from market.users.models import User
from tests import factories
from tests.items.conftest import version_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff():
    return factories.make_user(role="staff")


def mailed():
    """The one mail that the jobs send now; what was sent earlier is forgotten."""
    mail.outbox.clear()
    run_jobs(queues=("mail",))
    (sent,) = mail.outbox
    return sent


def test_an_approval_says_where_it_is_on_sale(submitted, author, reviewer):
    reviews.approve(version=version_of(submitted), reviewer=reviewer)

    sent = mailed()

    assert sent.to == [author.email]
    assert sent.subject == f"On sale: {submitted.name}"
    assert f"/items/{submitted.slug}/{submitted.pk}/" in sent.body
    assert sent.alternatives[0].mimetype == "text/html"
    assert sent.extra_headers["Message-ID"].startswith("<decision-")


@pytest.mark.parametrize(
    ("hard", "subject"), [(False, "Please change something"), (True, "Not accepted")]
)
def test_a_rejection_gives_the_reviewers_words(submitted, reviewer, hard, subject):
    reviews.reject(
        version=version_of(submitted), reviewer=reviewer, reason="Name the <font>.", hard=hard
    )

    sent = mailed()

    assert sent.subject == f"{subject}: {submitted.name}"
    assert "Name the <font>." in sent.body
    assert "Name the &lt;font&gt;." in sent.alternatives[0].content
    assert f"/author/items/{submitted.pk}/" in sent.body


def test_off_sale_and_back(staff, author):
    item = factories.make_item(author=author)

    reviews.suspend(item=item, staff=staff, reason="A claim.")
    assert mailed().subject == f"Taken off sale: {item.name}"
    reviews.reinstate(item=item, staff=staff, reason="It was withdrawn.")
    assert mailed().subject == f"Back on sale: {item.name}"


def test_in_the_authors_language(submitted, author, reviewer):
    User.objects.filter(pk=author.pk).update(language="de")
    reviews.reject(version=version_of(submitted), reviewer=reviewer, reason="Zu klein.")

    assert mailed().subject == f"Bitte ändere etwas: {submitted.name}"


def test_no_mail_when_nothing_was_decided(submitted, reviewer):
    reviews.start_review(version=version_of(submitted), reviewer=reviewer)
    mail.outbox.clear()
    run_jobs(queues=("mail",))

    assert mail.outbox == []
