from django.urls import path

from market.purchases.views import (
    carts,
    certificates,
    checkout,
    corner,
    guests,
    library,
    refunds,
    support,
)

app_name = "purchases"
urlpatterns = [
    path("corner/", corner.corner, name="corner"),
    path("cart/", carts.cart, name="cart"),
    path("cart/remove/", carts.cart_remove, name="cart_remove"),
    path("cart/licence/", carts.cart_licence, name="cart_licence"),
    path("cart/support/", carts.cart_support, name="cart_support"),
    path("checkout/", checkout.checkout, name="checkout"),
    path("checkout/guest/", guests.guest, name="guest"),
    path("claim/<str:token>/", guests.claim, name="claim"),
    path("orders/<uuid:key>/", checkout.order, name="order"),
    path("orders/<uuid:key>/pay/", checkout.order_pay, name="order_pay"),
    path("library/", library.library, name="library"),
    path("library/library.csv", library.library_csv, name="library_csv"),
    path("library/<uuid:code>/certificate/", certificates.certificate, name="certificate"),
    path("library/<uuid:code>/support/", support.support, name="support"),
    path("library/<uuid:code>/files/<int:file_id>/", library.download, name="download"),
    path("library/<uuid:code>/refund/", refunds.refund_ask, name="refund_ask"),
    path("refunds/", refunds.refunds, name="refunds"),
    path("refunds/<int:request_id>/", refunds.refund, name="refund"),
    path("refunds/<int:request_id>/withdraw/", refunds.refund_withdraw, name="refund_withdraw"),
    path("author/refunds/", refunds.author_refunds, name="author_refunds"),
    path("author/refunds/<int:request_id>/", refunds.author_refund, name="author_refund"),
]
