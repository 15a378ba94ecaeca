from django.urls import path

from market.items.views import promotions, reviewer

app_name = "items"
urlpatterns = [
    path("", reviewer.review_queue, name="review_queue"),
    path("promotions/", promotions.promotion_list, name="promotions"),
    path("promotions/new/", promotions.promotion_new, name="promotion_new"),
    path("promotions/<int:promotion_id>/end/", promotions.promotion_end, name="promotion_end"),
    path("reviews/<int:version_id>/", reviewer.review_item, name="review_item"),
]
