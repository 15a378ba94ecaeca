from django.urls import path

from market.discovery import views

app_name = "discovery"
urlpatterns = [
    path("", views.home, name="home"),
    path("category/<path:path>/", views.category, name="category"),
    path("search/", views.search, name="search"),
    path("search/suggest", views.suggest, name="suggest"),
    path("items/<str:slug>/<int:item_id>/", views.item, name="item"),
    path("items/<str:slug>/<int:item_id>/files/", views.item_files, name="item_files"),
    path("items/<str:slug>/<int:item_id>/preview/", views.live_preview, name="live_preview"),
    path("authors/<str:username>/", views.author, name="author"),
    path("licences/", views.licences, name="licences"),
    path("licences/adviser/", views.licence_adviser, name="licence_adviser"),
    path("licences/<slug:code>/", views.licence, name="licence"),
    path("licences/<slug:code>/<int:version>/", views.licence, name="licence_version"),
    path("feeds/new.xml", views.site_feed, name="site_feed"),
    path("feeds/category/<path:path>.xml", views.category_feed, name="category_feed"),
    path("feeds/author/<str:username>.xml", views.author_feed, name="author_feed"),
    path("page/<slug:slug>/", views.page, name="page"),
]
