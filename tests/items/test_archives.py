"""Zip archives of strangers: every trick is refused with a reason, and quickly."""

import io
import os
import stat
import struct
import subprocess
import sys
import time
import zipfile

import pytest

from market.items.checks.archives import inspect_zip
from market.items.errors import UploadRefused
from tests.items.samples import archive, archive_of, raw_archive, raw_entry, raw_files


@pytest.fixture
def inspect(tmp_path):
    def run(content: bytes, **options):
        path = tmp_path / "upload.zip"
        path.write_bytes(content)
        return inspect_zip(path, **options)

    return run


def refusal(inspect, content: bytes, **options) -> str:
    started = time.monotonic()
    with pytest.raises(UploadRefused) as caught:
        inspect(content, **options)
    assert time.monotonic() - started < 2
    return str(caught.value)


def test_a_sound_archive_is_listed(inspect):
    entries = inspect(archive({"a/b.txt": b"12345", "ü/💡.txt": b""}))

    assert [(one.path, one.bytes) for one in entries] == [("a/b.txt", 5), ("ü/💡.txt", 0)]


def test_folders_are_no_files(inspect):
    content = archive({"a/": b"", "a/b.txt": b"1"})

    assert [one.path for one in inspect(content)] == ["a/b.txt"]


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        (b"../evil.txt", "leads outside"),
        (b"a/../../evil.txt", "leads outside"),
        (b"a/./b.txt", "leads outside"),
        (b"a//b.txt", "leads outside"),
        (b"/etc/passwd", "absolute path"),
        (b"C:/evil.txt", "absolute path"),
        (b"c:evil.txt", "absolute path"),
        (b"..\\evil.txt", "backslash"),
        (b"\\\\host\\share", "backslash"),
        (b"a\x00.txt", "control characters"),
        (b"a\n.txt", "control characters"),
        (b"/".join([b"d"] * 100) + b"/f", "too deep"),
        (b"n" * 300, "too long"),
    ],
)
def test_names_that_lead_astray(inspect, name, reason):
    assert reason in refusal(inspect, raw_files(name))


@pytest.mark.parametrize(
    ("names", "reason"),
    [
        ((b"a.txt", b"a.txt"), "twice"),
        ((b"a.txt", b"A.TXT"), "twice"),
        (("é.txt".encode(), "e\u0301.txt".encode()), "twice"),
        ((b"a", b"a/b.txt"), "both a file and a folder"),
    ],
)
def test_names_that_meet(inspect, names, reason):
    assert reason in refusal(inspect, raw_files(*names))


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFCHR, stat.S_IFBLK, stat.S_IFIFO])
def test_links_and_devices(inspect, kind):
    content = raw_files(b"link", attributes=(kind | 0o777) << 16)

    assert "link or a device" in refusal(inspect, content)


def test_a_password(inspect):
    assert "password" in refusal(inspect, raw_files(b"a.txt", flags=0x801))


def test_sizes_behind_the_files(inspect):
    assert "stream" in refusal(inspect, raw_files(b"a.txt", flags=0x808))


def test_an_archive_from_a_real_stream(inspect):
    class Pipe(io.RawIOBase):
        def __init__(self) -> None:
            self.content = b""

        def writable(self) -> bool:
            return True

        def write(self, data) -> int:
            self.content += bytes(data)
            return len(data)

    pipe = Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("a.txt", "x" * 100)

    assert "stream" in refusal(inspect, pipe.content)


def test_a_name_that_differs_before_the_file(inspect):
    content = raw_files(b"good.txt", local_name=b"evil.exe")

    assert "contradicts itself" in refusal(inspect, content)


def test_a_size_that_lies(inspect):
    content = raw_archive(raw_entry(b"a.txt", b"x" * 100, size=1))

    assert "contradicts itself" in refusal(inspect, content)


def test_files_that_share_their_bytes(inspect):
    local, entry = raw_entry(b"a.txt", b"x" * 100)
    content = raw_archive((local, entry), (b"", entry.replace(b"a.txt", b"b.txt")))

    assert refusal(inspect, content)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda made: made[:-10], "cut off"),
        (lambda made: made[: len(made) // 2], "cut off"),
        (lambda made: made + b"<?php evil(); ?>", "attached behind"),
        (lambda made: b"MZ" + b"\0" * 62 + made, "before the archive's start"),
        (lambda made: made[:-2] + struct.pack("<H", 5) + b"hello", "comment"),
    ],
    ids=["end", "half", "tail", "head", "comment"],
)
def test_what_stands_around_an_archive(inspect, change, reason):
    assert reason in refusal(inspect, change(archive()))


