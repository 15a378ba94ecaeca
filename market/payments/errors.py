from market.core.errors import Refused


class PaymentRefused(Refused):
    """The root of what can be wrong with a payment."""

    code = "payment_refused"


class GatewayUnavailable(PaymentRefused):
    """The gateway gave no answer: whether it acted is unknown. Ask again with the same key."""

    code = "gateway_unavailable"

    def __init__(self) -> None:
        super().__init__(
            "The payment service does not answer just now. Try again in a moment: "
            "trying again never charges you twice."
        )


class GatewayRefused(PaymentRefused):
    """A definite no: bad parameters, an unknown payment, a key used for something else."""

    code = "gateway_refused"


class AmountChanged(PaymentRefused):
    """Another amount was asked for the same purpose while an attempt is still open."""

    code = "amount_changed"

    def __init__(self) -> None:
        super().__init__("A payment of another amount is already under way for this order.")


class SignatureRefused(PaymentRefused):
    """A report that did not come from the gateway, or is too old or from the future."""

    code = "signature_refused"

    def __init__(self) -> None:
        super().__init__("The signature is not valid.")
