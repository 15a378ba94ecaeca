"""Where payment gateways report to: addresses without a language."""

from django.urls import path

from market.payments.views.webhooks import webhook

app_name = "gateways"
urlpatterns = [path("payments/webhooks/<slug:gateway>/", webhook, name="webhook")]
