import pytest
from django.core import mail

from market.jobs.testing import run_jobs
from market.purchases import tasks
from market.purchases.models import Purchase
from tests import factories
from tests.purchases import steps

pytestmark = pytest.mark.django_db


def test_a_receipt_comes_by_mail(buyer):
    order = steps.buy(buyer, factories.make_item(name="Blue & <i>icons</i>"))
    assert mail.outbox == []

    run_jobs(["mail"])

    (sent,) = mail.outbox
    code = str(Purchase.objects.get().code)
    html = sent.alternatives[0].content
    assert sent.to == [buyer.email]
    assert "Blue & <i>icons</i>" in sent.body
    assert "Blue &amp; &lt;i&gt;icons&lt;/i&gt;" in html
    assert all(code in text and "$21" in text for text in (sent.body, html))
    assert "http://account.localhost/library/" in sent.body
    assert order.key.hex in sent.extra_headers["Message-ID"]


def test_it_comes_once(buyer, item):
    order = steps.buy(buyer, item)

    for _ in range(2):
        tasks.send_receipt.enqueue(order_id=order.pk)
        run_jobs(["mail"])

    assert len(mail.outbox) == 1


def test_there_is_none_for_what_was_not_paid(buyer, item):
    order = steps.place(buyer, item)

    tasks.send_receipt.enqueue(order_id=order.pk)
    run_jobs(["mail"])

    assert mail.outbox == []


@pytest.mark.parametrize(
    ("name", "subject"),
    [
        ("Blue icons", "Your receipt: Blue icons"),
        ("Blue\r\nBcc: all@example.com", "Your receipt: Blue Bcc: all@example.com"),
        ("図形\u202e👩‍👩‍👧", "Your receipt: 図形👩‍👩‍👧"),
        ("x" * 100, f"Your receipt: {'x' * 69}…"),
    ],
)
def test_a_name_in_the_subject_is_no_header(buyer, name, subject):
    steps.buy(buyer, factories.make_item(name=name))

    run_jobs(["mail"])

    (sent,) = mail.outbox
    assert sent.subject == subject
    assert sent.recipients() == [buyer.email]
    assert sent.message()["Bcc"] is None


def test_several_items_are_counted_in_the_subject(buyer, item):
    steps.buy(buyer, item, factories.make_item(), factories.make_item())

    run_jobs(["mail"])

    assert mail.outbox[0].subject == "Your receipt: Blue icons and 2 more"


def test_a_mail_says_who_we_are(buyer, item, settings):
    settings.OPERATOR_ADDRESS = "1 Harbour Road, Anytown"
    steps.buy(buyer, item)

    run_jobs(["mail"])

    (sent,) = mail.outbox
    assert "1 Harbour Road, Anytown" in sent.body
    assert "1 Harbour Road, Anytown" in sent.alternatives[0].content
