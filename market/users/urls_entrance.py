"""The names by which django-allauth finds its pages: they stand in no namespace."""

from django.urls import path, re_path

from market.users.views import entrance

urlpatterns = [
    path("sign-in/", entrance.sign_in, name="account_login"),
    path("sign-up/", entrance.sign_up, name="account_signup"),
    path("sign-up/sent/", entrance.confirmation_sent, name="account_email_verification_sent"),
    re_path(
        r"^sign-up/confirm/(?P<key>[-:\w]+)/$",
        entrance.confirm_email,
        name="account_confirm_email",
    ),
    path("password/", entrance.password_change, name="account_change_password"),
    path("password/reset/", entrance.password_reset, name="account_reset_password"),
    path("password/reset/sent/", entrance.password_reset_sent, name="account_reset_password_done"),
    re_path(
        r"^password/reset/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>[-\w]+)/$",
        entrance.new_password,
        name="account_reset_password_from_key",
    ),
    path(
        "password/reset/done/",
        entrance.new_password_set,
        name="account_reset_password_from_key_done",
    ),
    path("inactive/", entrance.inactive, name="account_inactive"),
]
