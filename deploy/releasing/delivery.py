"""Brings a bundle to its bucket, and its static files to theirs."""

import hashlib
import json
import mimetypes
import zipfile
from collections.abc import Iterator
from pathlib import Path

from botocore.exceptions import ClientError

from releasing.cloud import Cloud, say

FOLDER = "var/static/"
# A name with a hash in it stands for one content for ever; the others may change with a release.
FOR_EVER = "public, max-age=31536000, immutable"
FOR_MINUTES = "public, max-age=300"
MADE_AGAIN_BY_THE_CDN = (".gz", ".br")


def is_there(cloud: Cloud, key: str) -> bool:
    try:
        cloud.s3.head_object(Bucket=cloud.bundles, Key=key)
    except ClientError as error:
        if error.response["Error"]["Code"] in ("404", "NoSuchKey"):
            return False
        raise
    return True


def upload_bundle(cloud: Cloud, bundle: Path) -> None:
    """With what stands beside it. The archive comes last: where it is, all of it is."""
    beside = sorted(bundle.parent.glob(f"{bundle.stem}.*.json"))
    for path in [*beside, bundle]:
        say(f"uploading {path.name}")
        cloud.s3.upload_file(str(path), cloud.bundles, path.name)


def upload_static(cloud: Cloud, bundle: Path) -> int:
    """Those that are not there yet, before any page asks for them; how many they were.

    None is ever removed: pages of older releases, and of caches, still name theirs.
    """
    known = dict(stored(cloud))
    sent = 0
    with zipfile.ZipFile(bundle) as archive:
        manifest = json.loads(archive.read(f"{FOLDER}staticfiles.json"))
        hashed = set(manifest["paths"].values())
        for entry in archive.namelist():
            name = entry.removeprefix(FOLDER)
            if entry == name or name.endswith(MADE_AGAIN_BY_THE_CDN):
                continue
            content = archive.read(entry)
            # Of an object that was put in one part, S3's tag is this.
            tag = hashlib.md5(content, usedforsecurity=False).hexdigest()
            if known.get(f"static/{name}") == tag:
                continue
            cloud.s3.put_object(
                Bucket=cloud.static,
                Key=f"static/{name}",
                Body=content,
                ContentType=mimetypes.guess_type(name)[0] or "application/octet-stream",
                CacheControl=FOR_EVER if name in hashed else FOR_MINUTES,
            )
            sent += 1
    return sent


def stored(cloud: Cloud) -> Iterator[tuple[str, str]]:
    """Key and tag of each static file in the bucket."""
    pages = cloud.s3.get_paginator("list_objects_v2")
    for page in pages.paginate(Bucket=cloud.static, Prefix="static/"):
        for one in page.get("Contents", []):
            yield one["Key"], one["ETag"].strip('"')
