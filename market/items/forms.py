"""The item form, built from the marketplace's definition. Shapes only; rules are in `content`."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from market.core import locales
from market.items.content.attributes import BadValue
from market.items.content.roles import role_label
from market.items.content.validation import ItemContent, parse_price
from market.items.errors import ItemInvalid
from market.items.models import Item, ItemVersion, Promotion
from market.tenancy.definitions import AttributeDef, AttributeType, LicenceTerms, Marketplace
from market.tenancy.registry import marketplaces

ATTRIBUTE, ADDRESS, PRICE = "attr_", "address_", "price_"


def category_choices(site: Marketplace) -> list[tuple[str, Any]]:
    """Leaves, grouped by their top-level category."""
    groups: list[tuple[str, Any]] = [("", _("Choose a category"))]
    for top in site.categories:
        leaves = [(one.path, one.name) for one in top.children] or [(top.path, top.name)]
        groups.append((top.name, leaves))
    return groups


class NewItemForm(forms.Form):
    """The first step: what kind of thing, and what it is called."""

    name = forms.CharField(label=_("Name"), strip=False)
    category = forms.ChoiceField(label=_("Category"))

    def __init__(self, site: Marketplace, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["category"].choices = category_choices(site)  # type: ignore[attr-defined]
        self.fields["name"].widget.attrs["maxlength"] = site.item.title_max_chars


class ItemForm(forms.Form):
    """All that an author says about an item of one top-level category."""

    name = forms.CharField(label=_("Name"), strip=False)
    category = forms.ChoiceField(label=_("Category"))
    summary = forms.CharField(label=_("Summary in one line"), required=False, strip=False)
    description = forms.CharField(
        label=_("Description"),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 10}),
        help_text=_("Markdown: **bold**, lists with -, headings with #, links."),
    )
    tags = forms.CharField(label=_("Tags"), required=False, strip=False)
    attribution = forms.CharField(
        label=_("Credits"),
        required=False,
        strip=False,
        help_text=_("If parts come from others: the words that their licence asks you to show."),
    )
    upstream_licence = forms.CharField(
        label=_("Licence of these parts"),
        required=False,
        help_text=_("An SPDX expression such as MIT or CC-BY-4.0."),
    )
    label = forms.CharField(label=_("Version"), required=False, help_text=_("Such as 1.0.0."))
    has_support = forms.BooleanField(label=_("I offer support to buyers"), required=False)
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, site: Marketplace, top: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.site, self.top = site, top
        limits = site.item
        self.fields["category"].choices = category_choices(site)  # type: ignore[attr-defined]
        self.fields["name"].widget.attrs["maxlength"] = limits.title_max_chars
        self.fields["summary"].widget.attrs["maxlength"] = limits.summary_max_chars
        counted = {"least": limits.tags_min, "most": limits.tags_max}
        self.fields["tags"].help_text = (
            gettext("%(least)d to %(most)d words or short phrases, separated by commas.") % counted
        )
        if not site.support.is_offered_for(top):
            del self.fields["has_support"]
        for role in site.file_roles_for(top):
            if role.formats == ("url",):
                self.fields[ADDRESS + role.role] = forms.CharField(
                    label=role_label(role.role), required=False, help_text=role.help
                )
        for definition in site.attributes_for(top):
            self.fields[ATTRIBUTE + definition.key] = attribute_field(definition)
        self._mark_needed()

    def _mark_needed(self) -> None:
        """A draft may lack these, so no field requires them; the labels do not say “optional”."""
        needed = {ATTRIBUTE + one.key for one in self.site.attributes_for(self.top) if one.required}
        for name in ("summary", "description", "tags", *needed):
            self.fields[name].is_needed = True  # type: ignore[attr-defined]  # for the template

    def content(self) -> ItemContent:
        """What was entered, as it came; without what the chosen category does not ask for."""
        entered = self.cleaned_data
        top = entered["category"].split("/")[0]
        asked = {one.key for one in self.site.attributes_for(top)}
        asked |= {one.role for one in self.site.file_roles_for(top)}
        return ItemContent(
            name=entered["name"],
            summary=entered["summary"],
            description=entered["description"],
            tags=tuple(entered["tags"].split(",")),
            attributes=_named(entered, ATTRIBUTE, asked),
            attribution=entered["attribution"],
            upstream_licence=entered["upstream_licence"],
            addresses=_named(entered, ADDRESS, asked),
            has_support=entered.get("has_support", False),
            label=entered["label"],
        )

    def attribute_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.fields if name.startswith(ATTRIBUTE)]

    def address_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.fields if name.startswith(ADDRESS)]

    def show(self, problems: Mapping[str, str]) -> None:
        show_problems(self, problems)


class PriceForm(forms.Form):
    """A price for each licence of a category, in whole units of the currency."""

    def __init__(self, site: Marketplace, top: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for terms in site.licences_for(top):
            self.fields[PRICE + terms.code] = price_field(site, terms)
            self.fields[PRICE + terms.code].is_needed = True  # type: ignore[attr-defined]

    def prices(self) -> dict[str, int]:
        """Cents by licence; empty when nothing was entered. Raises ItemInvalid."""
        entered = {code: text for code, text in _named(self.cleaned_data, PRICE).items() if text}
        problems, cents = {}, {}
        for code, text in entered.items():
            try:
                cents[code] = parse_price(text)
            except BadValue as problem:
                problems[PRICE + code] = str(problem)
        if problems:
            raise ItemInvalid(problems)
        return cents

    def show(self, problems: Mapping[str, str]) -> None:
        show_problems(self, problems)


class VersionForm(forms.Form):
    label = forms.CharField(label=_("Version"), required=False, help_text=_("Such as 2.1.0."))
    changelog = forms.CharField(
        label=_("What is new"), required=False, widget=forms.Textarea(attrs={"rows": 5})
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["changelog"].is_needed = True  # type: ignore[attr-defined]

    def show(self, problems: Mapping[str, str]) -> None:
        show_problems(self, problems)


class SubmitForm(forms.Form):
    review_note = forms.CharField(
        label=_("A note to the reviewer"), required=False, widget=forms.Textarea(attrs={"rows": 3})
    )


class ReviewForm(forms.Form):
    """A reviewer's decision; which reasons are needed is the service's matter."""

    DECISIONS = (
        ("start", _("Start the review")),
        ("approve", _("Approve and put on sale")),
        ("soft_reject", _("Send back for changes")),
        ("hard_reject", _("Reject for good")),
    )
    decision = forms.ChoiceField(choices=DECISIONS)
    # Which submission the page showed, in ISO 8601.
    seen = forms.DateTimeField(required=False, widget=forms.HiddenInput)
    reason = forms.CharField(
        label=_("Reason"), required=False, widget=forms.Textarea(attrs={"rows": 4})
    )


class MomentInput(forms.DateTimeInput):
    """The browser's own picker; our moments are in UTC, and the form says so."""

    input_type = "datetime-local"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%dT%H:%M")


