"""Against the store that STORAGE_URL names: a real S3 server in script/test, else a folder."""

import hashlib
import io
import urllib.error
import urllib.request
from uuid import uuid4

import pytest
from django.core.files.storage import default_storage

from market.core import storage


def test_a_stored_file_comes_back_with_its_checksum():
    key = f"products/{uuid4().hex}/a.txt"

    measured = storage.save(key, io.BytesIO(b"seven shelves"), content_type="text/plain")

    with storage.open_file(key) as file:
        assert file.read() == b"seven shelves"
    assert measured.bytes == 13
    assert measured.sha256 == hashlib.sha256(b"seven shelves").hexdigest()
    storage.delete(key)
    assert not storage.exists(key)


def test_a_stored_file_is_never_overwritten():
    key = f"products/{uuid4().hex}/a.txt"
    storage.save(key, io.BytesIO(b"first"), content_type="text/plain")

    with pytest.raises(storage.KeyTaken):
        storage.save(key, io.BytesIO(b"second"), content_type="text/plain")

    with storage.open_file(key) as file:
        assert file.read() == b"first"


def test_a_signed_address_works_and_an_altered_one_does_not():
    key = f"products/{uuid4().hex}/a.txt"
    storage.save(key, io.BytesIO(b"bytes"), content_type="text/plain")
    address = storage.signed_url(key, filename="a b.txt", seconds=60)
    if type(default_storage._wrapped).__name__ == "FileSystemStorage":
        assert address is None
        return
    assert address is not None

    with urllib.request.urlopen(address) as answer:
        assert answer.read() == b"bytes"
        assert "a%20b.txt" in answer.headers["Content-Disposition"]
    with pytest.raises(urllib.error.HTTPError):
        urllib.request.urlopen(address.replace(key, key + "x"))
