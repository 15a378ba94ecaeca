from django.urls import path

from market.payments import views
from market.payments.gateways.sandbox.views import sandbox_pay

app_name = "payments"
urlpatterns = [
    path("payments/webhooks/<slug:gateway>/", views.webhook, name="webhook"),
    path("sandbox/pay/<str:ref>/", sandbox_pay, name="sandbox_pay"),
    path("statement/", views.statement, name="statement"),
]
