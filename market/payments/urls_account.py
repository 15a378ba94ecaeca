from django.urls import path

from market.payments.gateways.sandbox.views import sandbox_pay
from market.payments.views import calculator, credit, documents, payouts
from market.payments.views import statement as statements
from market.payments.views.stripe_pay import stripe_pay

app_name = "payments"
urlpatterns = [
    path("credit/", credit.credit, name="credit"),
    path("credit/from-earnings/", credit.credit_from_earnings, name="credit_from_earnings"),
    path("credit/<uuid:key>/", credit.deposit, name="deposit"),
    path("pay/<str:token>/", stripe_pay, name="stripe_pay"),
    path("sandbox/pay/<str:ref>/", sandbox_pay, name="sandbox_pay"),
    path("statement/", statements.statement, name="statement"),
    path("statement/statement.csv", statements.statement_csv, name="statement_csv"),
    path("statement/statement.json", statements.statement_json, name="statement_json"),
    path("statement/lines/<int:line_id>/", statements.line_journal, name="line_journal"),
    path(
        "statement/purchases/<int:order_line_id>/",
        statements.order_line_journal,
        name="order_line_journal",
    ),
    path("calculator/", calculator.calculator, name="calculator"),
    path("documents/", documents.documents, name="documents"),
    path("documents/<slug:code>/", documents.document, name="document"),
    path("documents/<slug:code>.pdf", documents.document_pdf, name="document_pdf"),
    path("payouts/", payouts.payouts, name="payouts"),
    path("payouts/settings/", payouts.payout_settings, name="payout_settings"),
    path("payouts/tax-form/", payouts.tax_form, name="tax_form"),
]
