from django.urls import path

from market.users.views import site

app_name = "users"
urlpatterns = [
    path("sign-in/", site.sign_in, name="sign_in"),
    path("sign-in/return/", site.sign_in_return, name="sign_in_return"),
    path("sign-out/", site.sign_out, name="sign_out"),
    path("signed-out/", site.signed_out, name="signed_out"),
    path("admin/login/", site.admin_sign_in, name="admin_sign_in"),
]
