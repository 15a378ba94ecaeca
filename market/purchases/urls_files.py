from django.urls import path

from market.purchases.views import files

app_name = "purchases"
urlpatterns = [path("download/<str:token>/", files.file, name="file")]
