from django.urls import path

from market.discovery import views

app_name = "discovery"
urlpatterns = [
    path("", views.home, name="home"),
    path("category/<path:path>/", views.category, name="category"),
    path("search/", views.search, name="search"),
    path("items/<str:slug>/<int:item_id>/", views.item, name="item"),
    path("items/<str:slug>/<int:item_id>/preview/", views.live_preview, name="live_preview"),
    path("authors/<str:username>/", views.author, name="author"),
    path("licences/", views.licences, name="licences"),
]
