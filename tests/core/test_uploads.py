"""Files that nobody asked for."""

import pytest
from django.core.files import uploadhandler
from django.core.files.uploadedfile import SimpleUploadedFile

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("host", "path"),
    [("account", "/sign-in/"), ("graphics", "/cart/add/"), ("account", "/payments/webhooks/x/")],
)
def test_a_form_without_a_file_field_puts_no_file_on_the_disk(
    client_for, monkeypatch, sites, host, path
):
    """Else everybody could fill the disk: the limit of a body's size does not count files."""
    kept = []
    for name in ("InMemoryUploadedFile", "TemporaryUploadedFile"):
        made = getattr(uploadhandler, name)
        monkeypatch.setattr(
            uploadhandler, name, lambda *args, made=made, **kwargs: kept.append(1) or made(*args)
        )
    sent = SimpleUploadedFile("large.bin", bytes(3_000_000))

    response = client_for(host).post(path, {"login": "a@example.com", "file": sent})

    assert response.status_code in (404, 422)
    assert kept == []
