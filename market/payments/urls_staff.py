from django.urls import path

from market.payments.views import money_acts, money_desk, payout_desk

app_name = "payments"
urlpatterns = [
    path("money/", money_desk.money, name="money"),
    path("money/orders/<uuid:key>/", money_desk.money_order, name="money_order"),
    path("money/payments/<int:payment_id>/", money_desk.money_payment, name="money_payment"),
    path("money/people/<int:user_id>/", money_desk.money_person, name="money_person"),
    path("money/people/<int:user_id>/adjust/", money_acts.adjust, name="adjust"),
    path("money/adjustments/<int:adjustment_id>/", money_acts.adjustment, name="adjustment"),
    path("money/cases/<slug:kind>/<int:case_id>/", money_acts.case, name="case"),
    path("payouts/", payout_desk.batches, name="payout_batches"),
    path("payouts/<int:payout_id>/", payout_desk.payout, name="payout"),
    path("payouts/batches/<slug:period>/", payout_desk.batch, name="payout_batch"),
]
