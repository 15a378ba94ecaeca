"""A licence in plain words, made from its machine terms: what a purchase is held to."""

from dataclasses import dataclass

from django.utils.translation import gettext, ngettext, override

from market.core import locales
from market.tenancy.definitions import LicenceTerms, Marketplace, Medium
from market.tenancy.definitions.enums import EndProducts


@dataclass(frozen=True, slots=True)
class Clause:
    heading: str
    text: str


def binding_text(site: Marketplace, terms: LicenceTerms) -> list[list[str]]:
    """The clauses in English, as rows keep them: translations are for convenience."""
    with override("en"):
        return [[clause.heading, clause.text] for clause in clauses(site, terms)]


def clauses(site: Marketplace, terms: LicenceTerms) -> list[Clause]:
    """In the reader's language."""
    found = [
        Clause(gettext("What you get"), _grant(site)),
        Clause(gettext("End products"), _products(terms)),
        Clause(gettext("Selling what you make"), _sale(terms)),
    ]
    if terms.media:
        found.append(Clause(gettext("Where you may use it"), _media(terms)))
    if terms.copies_limit is not None or terms.goods_for_resale is not None:
        found.append(Clause(gettext("Copies"), _copies(terms)))
    if terms.broadcast_audience_limit is not None or terms.theatrical is not None:
        found.append(Clause(gettext("Broadcast and cinema"), _broadcast(terms)))
    if terms.seats_limit is not None:
        found.append(Clause(gettext("Computers"), _seats(terms)))
    return [*found, *_for_all(site, terms)]


def _grant(site: Marketplace) -> str:
    return gettext(
        "The author keeps the copyright. You buy the right to use this item of %(site)s, as this "
        "licence says. The right is not exclusive: others may buy it too."
    ) % {"site": site.name}


def _products(terms: LicenceTerms) -> str:
    meant = gettext("An end product is what you make with the item and what others see or use.")
    match terms.end_products:
        case EndProducts.ONE:
            allowed = gettext(
                "You may use the item in one end product. The next one needs another licence."
            )
        case EndProducts.UNLIMITED:
            allowed = gettext("You may use the item in any number of end products.")
        case EndProducts.UP_TO_LIMIT:
            limit = terms.sites_limit or 1
            allowed = ngettext(
                "You may use the item in %(limit)s end product.",
                "You may use the item in up to %(limit)s end products.",
                limit,
            ) % {"limit": locales.number(limit)}
    return f"{meant} {allowed}"


def _sale(terms: LicenceTerms) -> str:
    if not terms.end_product_may_be_sold:
        return gettext(
            "The end product must be free for the people who use it: you may not sell it or "
            "charge for access to it. You may be paid for making it."
        )
    allowed = gettext("You may sell the end product, or charge people for using it.")
    if terms.goods_for_resale is None:
        return allowed
    goods = (
        gettext("The item may be the main value of goods for resale, such as posters or mugs.")
        if terms.goods_for_resale
        else gettext("It may not be the main value of goods for resale, such as posters or mugs.")
    )
    return f"{allowed} {goods}"


def _media(terms: LicenceTerms) -> str:
    words = {
        Medium.STATIC: gettext(
            "You may use it in fixed works such as print, pictures, logos and films. It may not "
            "be embedded in a website, an app or a document that others can edit."
        ),
        Medium.WEBSITE: gettext("You may embed it in a website."),
        Medium.APP: gettext("You may embed it in an app or a game."),
    }
    return " ".join(words[one] for one in terms.media)


def _copies(terms: LicenceTerms) -> str:
    limit = terms.copies_limit
    if limit is None:
        return gettext("You may make any number of copies of the end product.")
    return ngettext(
        "There may be %(limit)s copy of what you make, printed, sold or downloaded.",
        "There may be up to %(limit)s copies of what you make, printed, sold or downloaded.",
        limit,
    ) % {"limit": locales.number(limit)}


def _broadcast(terms: LicenceTerms) -> str:
    limit = terms.broadcast_audience_limit
    if limit is None:
        said = gettext("You may broadcast the end product to any number of people.")
    elif limit == 0:
        said = gettext("You may not broadcast the end product on television or radio.")
    else:
        said = ngettext(
            "You may broadcast the end product if the channels can reach %(limit)s person.",
            "You may broadcast the end product if the channels can reach at most %(limit)s people.",
            limit,
        ) % {"limit": locales.number(limit)}
    cinema = (
        gettext("You may show it in cinemas.")
        if terms.theatrical
        else gettext("You may not show it in cinemas.")
    )
    return f"{said} {cinema}"


def _seats(terms: LicenceTerms) -> str:
    limit = terms.seats_limit or 1
    return ngettext(
        "You may install it on %(limit)s computer.",
        "You may install it on up to %(limit)s computers.",
        limit,
    ) % {"limit": locales.number(limit)}


def _for_all(site: Marketplace, terms: LicenceTerms) -> list[Clause]:
    client = (
        gettext(
            "You may make end products for yourself or for clients, and hand them over. The item "
            "goes with them as a part of them, and counts where this licence counts."
        )
        if terms.client_transfer
        else gettext("The licence is for your own work. You may not use it for clients.")
    )
    return [
        Clause(gettext("For yourself or a client"), client),
        Clause(
            gettext("What nobody may do"),
            gettext(
                "You may change the item and combine it with other work. You may not sell, share "
                "or give away the item itself or its files, changed or not, nor let others take it "
                "out of the end product to use it apart."
            ),
        ),
        Clause(
            gettext("Parts under other licences"),
            gettext(
                "If the item's page names parts under an open licence, the terms of that licence "
                "hold for those parts."
            ),
        ),
        Clause(
            gettext("How long it holds"),
            gettext(
                "The licence does not end, also when the item is no longer sold. It ends when your "
                "purchase is refunded or reversed, and when you break it and do not put that right."
            ),
        ),
    ]
