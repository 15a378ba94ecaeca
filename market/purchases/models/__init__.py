from market.purchases.models.billing import (
    BillingDetails,
    VatRecheck,
)
from market.purchases.models.carts import (
    Cart,
    CartHandoff,
    CartLine,
)
from market.purchases.models.events import OrderEvent
from market.purchases.models.orders import (
    BREAKDOWN,
    Order,
    OrderLine,
    PriceBreakdown,
)
from market.purchases.models.purchases import (
    Claim,
    Download,
    Purchase,
    SaleEvent,
)
from market.purchases.models.refunds import (
    BuyerHold,
    RefundEvent,
    RefundLine,
    RefundRequest,
    RefundScope,
    Reversal,
)
from market.purchases.models.support import SupportPeriod

__all__ = [
    "BREAKDOWN",
    "BillingDetails",
    "BuyerHold",
    "Cart",
    "CartHandoff",
    "CartLine",
    "Claim",
    "Download",
    "Order",
    "OrderEvent",
    "OrderLine",
    "PriceBreakdown",
    "Purchase",
    "RefundEvent",
    "RefundLine",
    "RefundRequest",
    "RefundScope",
    "Reversal",
    "SaleEvent",
    "SupportPeriod",
    "VatRecheck",
]
