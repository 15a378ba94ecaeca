"""What authors are told when reviewers or staff have decided about their items."""

from django.utils import translation
from django.utils.functional import Promise
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from market.core.mails import build_mail
from market.core.text import clean_line
from market.items.models import Item, ItemEvent
from market.tenancy import hosts

MAX_NAME_CHARS = 70
S = Item.Status
_SUBJECTS: dict[str, str | Promise] = {
    "live": _("On sale: %(name)s"),
    "updated": _("Your update is live: %(name)s"),
    "reinstated": _("Back on sale: %(name)s"),
    S.SOFT_REJECTED: _("Please change something: %(name)s"),
    S.HARD_REJECTED: _("Not accepted: %(name)s"),
    S.SUSPENDED: _("Taken off sale: %(name)s"),
}


def mail_decision(*, event_id: int) -> None:
    """Tell the author what became of an item or version, in the author's language."""
    event = ItemEvent.objects.select_related("item__author", "version").get(pk=event_id)
    author, outcome = event.item.author, _outcome(event)
    with translation.override(author.language):
        short = Truncator(clean_line(event.item.name)).chars(MAX_NAME_CHARS)
        build_mail(
            template="items/email/decision",
            subject=str(_SUBJECTS[outcome]) % {"name": short},
            to=author.email,
            message_id=f"decision-{event.pk}@{hosts.host('account').name}",
            event=event,
            outcome=outcome,
        ).send()


def _outcome(event: ItemEvent) -> str:
    if event.to_status != S.APPROVED:
        return event.to_status
    if event.version is None:
        return "reinstated"
    is_first = not event.item.versions.filter(status=S.APPROVED, pk__lt=event.version.pk).exists()
    return "live" if is_first else "updated"
