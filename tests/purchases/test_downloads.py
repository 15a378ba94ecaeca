import hashlib
import io
from datetime import timedelta
from uuid import uuid4

import pytest
from django.core import signing
from django.utils import timezone

from market.core import storage
from market.items.models import ItemFile, ItemVersion
from market.purchases.errors import DownloadRefused
from market.purchases.models import Download, Purchase
from market.purchases.services import downloads
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("folder_storage")]
CONTENT = bytes(range(256)) * 4


@pytest.fixture
def file(item):
    """The item's main file, with bytes behind it."""
    key = f"products/{uuid4().hex}/main.zip"
    measured = storage.save(key, io.BytesIO(CONTENT), content_type="application/zip")
    ItemFile.objects.update(
        key=key, sha256=measured.sha256, bytes=measured.bytes, name='Blüe "icons".zip'
    )
    return ItemFile.objects.get()


@pytest.fixture
def purchase(buyer, item, file):
    return factories.make_purchase(buyer=buyer, item=item)


@pytest.fixture
def files_host(client_for):
    return client_for("files")


def ask(client_for, user, purchase, file_id):
    return client_for("account", user).get(f"/library/{purchase.code}/files/{file_id}/")


def token_for(purchase, file, user=None):
    return downloads.download_token(
        user=user or purchase.buyer, code=purchase.code, file_id=file.pk, address="192.0.2.1"
    )


def body(response):
    return b"".join(response.streaming_content)


@pytest.mark.smoke
def test_the_buyer_gets_the_very_bytes(client_for, files_host, buyer, purchase, file):
    response = ask(client_for, buyer, purchase, file.pk)

    assert response.status_code == 302
    address = response.headers["Location"]
    assert address.startswith("http://files.localhost/download/")
    sent = files_host.get(address)
    assert hashlib.sha256(body(sent)).hexdigest() == file.sha256
    assert sent.headers["Content-Disposition"].startswith("attachment; filename")
    assert "filename*=utf-8''Bl%C3%BCe%20%22icons%22.zip" in sent.headers["Content-Disposition"]
    assert sent.headers["X-Content-Type-Options"] == "nosniff"
    assert sent.headers["Content-Type"] == "application/octet-stream"
    assert sent.headers["Content-Length"] == "1024"
    assert not sent.cookies


def test_each_download_is_logged(client_for, buyer, purchase, file):
    ask(client_for, buyer, purchase, file.pk)

    logged = Download.objects.get()
    assert (logged.user, logged.purchase, logged.file_id) == (buyer, purchase, file.pk)
    assert logged.address == "127.0.0.1"


@pytest.mark.parametrize("role", ["reviewer", "staff"])
def test_staff_may_look(client_for, purchase, file, role):
    staff = factories.make_user(role=role)

    assert ask(client_for, staff, purchase, file.pk).status_code == 302


def test_the_author_may_look(client_for, purchase, file, item):
    assert ask(client_for, item.author, purchase, file.pk).status_code == 302


def test_nobody_else_learns_anything(client_for, purchase, file):
    stranger = factories.make_user()

    theirs = ask(client_for, stranger, purchase, file.pk)
    missing = client_for("account", stranger).get(f"/library/{uuid4()}/files/{file.pk}/")

    assert theirs.status_code == missing.status_code == 404
    assert words(theirs) == words(missing)
    assert not Download.objects.exists()


def test_a_visitor_signs_in_first(client_for, purchase, file):
    response = client_for("account").get(f"/library/{purchase.code}/files/{file.pk}/")

    assert "/sign-in/" in response.headers["Location"]


def test_a_refunded_purchase_gives_nothing(client_for, files_host, buyer, purchase, file):
    token = token_for(purchase, file)
    Purchase.objects.update(reversed_at=timezone.now())

    assert ask(client_for, buyer, purchase, file.pk).status_code == 404
    assert files_host.get(f"/download/{token}/").status_code == 404


def test_files_of_other_items_roles_and_unapproved_versions_are_not_there(
    client_for, buyer, item, purchase, file
):
    other = factories.make_item().live_version.files.get()
    version = ItemVersion.objects.create(item=item, number=2, status="submitted")
    values = {"name": "x", "sha256": "0" * 64, "bytes": 1, "format": "zip"}
    draft = ItemFile.objects.create(version=version, role="main", key="k1", **values)
    release = ItemFile.objects.create(
        version=item.live_version, role="release_forms", key="k2", **values
    )

    for one in (other, draft, release):
        assert ask(client_for, buyer, purchase, one.pk).status_code == 404


def test_an_earlier_version_stays_available(client_for, buyer, item, purchase, file):
    version = ItemVersion.objects.create(item=item, number=2, status="approved")
    type(item).objects.filter(pk=item.pk).update(live_version=version)

    assert ask(client_for, buyer, purchase, file.pk).status_code == 302


def test_twenty_downloads_in_a_day(client_for, buyer, purchase, file):
    for _ in range(20):
        token_for(purchase, file)
    oldest = timezone.now() - timedelta(hours=23)
    Download.objects.filter(pk=Download.objects.earliest("pk").pk).update(created_at=oldest)

    response = ask(client_for, buyer, purchase, file.pk)

    assert response.status_code == 429
    reset_at = oldest + timedelta(hours=24)
    assert f"{reset_at:%d %B %Y, %H:%M} UTC" in response.content.decode()
    assert Download.objects.count() == 20
    Download.objects.filter(created_at=oldest).update(created_at=oldest - timedelta(hours=2))
    assert ask(client_for, buyer, purchase, file.pk).status_code == 302


