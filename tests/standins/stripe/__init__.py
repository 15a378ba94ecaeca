"""A small Stripe for tests: a stateful HTTP server that the official SDK speaks to.

It knows what we use, and follows Stripe's documentation; beside each rule stands the page that says
so. What Stripe leaves to chance (lost answers, late and doubled webhooks) a test orders.
"""

from tests.standins.stripe.server import StandIn

__all__ = ["StandIn"]
