from urllib.parse import urlencode

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from market.purchases.selectors.statement import CREDIT, EARNINGS, PURCHASES, Wanted
from market.purchases.selectors.statement_rows import GROUPS
from market.tenancy.registry import marketplaces

# What can be on which statement.
_GROUPS_OF = {
    EARNINGS: (
        "sales", "support", "fees", "refunds", "reversals", "payouts", "withholding", "credit",
        "adjustments",
    ),
    CREDIT: ("deposits", "credit", "refunds", "adjustments"),
    PURCHASES: ("purchases", "refunds"),
}  # fmt: skip


class StatementForm(forms.Form):
    """What a statement shows; all of it stands in the address."""

    of = forms.ChoiceField(
        required=False, choices=[(one, one) for one in (EARNINGS, CREDIT, PURCHASES)]
    )
    currency = forms.RegexField(r"^[A-Z]{3}$", required=False)
    since = forms.DateField(
        required=False, label=_("From"), widget=forms.DateInput(attrs={"type": "date"})
    )
    until = forms.DateField(
        required=False, label=_("To"), widget=forms.DateInput(attrs={"type": "date"})
    )
    type = forms.ChoiceField(required=False, label=_("Type"))
    site = forms.ChoiceField(required=False, label=_("Marketplace"))
    after = forms.CharField(max_length=100, required=False)

    def __init__(self, data: QueryDict, *, is_author: bool) -> None:
        """Without a word authors see their earnings, others their purchases."""
        super().__init__(data)
        self.is_author = is_author
        self.first = EARNINGS if is_author else PURCHASES
        of = data.get("of") or self.first
        groups = _GROUPS_OF.get(of, ())
        self.fields["type"].choices = [  # type: ignore[attr-defined]
            ("", _("Everything")),
            *((key, GROUPS[key][0]) for key in groups),
        ]
        self.fields["site"].choices = [  # type: ignore[attr-defined]
            ("", _("All")),
            *((site.slug, site.name) for site in marketplaces()),
        ]

    def wanted(self) -> Wanted:
        given = self.cleaned_data
        return Wanted(
            of=given["of"] or self.first,
            currency=given["currency"],
            since=given["since"],
            until=given["until"],
            group=given["type"],
            site_id=next((one.id for one in marketplaces() if one.slug == given["site"]), None),
        )

    @property
    def filters(self) -> list[forms.BoundField]:
        return [self[name] for name in ("since", "until", "type", "site")]

    def query(self) -> str:
        """The address without the position."""
        return urlencode([(name, value) for name, value in self.data.items() if name != "after"])