def test_the_limit_is_one_items(client_for, buyer, purchase, file):
    for _ in range(20):
        token_for(purchase, file)
    other = factories.make_item()
    theirs = factories.make_purchase(buyer=buyer, item=other)

    assert ask(client_for, buyer, theirs, other.live_version.files.get().pk).status_code == 302


def altered(token):
    return [
        token[:-1] + ("A" if token[-1] != "A" else "B"),
        "A" + token[1:],
        token[:20],
        token + "x",
        "x",
        "x:y:z",
        "é",
        "x" * 4000,
        signing.dumps({"u": 1, "p": 1, "f": 1}, salt="another"),
    ]


def words(answer):
    """What a page says, without the request's code, which always differs."""
    main = answer.content.decode().split("<main")[1].split("</main>")[0]
    return main.replace(answer.headers["X-Request-ID"], "")


def test_an_altered_word_says_nothing(files_host, purchase, file):
    answers = [files_host.get(f"/download/{one}/") for one in altered(token_for(purchase, file))]

    assert {one.status_code for one in answers} == {404}
    assert len({words(one) for one in answers}) == 1


def test_a_word_lives_five_minutes(purchase, file, monkeypatch):
    token = token_for(purchase, file)
    assert downloads.open_download(token=token) == file

    later = signing.time.time() + 301
    monkeypatch.setattr(signing.time, "time", lambda: later)

    with pytest.raises(DownloadRefused):
        downloads.open_download(token=token)


def test_a_locked_account_gets_nothing(files_host, buyer, purchase, file):
    token = token_for(purchase, file)
    type(buyer).objects.update(is_active=False)

    assert files_host.get(f"/download/{token}/").status_code == 404


def test_a_file_that_cannot_be_read_is_said_so(files_host, purchase, file):
    storage.delete(file.key)

    response = files_host.get(f"/download/{token_for(purchase, file)}/")

    assert response.status_code == 503
    assert b"try again" in response.content


@pytest.mark.parametrize(
    ("asked", "first", "last"),
    [("bytes=0-9", 0, 9), ("bytes=1000-", 1000, 1023), ("bytes=-24", 1000, 1023),
     ("bytes=1020-99999", 1020, 1023), ("bytes=-5000", 0, 1023)],
)  # fmt: skip
def test_a_broken_download_goes_on(files_host, purchase, file, asked, first, last):
    response = files_host.get(
        f"/download/{token_for(purchase, file)}/",
        headers={"Range": asked, "If-Range": f'"{file.sha256}"'},
    )

    assert response.status_code == 206
    assert response.headers["Content-Range"] == f"bytes {first}-{last}/1024"
    assert body(response) == CONTENT[first : last + 1]
    assert response.headers["Content-Length"] == str(last - first + 1)


@pytest.mark.parametrize("asked", ["bytes=1024-", "bytes=5000-6000", "bytes=-0"])
def test_a_range_that_is_not_there(files_host, purchase, file, asked):
    response = files_host.get(f"/download/{token_for(purchase, file)}/", headers={"Range": asked})

    assert response.status_code == 416
    assert response.headers["Content-Range"] == "bytes */1024"


@pytest.mark.parametrize(
    "headers",
    [
        {"Range": "bytes=0-1,3-4"},
        {"Range": "bytes=" + ",".join("0-" for _ in range(1000))},
        {"Range": "bytes=9-1"},
        {"Range": "bytes=-"},
        {"Range": "lines=0-1"},
        {"Range": "bytes=0-9", "If-Range": '"another"'},
    ],
    ids=["two", "thousand", "backwards", "empty", "unit", "if-range"],
)
def test_other_ranges_get_the_whole_file(files_host, purchase, file, headers):
    response = files_host.get(f"/download/{token_for(purchase, file)}/", headers=headers)

    assert response.status_code == 200
    assert body(response) == CONTENT


def test_links_for_the_api_are_downloads_too(purchase, file, files_host):
    (link,) = downloads.links(purchase=purchase, address="192.0.2.1")

    assert (link["name"], link["sha256"], link["bytes"]) == (file.name, file.sha256, 1024)
    assert body(files_host.get(link["url"])) == CONTENT
    assert Download.objects.get().address == "192.0.2.1"


@pytest.mark.parametrize("asked", [{}, {"Range": "bytes=100-899"}])
def test_a_download_is_never_packed_again(files_host, purchase, file, asked):
    """A range counts the bytes as they are, and a browser shows progress by the length."""
    address = f"/download/{token_for(purchase, file)}/"

    sent = files_host.get(address, headers={"Accept-Encoding": "gzip", **asked})

    expected = CONTENT[100:900] if asked else CONTENT
    assert body(sent) == expected
    assert sent.headers["Content-Length"] == str(len(expected))
    assert "Content-Encoding" not in sent.headers
    assert sent.headers["ETag"] == f'"{file.sha256}"'