class PromotionForm(forms.Form):
    """What to put into which window, and for how long. The service knows who may and when."""

    kind = forms.ChoiceField(
        label=_("What"), choices=Promotion.Kind.choices, widget=forms.RadioSelect
    )
    site = forms.ChoiceField(label=_("Marketplace"))
    subject = forms.CharField(
        label=_("Item or author"),
        max_length=300,
        help_text=_("An item's number or the address of its page, or an author's user name."),
    )
    starts_at = forms.DateTimeField(
        label=_("Starts (UTC)"),
        required=False,
        widget=MomentInput,
        help_text=_("Leave it empty to start at once."),
    )
    ends_at = forms.DateTimeField(label=_("Ends (UTC)"), widget=MomentInput)
    author_agreed = forms.BooleanField(
        label=_("The author agreed to give the item away, and earns nothing from it"),
        required=False,
        help_text=_("Needed for a free item. Say in the note when and where."),
    )
    note = forms.CharField(
        label=_("Note for staff"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        sites = [(one.slug, one.name) for one in marketplaces()]
        self.fields["site"].choices = sites  # type: ignore[attr-defined]


class EndForm(forms.Form):
    reason = forms.CharField(label=_("Why it ends now"), required=False, max_length=500)


def attribute_field(definition: AttributeDef) -> forms.Field:
    common: dict[str, Any] = {
        "label": _label(definition),
        "required": False,
        "help_text": definition.help,
    }
    if definition.type is AttributeType.BOOL:
        answers = [("", _("Not said")), ("yes", _("Yes")), ("no", _("No"))]
        return forms.CharField(**common, widget=forms.Select(choices=answers))
    options = [(one, definition.label_of(one)) for one in definition.options]
    if definition.holds_many and options:
        return forms.MultipleChoiceField(
            **common, choices=options, widget=forms.CheckboxSelectMultiple
        )
    if definition.type is AttributeType.CHOICE:
        # Not a ChoiceField: what is not among the options is refused where the rules are.
        widget = forms.Select(choices=[("", "—"), *options])
        return forms.CharField(**common, widget=widget)
    return forms.CharField(**common, widget=_widget(definition))


def _widget(definition: AttributeDef) -> forms.Widget:
    hints = {
        AttributeType.INT: {"inputmode": "numeric"},
        AttributeType.DECIMAL: {"inputmode": "decimal"},
        AttributeType.DURATION: {"placeholder": "m:ss"},
        AttributeType.COLOUR: {"placeholder": "#1E90FF, #FFFFFF"},
        AttributeType.VERSION: {"placeholder": "2.1.0"},
        AttributeType.COUNTRY: {"placeholder": "NO", "maxlength": "2"},
    }
    if definition.type is AttributeType.DATE:
        return forms.TextInput(attrs={"type": "date"})
    return forms.TextInput(attrs=hints.get(definition.type, {}))


def _label(definition: AttributeDef) -> str:
    unit = f" ({definition.unit})" if definition.unit else ""
    return f"{definition.label}{unit}"


def price_field(site: Marketplace, terms: LicenceTerms) -> forms.Field:
    hints = [str(terms.summary)]
    if not terms.is_default:
        words = gettext("At least %(multiple)s times the first price.")
        hints.append(words % {"multiple": locales.number(terms.min_multiple.normalize())})
    return forms.CharField(
        label=f"{terms.name} ({site.pricing.currency})",
        required=False,
        help_text=" ".join(hints),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )


def initial_of(item: Item, version: ItemVersion) -> dict[str, Any]:
    """A stored item as the form shows it."""
    detail = item.detail
    initial: dict[str, Any] = {
        "name": item.name,
        "category": item.category.path,
        "summary": item.summary,
        "description": detail.description_source,
        "tags": ", ".join(detail.tags),
        "attribution": detail.attribution,
        "upstream_licence": detail.upstream_licence,
        "has_support": detail.has_support,
        "label": version.label,
        "seen": item.updated_at.isoformat(),
    }
    for key, value in detail.attributes.items():
        initial[ATTRIBUTE + key] = _shown(value)
    for role, address in detail.addresses.items():
        initial[ADDRESS + role] = address
    return initial


def _shown(value: object) -> object:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value


def initial_prices(prices: Mapping[str, int]) -> dict[str, str]:
    """Whole amounts without cents, as people type them."""
    return {
        PRICE + code: str(cents // 100) if cents % 100 == 0 else f"{cents / 100:.2f}"
        for code, cents in prices.items()
    }


def show_problems(form: forms.Form, problems: Mapping[str, str]) -> None:
    """Refusals of the rules at their fields; what has no field stands above the form."""
    for key, problem in problems.items():
        form.add_error(key if key in form.fields else None, problem)


def _named(
    entered: Mapping[str, Any], prefix: str, asked: set[str] | None = None
) -> dict[str, Any]:
    named = {key[len(prefix) :]: entered[key] for key in entered if key.startswith(prefix)}
    return {key: value for key, value in named.items() if asked is None or key in asked}
