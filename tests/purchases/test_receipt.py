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
