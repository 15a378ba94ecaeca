"""From the author's browser to a row and its bytes; a refusal leaves nothing half-saved."""

import io
import json
import time

import pytest
from django.core.files.storage import FileSystemStorage, default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError, connection
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from market.core import storage
from market.items.content.validation import ItemContent
from market.items.errors import NotYourItem, UnknownRole, UploadRefused, WrongState
from market.items.models import ItemFile, Upload
from market.items.services import authoring, uploads
from market.items.views import author_files
from market.jobs import services as jobs
from tests import factories
from tests.items.conftest import content, give, version_of
from tests.items.samples import MP3, archive, picture

ACCOUNT_URLS = "market.urls.account"


def stored(folder: str) -> list[str]:
    """All keys below a folder of the store."""
    found = []
    try:
        folders, files = default_storage.listdir(folder)
    except FileNotFoundError:
        return []
    found += [f"{folder}/{name}" for name in files]
    for name in folders:
        found += stored(f"{folder}/{name}")
    return found


def address(item, role: str) -> str:
    return reverse("items:upload", ACCOUNT_URLS, kwargs={"item_id": item.pk, "role": role})


def send(client, item, role, name, sent, **headers):
    file = SimpleUploadedFile(name, sent)
    return client.post(address(item, role), {"file": file}, headers=headers)


JSON = {"Accept": "application/json"}


class TestReceiving:
    def test_a_checked_file_gets_a_row_and_a_key_of_its_own(self, draft):
        sent = archive()

        give(draft, "main", "Icons (final).zip", sent)

        file = ItemFile.objects.get()
        assert (file.role, file.name, file.format, file.bytes) == (
            "main", "Icons (final).zip", "zip", len(sent),
        )  # fmt: skip
        with storage.open_file(file.key) as opened:
            assert opened.read() == sent
        assert storage.measure(io.BytesIO(sent)).sha256 == file.sha256
        assert file.facts["entries"] == [["icons/a.svg", 6], ["README.md", 5]]
        assert Upload.objects.get().state == Upload.State.ACCEPTED
        assert stored("quarantine") == []

    def test_a_refused_file_leaves_the_reason_and_nothing_else(self, draft):
        with pytest.raises(UploadRefused):
            give(draft, "main", "main.zip", b"<html>")

        upload = Upload.objects.get()
        assert upload.state == Upload.State.REFUSED
        assert "The name says ZIP" in upload.refusal
        assert not ItemFile.objects.exists()
        assert stored("quarantine") + stored("products") + stored("previews") == []

    def test_the_reason_is_told_in_german_and_kept_in_english(self, draft):
        with override("de"):
            with pytest.raises(UploadRefused) as refused:
                give(draft, "main", "main.zip", b"<html>")
            told = str(refused.value)

        assert told.startswith("Der Name sagt ZIP, aber der Inhalt")
        assert Upload.objects.get().refusal.startswith("The name says ZIP")

    def test_another_file_takes_the_place_of_the_first(self, draft):
        give(draft, "thumbnail", "a.png", picture(160, 160))
        first = ItemFile.objects.get().key
        give(draft, "thumbnail", "b.png", picture(200, 200))

        assert ItemFile.objects.get().name == "b.png"
        jobs.run_ready(queues=["default"], raise_errors=True)
        assert stored("products") == [ItemFile.objects.get().key]
        assert first not in stored("products")

    def test_a_refused_replacement_leaves_the_first(self, draft):
        give(draft, "thumbnail", "a.png", picture(160, 160))
        with pytest.raises(UploadRefused):
            give(draft, "thumbnail", "b.png", picture(10, 10))

        assert ItemFile.objects.get().name == "a.png"
        assert stored("products") == [ItemFile.objects.get().key]

    def test_a_role_of_many_takes_them_in_order(self, draft):
        for name in ("one.png", "two.png"):
            give(draft, "screenshots", name, picture())

        rows = ItemFile.objects.order_by("position").values_list("position", "name")
        assert list(rows) == [(0, "one.png"), (1, "two.png")]

    def test_two_authors_may_upload_the_same_bytes(self, draft):
        other = authoring.create_item(
            author=factories.make_author(username="other"),
            site_id=draft.site_id,
            category_path="icons/line",
            content=content(),
        )
        give(draft, "main", "a.zip", archive({"a.svg": b"1"}))
        give(other, "main", "a.zip", archive({"a.svg": b"1"}))

        keys = ItemFile.objects.values_list("key", flat=True)
        assert len(set(keys)) == 2

    def test_a_store_that_fails_leaves_no_row(self, draft, monkeypatch):
        real = FileSystemStorage.save

        def fail_late(store, name, *args, **kwargs):
            if name.startswith("products/"):
                raise OSError("the store is away")
            return real(store, name, *args, **kwargs)

        monkeypatch.setattr(FileSystemStorage, "save", fail_late)
        with pytest.raises(OSError, match="away"):
            give(draft, "main", "a.zip", archive())

        assert not ItemFile.objects.exists()
        assert stored("quarantine") + stored("products") == []

    @pytest.mark.parametrize(
        ("sent", "kept"),
        [
            ("../../etc/passwd.zip", "passwd.zip"),
            ("C:\\fakepath\\icons.zip", "icons.zip"),
            ("a\u202ezip.exe\u200b.zip", "azip.exe.zip"),
            ("x" * 400 + ".zip", "x" * 196 + ".zip"),
            ("evil\r\nSet-Cookie: a.zip", "evil Set-Cookie: a.zip"),
        ],
        ids=["path", "windows", "bidi", "long", "header"],
    )
    def test_names_are_made_harmless(self, draft, sent, kept):
        give(draft, "main", sent, archive())

        assert ItemFile.objects.get().name == kept

    def test_a_submitted_version_never_changes(self, submitted):
        with pytest.raises(WrongState):
            give(submitted, "main", "a.zip", archive())
        with pytest.raises(WrongState):
            uploads.remove_file(
                author=submitted.author,
                version=version_of(submitted),
                file_id=submitted.versions.get().files.first().pk,
            )

    def test_an_unknown_role(self, draft):
        for role in ("preview_audio", "documentation", "live_preview_url", "constructor"):
            with pytest.raises(UnknownRole):
                give(draft, role, "a.zip", archive())

    def test_somebody_elses_item(self, draft, buyer):
        with pytest.raises(NotYourItem):
            uploads.receive_upload(
                author=buyer,
                version=version_of(draft),
                role="main",
                name="a.zip",
                file=io.BytesIO(archive()),
            )

    def test_what_was_left_is_forgotten(self, draft):
        give(draft, "main", "a.zip", archive())
        storage.save("quarantine/left", io.BytesIO(b"x"), content_type="text/plain")
        Upload.objects.create(
            key="0" * 32, author=draft.author, version=version_of(draft), role="main",
            name="a", storage_key="quarantine/left", sha256="", bytes=1,
        )  # fmt: skip
        old = timezone.now() - uploads.KEPT * 2
        Upload.objects.update(created_at=old)

        assert uploads.prune_uploads() == 2
        assert (Upload.objects.count(), stored("quarantine")) == (0, [])
        assert ItemFile.objects.count() == 1


