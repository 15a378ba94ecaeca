from django import forms
from django.utils.translation import gettext_lazy as _

from market.purchases.models import RefundRequest
from market.purchases.services.refund_requests import MAX_WORDS

_WORDS = {"rows": 5, "maxlength": MAX_WORDS}


class AskForm(forms.Form):
    ground = forms.ChoiceField(
        label=_("Why do you want your money back?"),
        choices=RefundRequest.Ground.choices,
        widget=forms.RadioSelect,
    )
    words = forms.CharField(
        label=_("What happened"),
        help_text=_("Whoever decides reads this. Say what you expected, and what you tried."),
        max_length=MAX_WORDS,
        widget=forms.Textarea(attrs=_WORDS),
    )


class WordsForm(forms.Form):
    """A buyer's objection."""

    words = forms.CharField(
        label=_("Why you do not agree"),
        max_length=MAX_WORDS,
        widget=forms.Textarea(attrs=_WORDS),
    )


class AnswerForm(forms.Form):
    """An author's answer; declining needs words."""

    answer = forms.ChoiceField(
        label=_("Your answer"),
        choices=[("accept", _("Give the money back")), ("decline", _("Decline"))],
        widget=forms.RadioSelect,
    )
    words = forms.CharField(
        label=_("In your words"),
        help_text=_("The buyer reads this. A decline needs a reason."),
        required=False,
        max_length=MAX_WORDS,
        widget=forms.Textarea(attrs=_WORDS),
    )


class RulingForm(forms.Form):
    ruling = forms.ChoiceField(
        label=_("Your ruling"),
        choices=[("buyer", _("For the buyer: the money goes back")),
                 ("author", _("For the author: the sale stands"))],
        widget=forms.RadioSelect,
    )  # fmt: skip
    words = forms.CharField(
        label=_("The reason"),
        help_text=_("Both sides read this. It is final."),
        max_length=MAX_WORDS,
        widget=forms.Textarea(attrs=_WORDS),
    )


class LiftForm(forms.Form):
    reason = forms.CharField(label=_("Why this buyer may buy again"), max_length=500)
