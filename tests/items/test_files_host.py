"""Strangers' bytes on `files.`: sandboxed, cookieless, nothing but previews."""

import io

import pytest

from market.core import storage
from market.items.addresses import live_url, preview_url
from market.items.models import ItemPreview

CONTENT = bytes(range(256)) * 10


@pytest.fixture
def client(client_for):
    return client_for("files")


@pytest.fixture
def sound() -> str:
    storage.save("previews/abc/preview.mp3", io.BytesIO(CONTENT), content_type="audio/mpeg")
    return "/previews/abc/preview.mp3"


@pytest.fixture
def page() -> str:
    storage.save("previews/live/abc/s/index.html", io.BytesIO(b"<p>Hi"), content_type="text/html")
    return "/live/abc/s/index.html"


def body(response) -> bytes:
    return b"".join(response.streaming_content)


def test_a_preview(client, sound):
    response = client.get(sound)

    assert body(response) == CONTENT
    headers = response.headers
    assert headers["Content-Type"] == "audio/mpeg"
    assert headers["Content-Length"] == str(len(CONTENT))
    assert headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Access-Control-Allow-Origin"] == "*"
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert "sandbox" in headers["Content-Security-Policy"]
    assert "Set-Cookie" not in headers
    assert "Cookie" not in headers.get("Vary", "")


@pytest.mark.parametrize(
    ("asked", "start", "end"),
    [
        ("bytes=0-", 0, 2559),
        ("bytes=0-0", 0, 0),
        ("bytes=100-199", 100, 199),
        ("bytes=2500-9999999", 2500, 2559),
        ("bytes=-60", 2500, 2559),
        ("bytes=-99999", 0, 2559),
    ],
)
def test_a_part(client, sound, asked, start, end):
    response = client.get(sound, headers={"Range": asked, "Accept-Encoding": "gzip"})

    assert response.status_code == 206
    assert body(response) == CONTENT[start : end + 1]
    assert response.headers["Content-Range"] == f"bytes {start}-{end}/2560"
    assert response.headers["Content-Length"] == str(end - start + 1)
    assert "Content-Encoding" not in response.headers


@pytest.mark.parametrize("asked", ["bytes=2560-", "bytes=9999-99999", "bytes=-0"])
def test_a_part_that_is_not_there(client, sound, asked):
    response = client.get(sound, headers={"Range": asked})

    assert (response.status_code, response.headers["Content-Range"]) == (416, "bytes */2560")


@pytest.mark.parametrize(
    "asked",
    ["bytes=5-1", "items=0-5", "bytes=a-b", "bytes=" + ",".join(["0-1"] * 1000), "bytes=-",
     "bytes=٠-٥", "bytes=" + "9" * 40 + "-"],
)  # fmt: skip
def test_a_range_that_is_none_gets_the_whole(client, sound, asked):
    response = client.get(sound, headers={"Range": asked})

    assert (response.status_code, body(response)) == (200, CONTENT)


def test_head_has_no_body(client, sound):
    response = client.head(sound)

    assert response.status_code == 200
    assert response.headers["Content-Length"] == str(len(CONTENT))


@pytest.mark.parametrize("method", ["post", "put", "delete", "patch"])
def test_only_reading(client, sound, method):
    assert getattr(client, method)(sound).status_code == 405


@pytest.mark.parametrize(
    "path",
    [
        "/previews/nothing.webp",
        "/previews/../products/secret.webp",
        "/previews/..%2fproducts%2fsecret.webp",
        "/previews/abc/../../products/secret.webp",
        "/previews/abc//preview.mp3",
        "/previews//etc/passwd",
        "/previews/abc",
        "/previews/abc/preview.zip",
        "/previews/a%00b.webp",
        "/previews/a\\b.webp",
        "/previews/live/abc/s/index.html",
        "/live/../../products/secret.html",
        "/live/abc/s/run.php",
        "/live/abc/s",
        "/products/secret.webp",
        "/quarantine/secret.webp",
        "/",
    ],
)
def test_what_is_not_there(client, sound, page, path):
    storage.save("products/secret.webp", io.BytesIO(b"x"), content_type="image/webp")

    assert client.get(path).status_code == 404


def test_a_live_page_runs_in_a_sandbox_that_our_shops_frame(client, page):
    response = client.get(page)

    assert body(response) == b"<p>Hi"
    assert response.headers["Content-Type"] == "text/html; charset=utf-8"
    policy = response.headers["Content-Security-Policy"]
    assert "sandbox allow-scripts" in policy
    assert "allow-same-origin" not in policy
    assert "default-src 'none'" in policy
    assert "form-action 'none'" in policy
    framers = policy.split("frame-ancestors ")[1].split(";")[0]
    assert "http://themes.localhost" in framers
    assert "files.localhost" not in framers
    assert "X-Frame-Options" not in response.headers
    assert "Set-Cookie" not in response.headers


def test_previews_are_framed_by_nobody(client, sound):
    response = client.get(sound)

    assert body(response) == CONTENT
    assert response.headers["X-Frame-Options"] == "DENY"


def test_other_hosts_serve_no_files(client_for, sound, page):
    for key in ("account", "staff", "themes", "api"):
        assert client_for(key).get(sound).status_code == 404
        assert client_for(key).get(page).status_code == 404


def test_addresses(settings):
    live = ItemPreview(key="previews/live/abc/", facts={"index": "s/index.html"}, kind="live")

    assert preview_url("previews/abc/a.webp").endswith("files.localhost/previews/abc/a.webp")
    assert live_url(live).endswith("files.localhost/live/abc/s/index.html")
    settings.PREVIEWS_BASE_URL = "https://cdn.example/"
    assert preview_url("previews/abc/a.webp") == "https://cdn.example/previews/abc/a.webp"


@pytest.mark.parametrize("name", ["x" * 300 + ".mp3", "abc/preview.mp3/a.mp3", "abc/../b.mp3"])
def test_a_name_that_no_store_has_is_not_found(client, sound, name):
    assert client.get(f"/previews/{name}").status_code == 404