class TestAtTheDesk:
    @pytest.fixture
    def client(self, client_for, author):
        return client_for("account", author)

    def test_without_scripts_the_browser_comes_back_to_the_form(self, client, draft):
        response = send(client, draft, "main", "main.zip", archive())

        assert response.status_code == 302
        assert response.url == f"/author/items/{draft.pk}/#role-main"
        assert ItemFile.objects.get().name == "main.zip"

    def test_without_scripts_a_refusal_stands_at_its_field(self, client, draft):
        response = send(client, draft, "main", "main.zip", b"MZ")

        assert response.status_code == 422
        page = response.content.decode()
        role = page[page.index('id="role-main"') : page.index('id="role-thumbnail"')]
        assert "The name says ZIP, but the content looks like EXE" in role
        assert not ItemFile.objects.exists()

    def test_with_scripts_the_part_of_the_page_comes_back(self, client, draft):
        response = send(client, draft, "thumbnail", "a.png", picture(160, 160), **JSON)

        told = json.loads(response.content)
        assert told["error"] == ""
        assert "a.png" in told["html"]
        assert 'id="role-thumbnail"' in told["html"]
        assert "Main file" in told["next"]
        assert "Thumbnail" not in told["next"]

    def test_with_scripts_a_refusal_is_a_sentence(self, client, draft):
        response = send(client, draft, "thumbnail", "a.png", picture(160, 90), **JSON)

        assert response.status_code == 422
        assert json.loads(response.content) == {
            "error": "The picture has 160 × 90 pixels; it must be square."
        }

    def test_no_file(self, client, draft):
        response = client.post(address(draft, "main"), headers=JSON)

        assert (response.status_code, response.json()["error"]) == (422, "Choose a file first.")

    def test_larger_than_allowed(self, client, draft):
        response = send(client, draft, "thumbnail", "a.png", b"x" * 3_000_000, **JSON)

        assert response.status_code == 422
        assert "at most 1.0 MB" in response.json()["error"]
        assert Upload.objects.get().bytes == 1048577  # what is beyond was never kept

    def test_much_larger_than_allowed_is_not_even_read(self, client, draft):
        response = client.post(
            address(draft, "thumbnail"),
            b"",
            content_type="multipart/form-data; boundary=x",
            headers=JSON,
            CONTENT_LENGTH="9000000000",
        )

        assert response.status_code == 413
        assert not Upload.objects.exists()

    def test_somebody_elses_item_does_not_exist(self, client_for, draft, buyer):
        response = send(client_for("account", buyer), draft, "main", "a.zip", archive())

        assert response.status_code == 404
        assert not Upload.objects.exists()

    def test_an_unknown_role(self, client, draft):
        assert send(client, draft, "nothing", "a.zip", archive(), **JSON).status_code == 404

    def test_a_visitor_signs_in_first(self, client_for, draft):
        response = send(client_for("account"), draft, "main", "a.zip", archive())

        assert response.status_code == 302
        assert not Upload.objects.exists()

    def test_the_forms_token_is_needed(self, author, draft, client_for):
        client = client_for("account", author)
        client.handler.enforce_csrf_checks = True

        assert send(client, draft, "main", "a.zip", archive()).status_code == 403
        assert not Upload.objects.exists()

    def test_the_forms_token_is_enough(self, author, draft, client_for):
        client = client_for("account", author)
        client.get(f"/author/items/{draft.pk}/")
        token = client.cookies["csrf"].value
        client.handler.enforce_csrf_checks = True

        file = SimpleUploadedFile("a.zip", archive())
        response = client.post(address(draft, "main"), {"csrfmiddlewaretoken": token, "file": file})

        assert response.status_code == 302
        assert ItemFile.objects.count() == 1

    def test_reading_changes_nothing(self, client, draft):
        assert client.get(address(draft, "main")).status_code == 405

    def test_removing(self, client, draft):
        give(draft, "thumbnail", "a.png", picture(160, 160))
        file = ItemFile.objects.get()
        gone = reverse(
            "items:upload_delete", ACCOUNT_URLS, kwargs={"item_id": draft.pk, "file_id": file.pk}
        )

        assert client.get(gone).status_code == 405
        assert client.post(gone).status_code == 302
        assert client.post(gone).status_code == 302  # pressed twice
        assert not ItemFile.objects.exists()

    def test_a_file_of_another_item_cannot_be_removed(self, client, draft):
        other = factories.make_item()
        file = other.live_version.files.get()

        client.post(
            reverse(
                "items:upload_delete",
                ACCOUNT_URLS,
                kwargs={"item_id": draft.pk, "file_id": file.pk},
            )
        )

        assert ItemFile.objects.filter(pk=file.pk).exists()

    def test_a_sound_of_real_bytes(self, client_for, author):
        item = authoring.create_item(
            author=author,
            site_id=4,
            category_path="music/corporate",
            content=ItemContent(name="A Song"),
        )
        client = client_for("account", author)

        response = send(client, item, "preview_audio", "a.mp3", MP3.read_bytes(), **JSON)

        assert response.json()["error"] == ""


