"""Files against the rules of their role, by content."""

import io
import os
import struct
import subprocess
import zlib
from pathlib import Path

import pytest
from PIL import Image

from market.items.checks import Checked, check_file
from market.items.errors import UploadRefused
from market.tenancy.registry import marketplace
from tests.items.samples import GLB, ICONS, MP3, MP4, archive, model, picture


@pytest.fixture
def check(tmp_path):
    def run(site: str, top: str, role: str, name: str, content: bytes | Path) -> Checked:
        path = content
        if isinstance(content, bytes):
            path = tmp_path / "upload"
            path.write_bytes(content)
        found = marketplace(site)
        rules = found.file_role(role, top)
        inside = tuple(
            one for one in found.file_roles_for(top) if one.inside and one.is_required_for(top)
        )
        return check_file(path, name=name, role=rules, inside=inside)

    return run


@pytest.fixture
def image(check):
    """Checks a preview image of `graphics`: JPG or PNG, at least 590 × 300."""
    return lambda name, content: check("graphics", "icons", "preview_image", name, content)


def refusal(run, *args) -> str:
    with pytest.raises(UploadRefused) as caught:
        run(*args)
    return str(caught.value)


def png_header(width: int, height: int) -> bytes:
    """A PNG that promises much and holds nothing."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return (
            struct.pack(">I", len(content)) + kind + content
            + struct.pack(">I", zlib.crc32(kind + content))
        )  # fmt: skip

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", b"") + chunk(b"IEND", b"")


class TestPictures:
    def test_a_picture_is_measured(self, image):
        found = image("wide.png", picture(1180, 600))

        assert (found.format, found.facts["width"], found.facts["height"]) == ("png", 1180, 600)

    @pytest.mark.parametrize("name", ["a.JPG", "a.jpeg", "a.JPG ", "evil.php.jpg"])
    def test_the_ending_may_be_spelt_in_many_ways(self, image, name):
        assert image(name, picture(kind="JPEG")).format == "jpg"

    @pytest.mark.parametrize(
        "content",
        [
            b"<html><script>alert(1)</script></html>",
            b"<?php system($_GET['c']); ?>",
            b"MZ\x90\0" + b"\0" * 200,
            b"GIF89a" + b"\0" * 20,
            b"#!/bin/sh\nrm -rf /\n",
            os.urandom(500),
            picture(kind="PNG"),
            archive(),
        ],
        ids=["html", "php", "exe", "gif", "script", "noise", "png", "zip"],
    )
    def test_a_name_that_lies_about_the_content(self, image, content):
        assert "the content" in refusal(image, "photo.jpg", content)

    def test_a_picture_with_an_archive_attached(self, image):
        assert "archive attached" in refusal(image, "a.jpg", picture(kind="JPEG") + archive())

    @pytest.mark.parametrize("name", ["photo", "photo.", ".jpg", "photo.svg", "photo.exe"])
    def test_an_ending_that_does_not_fit(self, image, name):
        assert "Expected JPG, PNG" in refusal(image, name, picture(kind="JPEG"))

    def test_nothing(self, image):
        assert refusal(image, "a.png", b"") == "The file is empty."

    def test_one_byte_too_much(self, check):
        limit = marketplace("graphics").file_role("thumbnail", "icons").max_bytes

        said = refusal(check, "graphics", "icons", "thumbnail", "a.png", b"x" * (limit + 1))

        assert "at most 1.0 MB" in said

    @pytest.mark.parametrize("kind", ["PNG", "JPEG"])
    def test_cut_off(self, image, kind):
        noise = Image.effect_noise((640, 320), 80).convert("RGB")
        out = io.BytesIO()
        noise.save(out, kind)
        name = "a.png" if kind == "PNG" else "a.jpg"

        assert "damaged or cut off" in refusal(image, name, out.getvalue()[:5000])

    @pytest.mark.parametrize("size", [(30_000, 30_000), (65_000, 10), (10_000, 10_000)])
    def test_a_bomb_is_not_decoded(self, image, size):
        said = refusal(image, "bomb.png", png_header(*size))

        assert "megapixels" in said or "too large" in said

    def test_too_small(self, image):
        assert "at least 590 pixels wide" in refusal(image, "a.png", picture(589, 600))

    def test_not_square(self, check):
        said = refusal(check, "graphics", "icons", "thumbnail", "a.png", picture(160, 120))

        assert "must be square" in said

    def test_moving(self, image):
        frames = [Image.new("RGB", (640, 320), colour) for colour in ("red", "blue")]
        out = io.BytesIO()
        frames[0].save(out, "PNG", save_all=True, append_images=frames[1:])

        assert "animated" in refusal(image, "a.png", out.getvalue())

    def test_a_photograph_in_print_colours(self, check):
        out = io.BytesIO()
        Image.new("CMYK", (2000, 1500)).save(out, "JPEG")

        assert "RGB" in refusal(check, "photos", "animals", "main", "a.jpg", out.getvalue())


class TestArchivesOfARole:
    def test_icons(self, check):
        found = check("graphics", "icons", "main", "main.zip", ICONS / "main.zip")

        assert found.facts["count"] == 271
        assert found.facts["formats"]["svg"] > 260
        assert len(found.facts["entries"]) == 271

    def test_what_does_not_belong(self, check):
        content = archive({"a.svg": b"<svg/>", "setup.exe": b"MZ"})

        assert "setup.exe" in refusal(check, "graphics", "icons", "main", "a.zip", content)

    def test_documentation_where_it_is_needed(self, check):
        said = refusal(
            check, "code", "javascript", "main", "a.zip", archive({"src/a.js": b"let a"})
        )

        assert "must hold the documentation" in said
        with_it = archive({"src/a.js": b"let a", "README.md": b"How to"})
        assert check("code", "javascript", "main", "a.zip", with_it).format == "zip"

    def test_a_live_preview_needs_its_index(self, check):
        said = refusal(
            check, "themes", "site-templates", "live_preview", "a.zip", archive({"a.html": b"Hi"})
        )

        assert "index.html" in said

    @pytest.mark.parametrize(
        "content",
        [b"Rar!\x1a\x07\0" + b"\0" * 50, b"7z\xbc\xaf\x27\x1c" + b"\0" * 50, b"\x1f\x8b\x08" * 20,
         b"\0" * 257 + b"ustar" + b"\0" * 300],
        ids=["rar", "7z", "gzip", "tar"],
    )  # fmt: skip
    def test_other_archives(self, check, content):
        assert "the content" in refusal(check, "graphics", "icons", "main", "a.zip", content)

    def test_photographs_inside_are_opened(self, check):
        content = archive({"a.jpg": picture(600, 400, kind="JPEG")})
        found = check("photos", "animals", "main", "a.zip", content)

        assert (found.facts["width"], found.facts["height"]) == (600, 400)

    def test_a_broken_photograph_inside(self, check):
        content = archive({"a.jpg": b"\xff\xd8\xff" + b"\0" * 100})

        assert "in the archive" in refusal(check, "photos", "animals", "main", "a.zip", content)

    def test_screenshots_may_come_in_one_archive(self, check):
        content = archive({f"{number}.png": picture() for number in range(3)})

        assert check("graphics", "icons", "screenshots", "a.zip", content).facts["count"] == 3
        small = archive({"a.png": picture(100, 100)})
        said = refusal(check, "graphics", "icons", "screenshots", "a.zip", small)
        assert "at least 590" in said


class TestSounds:
    def test_a_sound_is_measured(self, check):
        found = check("audio", "music", "preview_audio", "a.mp3", MP3)

        assert found.format == "mp3"
        assert 5 < found.facts["seconds"] < 30

    @pytest.mark.parametrize("content", [b"ID3" + b"\0" * 500, b"\xff\xfb" + b"\0" * 500])
    def test_no_sound_in_it(self, check, content):
        assert "sound" in refusal(check, "audio", "music", "preview_audio", "a.mp3", content)

    def test_a_sample_rate_nobody_uses(self, check):
        body = b"\0" * 8000
        head = struct.pack("<4sI4s4sIHHIIHH", b"RIFF", 36 + len(body), b"WAVE", b"fmt ", 16, 1, 1,
                           8000, 16000, 2, 16)  # fmt: skip
        content = head + struct.pack("<4sI", b"data", len(body)) + body

        said = refusal(check, "audio", "sound-effects", "main", "a.wav", content)

        assert said == "The sound has a sample rate of 8000 Hz; expected 44100, 48000 or 96000."


class TestFilms:
    def test_a_film_is_measured(self, check):
        found = check("video", "motion-graphics", "preview_video", "a.mp4", MP4)

        assert (found.facts["width"], found.facts["codec"]) == (640, "h264")

    @pytest.mark.parametrize("kept", [200, 60_000])
    def test_cut_off(self, check, kept):
        content = MP4.read_bytes()[:kept]

        said = refusal(check, "video", "motion-graphics", "preview_video", "a.mp4", content)

        assert said.endswith("Export it again.") or "no moving picture" in said

    def test_too_small(self, check, tmp_path):
        small = tmp_path / "small.mp4"
        subprocess.run(
            ["ffmpeg", "-v", "error", "-f", "lavfi", "-i", "color=c=red:s=320x180:d=1",
             "-c:v", "libx264", "-pix_fmt", "yuv420p", str(small)],
            check=True,
        )  # fmt: skip

        said = refusal(check, "video", "motion-graphics", "preview_video", "a.mp4", small)

        assert "at least 640" in said

    def test_only_sound_in_it(self, check, tmp_path):
        path = tmp_path / "sound.mp4"
        subprocess.run(
            ["ffmpeg", "-v", "error", "-f", "lavfi", "-i", "sine=d=1", "-c:a", "aac", str(path)],
            check=True,
        )

        said = refusal(check, "video", "motion-graphics", "preview_video", "a.mp4", path)

        assert "no moving picture" in said


class TestModels:
    def test_triangles_are_counted(self, check):
        assert check("models", "props", "model_preview", "a.glb", model()).facts["triangles"] == 3
        real = check("models", "props", "model_preview", "a.glb", GLB)
        assert real.facts["triangles"] > 100

    @pytest.mark.parametrize(
        "content",
        [
            model()[:-4],
            model() + b"more",
            model(version=1),
            b"glTF" + b"\0" * 5,
            struct.pack("<4sIIII", b"glTF", 2, 24, 4, 0x4E4F534A) + b"{][}",
            model({"asset": {}, "meshes": [{"primitives": [{"attributes": {"POSITION": 7}}]}]}),
            model({"asset": {}, "meshes": "no"}),
            struct.pack("<4sIIII", b"glTF", 2, 20 + 40_000, 40_000, 0x4E4F534A) + b"[" * 40_000,
        ],
        ids=["short", "long", "version", "header", "json", "accessor", "meshes", "depth"],
    )
    def test_damaged(self, check, content):
        assert "model" in refusal(check, "models", "props", "model_preview", "a.glb", content)

    def test_textures_elsewhere(self, check):
        content = model({"asset": {}, "images": [{"uri": "http://evil.example/a.png"}]})

        said = refusal(check, "models", "props", "model_preview", "a.glb", content)

        assert "refers to other files" in said

    def test_too_many_triangles(self, check):
        content = model(
            {
                "asset": {},
                "accessors": [{"count": 1_500_003}],
                "meshes": [{"primitives": [{"attributes": {"POSITION": 0}}]}],
            }
        )

        said = refusal(check, "models", "props", "model_preview", "a.glb", content)

        assert "500,001 triangles" in said


def test_texts_are_texts(check):
    args = ("photos", "animals", "metadata_sheet")

    assert check(*args, "a.csv", "name,price\nü,1\n".encode()).format == "csv"
    assert "the content" in refusal(check, *args, "a.csv", b"name\0price" * 100)
    assert "the content" in refusal(check, *args, "a.csv", b"\xff\xfe" + b"a\0" * 100)


def test_a_pdf_has_an_end(check):
    args = ("photos", "animals", "release_forms", "a.pdf")

    assert check(*args, b"%PDF-1.7\n1 0 obj\n%%EOF\n").format == "pdf"
    assert "ends too early" in refusal(check, *args, b"%PDF-1.7\n1 0 obj\n")
