"""Why a card was refused, in words for the person who holds it.

Stripe's decline codes: https://docs.stripe.com/declines/codes. Of cards that are reported lost or
stolen, or of suspected fraud, nothing more is said than that the card was declined, as Stripe asks
(same page, "Next steps"). The texts are kept with the payment in English and translated by the
template that shows them.
"""

from django.utils.translation import gettext_noop as _

DECLINED = _("Your card was declined. Please use another card, or ask your bank.")
ASK_BANK = _("Your bank declined the payment. Please ask your bank, or use another card.")
TRY_AGAIN = _("Your bank could not be asked just now. Please try again in a few minutes.")
AUTHENTICATE = _("Your bank wants you to confirm that it is you. Please pay again and confirm.")
NO_MONEY = _("There is not enough money on this card. Please use another card.")
OVER_LIMIT = _("This card has reached its limit. Please use another card, or ask your bank.")
EXPIRED = _("This card has expired. Please use another card.")
BAD_NUMBER = _("The card number is not right. Please check it.")
BAD_CVC = _("The security code is not right. Please check it.")
BAD_DATE = _("The expiry date is not right. Please check it.")
BAD_POSTCODE = _("The postcode does not belong to this card. Please check it.")
BAD_PIN = _("The PIN is not right. Please use another card, or ask your bank.")
NOT_FOR_THIS = _("This card cannot be used for this kind of payment. Please use another card.")
NOT_THIS_CURRENCY = _("This card cannot pay in this currency. Please use another card.")
TWICE = _(
    "The same amount was paid with this card a moment ago. Please check before you try again."
)
TEST_CARD = _("This is a test card. Please use a real one.")
UNTRUE = _("The payment could not be processed. Please try again, or use another card.")

MESSAGES = {
    "approve_with_id": TRY_AGAIN,
    "authentication_not_handled": AUTHENTICATE,
    "authentication_required": AUTHENTICATE,
    "call_issuer": ASK_BANK,
    "card_not_supported": NOT_FOR_THIS,
    "card_velocity_exceeded": OVER_LIMIT,
    "currency_not_supported": NOT_THIS_CURRENCY,
    "do_not_honor": ASK_BANK,
    "do_not_try_again": ASK_BANK,
    "duplicate_transaction": TWICE,
    "expired_card": EXPIRED,
    "fraudulent": DECLINED,
    "generic_decline": DECLINED,
    "incorrect_address": BAD_POSTCODE,
    "incorrect_cvc": BAD_CVC,
    "incorrect_number": BAD_NUMBER,
    "incorrect_pin": BAD_PIN,
    "incorrect_zip": BAD_POSTCODE,
    "insufficient_funds": NO_MONEY,
    "invalid_account": ASK_BANK,
    "invalid_amount": ASK_BANK,
    "invalid_cvc": BAD_CVC,
    "invalid_expiry_month": BAD_DATE,
    "invalid_expiry_year": BAD_DATE,
    "invalid_number": BAD_NUMBER,
    "invalid_pin": BAD_PIN,
    "issuer_not_available": TRY_AGAIN,
    "lost_card": DECLINED,
    "merchant_blacklist": DECLINED,
    "new_account_information_available": ASK_BANK,
    "no_action_taken": ASK_BANK,
    "not_permitted": ASK_BANK,
    "offline_pin_required": BAD_PIN,
    "online_or_offline_pin_required": BAD_PIN,
    "pickup_card": DECLINED,
    "pin_try_exceeded": BAD_PIN,
    "processing_error": UNTRUE,
    "reenter_transaction": TRY_AGAIN,
    "restricted_card": DECLINED,
    "revocation_of_all_authorizations": ASK_BANK,
    "revocation_of_authorization": ASK_BANK,
    "security_violation": ASK_BANK,
    "service_not_allowed": ASK_BANK,
    "stolen_card": DECLINED,
    "stop_payment_order": ASK_BANK,
    "testmode_decline": TEST_CARD,
    "transaction_not_allowed": ASK_BANK,
    "try_again_later": TRY_AGAIN,
    "withdrawal_count_limit_exceeded": OVER_LIMIT,
    # Error codes of a PaymentIntent: https://docs.stripe.com/error-codes
    "payment_intent_authentication_failure": AUTHENTICATE,
    "card_declined": DECLINED,
    "payment_intent_payment_attempt_expired": UNTRUE,
}


def message(*codes: str | None) -> str:
    """Of the first code that is known, the most exact one first."""
    for code in codes:
        if code in MESSAGES:
            return MESSAGES[code]
    return DECLINED
