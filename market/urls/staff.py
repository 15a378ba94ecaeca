"""`staff.`: review, moderation, admin."""

from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("", include("market.discovery.urls_robots")),
    *i18n_patterns(
        path("", include("market.users.urls_staff")),
        path("", include("market.items.urls_staff")),
        path("", include("market.payments.urls_staff")),
        path("", include("market.purchases.urls_staff")),
        path("admin/", admin.site.urls),
        prefix_default_language=False,
    ),
]
handler400 = "market.core.views.bad_request"
handler403 = "market.core.views.denied"
handler404 = "market.core.views.not_found"
handler500 = "market.core.views.server_error"
