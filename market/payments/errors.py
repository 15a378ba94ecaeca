from django.utils.translation import gettext_lazy as _

from market.core.errors import Refused
from market.core.money import format_cents


class PaymentRefused(Refused):
    """The root of what can be wrong with a payment."""

    code = "payment_refused"


class GatewayUnavailable(PaymentRefused):
    """The gateway gave no answer: whether it acted is unknown. Ask again with the same key."""

    code = "gateway_unavailable"

    def __init__(self) -> None:
        super().__init__(
            _(
                "The payment service does not answer just now. Try again in a moment: "
                "trying again never charges you twice."
            )
        )


class GatewayRefused(PaymentRefused):
    """A definite no: bad parameters, an unknown payment, a key used for something else."""

    code = "gateway_refused"


class AmountChanged(PaymentRefused):
    """Another amount was asked for the same purpose while an attempt is still open."""

    code = "amount_changed"

    def __init__(self) -> None:
        super().__init__(_("A payment of another amount is already under way for this order."))


class DepositRefused(PaymentRefused):
    """Too little, too much at once, or too much together with what is there."""

    code = "deposit_refused"

    def __init__(self, least_cents: int, most_cents: int) -> None:
        if most_cents < least_cents:
            super().__init__(_("You have as much credit as an account can hold. Spend some first."))
        else:
            least, most = format_cents(least_cents), format_cents(most_cents)
            text = _("You can put in between %(least)s and %(most)s.")
            super().__init__(text, least=least, most=most)


class KeyReused(PaymentRefused):
    """A form's key that was used for something else."""

    code = "key_reused"

    def __init__(self) -> None:
        super().__init__(_("This form was sent before with another amount. Please try again."))


class NotEarned(PaymentRefused):
    """More than has been earned and has cleared, less what is withheld of it."""

    code = "not_earned"

    def __init__(self, has_cents: int) -> None:
        text = _("You can move up to %(most)s: what has cleared, less what is withheld for taxes.")
        super().__init__(text, most=format_cents(has_cents))


class RefundTooLarge(PaymentRefused):
    """More than is left of a payment, or the same refund with another amount."""

    code = "refund_too_large"

    def __init__(self, left_cents: int) -> None:
        super().__init__(_("More would be given back than is left of this payment."))
        self.left_cents = left_cents


class SignatureRefused(PaymentRefused):
    """A report that did not come from the gateway, or is too old or from the future."""

    code = "signature_refused"

    def __init__(self) -> None:
        super().__init__(_("The signature is not valid."))


class NotAllowed(PaymentRefused):
    """No rule of the ledger lets money move like this."""

    code = "transfer_not_allowed"


class Overdrawn(PaymentRefused):
    """An account would fall below 0 that may not. `short_cents` are missing."""

    code = "overdrawn"

    def __init__(self, kind: str, short_cents: int) -> None:
        super().__init__(_("There is not enough money in this account."))
        self.kind = kind
        self.short_cents = short_cents


class PayoutRefused(PaymentRefused):
    """The root of what is wrong with a payout."""

    code = "payout_refused"


class NothingToPayOut(PayoutRefused):
    """Too little has cleared, or the author has not said where to."""

    code = "nothing_to_pay_out"

    def __init__(self) -> None:
        super().__init__(_("There is nothing to pay out."))


class PayoutMoved(PayoutRefused):
    """It has gone on, or is not this person's to decide about."""

    code = "payout_moved"

    def __init__(self) -> None:
        super().__init__(_("This payout has moved on, or is not yours to decide about."))


class WhyNeeded(PayoutRefused):
    code = "payout_why_needed"

    def __init__(self) -> None:
        super().__init__(_("Please say in a few words why."))


class DestinationRefused(PayoutRefused):
    """Not an account that money could be sent to; `field` is the form's."""

    code = "payout_destination_refused"

    def __init__(self, field: str) -> None:
        sentences = {
            "destination": _("This is not a valid account number."),
            "bic": _("This is not a valid BIC."),
            "holder": _("Please give the name of the account's holder."),
        }
        super().__init__(sentences[field])
        self.field = field


class TaxFormRefused(PayoutRefused):
    """`field` is the form's."""

    code = "tax_form_refused"

    def __init__(self, field: str) -> None:
        sentences = {
            "tax_id": _("This is not a valid tax number."),
            "country": _("A person of the United States signs form W-9, all others W-8BEN."),
            "legal_name": _("Please give your full legal name."),
        }
        super().__init__(sentences[field])
        self.field = field


class VatIdRefused(PaymentRefused):
    """Not a number of that country, or its check digits are wrong."""

    code = "vat_id_refused"

    def __init__(self) -> None:
        super().__init__(
            _("This is not a VAT number of that country. Check it, or leave it empty.")
        )


class VatServiceUnavailable(PaymentRefused):
    """The register gave no answer: whether the number is valid is unknown."""

    code = "vat_service_unavailable"

    def __init__(self) -> None:
        super().__init__(_("The register of VAT numbers does not answer just now."))


class DecisionRefused(PaymentRefused):
    """The root of what staff may not decide."""

    code = "decision_refused"


class OwnAdjustment(DecisionRefused):
    """Two people are needed, and neither of them may be the one whose money it is."""

    code = "own_adjustment"

    def __init__(self) -> None:
        super().__init__(
            _("An adjustment needs two people, and neither may adjust their own account.")
        )


class AlreadyDecided(DecisionRefused):
    code = "already_decided"

    def __init__(self) -> None:
        super().__init__(_("Somebody has decided this meanwhile."))


class ReasonMissing(DecisionRefused):
    code = "reason_missing"

    def __init__(self) -> None:
        super().__init__(_("Please give a reason: it stays on record."))
