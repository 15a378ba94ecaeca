from django.urls import path

from market.purchases.views import carts, corner

app_name = "purchases"
urlpatterns = [
    path("corner/", corner.corner, name="corner"),
    path("cart/", carts.cart, name="cart"),
    path("cart/add/", carts.cart_add, name="cart_add"),
    path("cart/remove/", carts.cart_remove, name="cart_remove"),
    path("cart/licence/", carts.cart_licence, name="cart_licence"),
    path("cart/support/", carts.cart_support, name="cart_support"),
    path("items/<str:slug>/<int:item_id>/buy/", carts.buy, name="buy"),
    path("checkout/", carts.checkout_start, name="checkout_start"),
]
