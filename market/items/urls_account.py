from django.urls import path

from market.items.views import author, author_files

app_name = "items"
urlpatterns = [
    path("author/items/", author.desk, name="desk"),
    path("author/items/new/", author.item_new, name="item_new"),
    path("author/items/<int:item_id>/", author.item_edit, name="item_edit"),
    path("author/items/<int:item_id>/files/<slug:role>/", author_files.upload, name="upload"),
    path(
        "author/items/<int:item_id>/files/<int:file_id>/delete/",
        author_files.upload_delete,
        name="upload_delete",
    ),
    path("author/items/<int:item_id>/submit/", author.submit, name="submit"),
    path("author/items/<int:item_id>/prices/", author.prices, name="prices"),
    path("author/items/<int:item_id>/pause/", author.pause, name="pause"),
    path("author/items/<int:item_id>/resume/", author.resume, name="resume"),
    path("author/items/<int:item_id>/retire/", author.retire, name="retire"),
    path("author/items/<int:item_id>/versions/new/", author.version_new, name="version_new"),
]
