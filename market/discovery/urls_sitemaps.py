"""What search engines ask a marketplace for, in no language."""

from django.urls import path

from market.discovery import views

urlpatterns = [
    path("sitemap.xml", views.sitemap, name="sitemap"),
    path("sitemaps/pages.xml", views.sitemap_pages, name="sitemap_pages"),
    path("sitemaps/<slug:kind>-<int:number>.xml", views.sitemap_part, name="sitemap_part"),
]