def idle_for_long() -> None:
    """What MySQL does to a session that asks nothing for 30 seconds."""
    if connection.vendor != "mysql":
        pytest.skip("only MySQL ends idle sessions")
    with connection.cursor() as cursor:
        cursor.execute("SET SESSION wait_timeout = 1")
    time.sleep(1.5)


@pytest.mark.django_db(transaction=True)
class TestSlowFiles:
    def test_a_check_takes_longer_than_an_idle_session_lives(self, draft, monkeypatch):
        check = uploads.check_file

        def slow_check(*args, **kwargs):
            idle_for_long()
            return check(*args, **kwargs)

        monkeypatch.setattr(uploads, "check_file", slow_check)

        give(draft, "main", "a.zip", archive())

        assert Upload.objects.get().state == Upload.State.ACCEPTED

    def test_a_long_check_ends_in_a_refusal(self, draft, monkeypatch):
        def slow_check(*args, **kwargs):
            idle_for_long()
            raise UploadRefused("Not this one.")

        monkeypatch.setattr(uploads, "check_file", slow_check)

        with pytest.raises(UploadRefused):
            give(draft, "main", "a.zip", archive())

        assert Upload.objects.get().refusal == "Not this one."

    def test_a_file_arrives_for_longer_than_an_idle_session_lives(
        self, client_for, author, draft, monkeypatch
    ):
        begin = author_files.QuotaHandler.new_file

        def slow_file(*args, **kwargs):
            idle_for_long()
            begin(*args, **kwargs)

        monkeypatch.setattr(author_files.QuotaHandler, "new_file", slow_file)

        response = send(client_for("account", author), draft, "main", "a.zip", archive(), **JSON)

        assert (response.status_code, response.json()["error"]) == (200, "")


def test_when_the_commits_answer_is_lost_the_bytes_stay(draft, monkeypatch):
    """Whether the row stands is unknown then: bytes without a row do less harm than the reverse."""
    book = uploads._book

    def book_and_lose_the_answer(*args):
        book(*args)
        raise OperationalError(2013, "Lost connection to server during query")

    monkeypatch.setattr(uploads, "_book", book_and_lose_the_answer)

    with pytest.raises(OperationalError):
        give(draft, "main", "a.zip", archive())

    assert storage.exists(ItemFile.objects.get().key)
