from django.urls import path

from market.items.views import files

app_name = "items"
urlpatterns = [
    path("previews/<path:key>", files.preview, name="preview"),
    path("live/<path:key>", files.live, name="live"),
]