def test_a_damaged_file(inspect):
    content = bytearray(archive({"a.txt": os.urandom(1000)}))
    content[500] ^= 0xFF

    assert "damaged" in refusal(inspect, bytes(content))


def test_an_empty_archive(inspect):
    assert "empty" in refusal(inspect, b"PK\5\6" + b"\0" * 18)


def test_more_entries_than_allowed(inspect):
    content = archive({f"{number}.txt": b"" for number in range(11)})

    assert "too many files" in refusal(inspect, content, max_entries=10)
    assert len(inspect(content, max_entries=11)) == 11


def test_a_hundred_thousand_entries(inspect):
    assert "too many files" in refusal(inspect, archive({str(n): b"" for n in range(100_000)}))


def test_a_count_that_lies(inspect):
    made = archive({f"{number}.txt": b"" for number in range(200)})
    end = made.rindex(b"PK\5\6")
    lying = made[: end + 8] + struct.pack("<HH", 1, 1) + made[end + 12 :]

    assert "too many files" in refusal(inspect, lying, max_entries=100)


def test_a_flat_bomb(inspect):
    content = archive({f"{number}.txt": b"\0" * 10_000_000 for number in range(8)})

    assert "suspiciously much" in refusal(inspect, content)


def test_too_large_unpacked(inspect):
    content = archive({"a.bin": os.urandom(2000)})

    assert "too large when unpacked" in refusal(inspect, content, max_unpacked_bytes=1999)


def test_a_bomb_in_an_archive(inspect):
    bomb = archive({"zeros.bin": b"\0" * 100_000_000})

    assert "suspiciously much" in refusal(inspect, archive({"inner.zip": bomb}))


def test_nested_archives_share_the_budget(inspect):
    inner = archive({f"{number}.txt": b"1" for number in range(6)})
    content = archive({"a.zip": inner, "b.zip": inner})

    assert "too many files" in refusal(inspect, content, max_entries=13)
    assert len(inspect(content, max_entries=14)) == 2


def test_archives_in_archives_in_archives(inspect):
    content = archive({"a.zip": archive({"b.zip": archive({"c.zip": archive()})})})

    assert "within archives" in refusal(inspect, content)


def test_a_password_inside(inspect):
    content = archive({"secret.zip": raw_files(b"a.txt", flags=0x801)})

    assert "password" in refusal(inspect, content)


def test_an_unusual_compression(inspect):
    info = zipfile.ZipInfo("a.txt")
    info.compress_type = zipfile.ZIP_LZMA

    assert "unusual compression" in refusal(inspect, archive_of((info, b"x" * 100)))


def test_zip64_that_promises_four_gigabytes(inspect):
    local, entry = raw_entry(b"a.txt", b"x")
    extra = struct.pack("<HHQ", 1, 8, 2**40)
    wide = entry[:24] + struct.pack("<I", 0xFFFFFFFF) + entry[28:30]
    wide += struct.pack("<H", len(extra)) + entry[32:] + extra

    assert refusal(inspect, raw_archive((local, wide)))


def test_a_large_archive_in_little_memory(tmp_path):
    """The check itself runs within 64 MB beside the interpreter."""
    path = tmp_path / "large.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        for number in range(60):
            made.writestr(f"{number}.bin", os.urandom(100_000) + b"\0" * 900_000)
    script = (
        "import resource, sys; from pathlib import Path; "
        "from market.items.checks.archives import inspect_zip; "
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss; "
        f"inspect_zip(Path({str(path)!r})); "
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert int(done.stdout) < 64 * 1024


def test_many_small_files_run_out_of_time_too(inspect, monkeypatch):
    """Seeking in a packed archive within an archive unpacks it anew for each file."""
    monkeypatch.setattr("market.items.checks.archives.TEST_SECONDS", -1)
    inner = archive({f"{number}.txt": b"1" for number in range(5)})

    assert "takes too long" in refusal(inspect, archive({"inner.zip": inner}))
