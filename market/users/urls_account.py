from django.urls import path

from market.users.views import account, entrance, site, tokens

app_name = "users"
urlpatterns = [
    path("", account.home, name="home"),
    path("sign-in/", entrance.sign_in, name="sign_in"),
    path("sign-in/start/", account.sign_in_start, name="sign_in_start"),
    path("sign-out/", site.sign_out, name="sign_out"),
    path("sign-out/everywhere/", account.sign_out_everywhere, name="sign_out_everywhere"),
    path("signed-out/", site.signed_out, name="signed_out"),
    path("language/", account.language, name="language"),
    path("profile/", account.profile, name="profile"),
    path("become-author/", account.become_author, name="become_author"),
    path("tokens/", tokens.tokens, name="tokens"),
    path("create-token/", tokens.tokens, name="create_token"),  # where partners' guides link to
    path("tokens/<int:token_id>/revoke/", tokens.token_revoke, name="token_revoke"),
]
