from django.urls import path

from market.purchases.views import carts, checkout, corner, library

app_name = "purchases"
urlpatterns = [
    path("corner/", corner.corner, name="corner"),
    path("cart/", carts.cart, name="cart"),
    path("cart/remove/", carts.cart_remove, name="cart_remove"),
    path("cart/licence/", carts.cart_licence, name="cart_licence"),
    path("checkout/", checkout.checkout, name="checkout"),
    path("orders/<uuid:key>/", checkout.order, name="order"),
    path("orders/<uuid:key>/pay/", checkout.order_pay, name="order_pay"),
    path("library/", library.library, name="library"),
    path("library/<uuid:code>/files/<int:file_id>/", library.download, name="download"),
]
