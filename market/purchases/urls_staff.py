from django.urls import path

from market.purchases.views import rulings

app_name = "purchases"
urlpatterns = [
    path("refunds/", rulings.staff_refunds, name="staff_refunds"),
    path("refunds/<int:request_id>/", rulings.staff_refund, name="staff_refund"),
    path("holds/", rulings.holds, name="holds"),
    path("holds/<int:hold_id>/", rulings.hold_lift, name="hold_lift"),
]
