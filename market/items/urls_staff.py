from django.urls import path

from market.items.views import reviewer

app_name = "items"
urlpatterns = [
    path("", reviewer.review_queue, name="review_queue"),
    path("reviews/<int:version_id>/", reviewer.review_item, name="review_item"),
]
