"""The pages of words that each marketplace has: which there are, and what they are called."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class InfoPage:
    """`/page/<slug>/`; its words are in templates/discovery/pages/<slug>.html."""

    slug: str
    title: str | Promise
    description: str | Promise
    icon: str

    @property
    def template(self) -> str:
        return f"discovery/pages/{self.slug}.html"


INFO_PAGES = (
    InfoPage(
        "about",
        _("About us"),
        _("Seven marketplaces for digital files, run as one shop."),
        "books",
    ),
    InfoPage(
        "help",
        _("Help"),
        _("Answers about buying, licences, downloads, refunds, selling and fees."),
        "support",
    ),
    InfoPage(
        "refunds",
        _("Refunds"),
        _("When you get your money back, and how to ask for it."),
        "receipt-refund",
    ),
    InfoPage(
        "selling",
        _("Sell your work"),
        _("How to become an author, what we check and what you earn."),
        "building-store",
    ),
    InfoPage(
        "terms",
        _("Terms of use"),
        _("The rules for buying, selling and using an account."),
        "file-text",
    ),
    InfoPage(
        "privacy",
        _("Privacy"),
        _("Which data we keep about you, why, and for how long."),
        "shield-lock",
    ),
    InfoPage(
        "copyright",
        _("Copyright notices"),
        _("How to tell us that something here uses your work without permission."),
        "copyright",
    ),
    InfoPage(
        "contact",
        _("Contact"),
        _("How to reach us, and what to write so that we can help at once."),
        "mail",
    ),
)


def info_page(slug: str) -> InfoPage | None:
    return next((page for page in INFO_PAGES if page.slug == slug), None)
