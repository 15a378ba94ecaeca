"""glTF binary models: the container, the JSON in it, and how many triangles it draws."""

import json
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.utils.translation import gettext_lazy as _

from market.core.locales import number
from market.items.errors import UploadRefused
from market.tenancy.definitions import FileRole

MAX_JSON_BYTES = 16 * 1024**2
JSON_CHUNK, BINARY_CHUNK = 0x4E4F534A, 0x004E4942
DAMAGED = _("The model is damaged or cut off. Export it again.")


@dataclass(frozen=True, slots=True)
class Model:
    triangles: int
    meshes: int
    materials: int
    animations: int


def read_model(path: Path) -> Model:
    document = _document(path)
    try:
        _check_self_contained(document)
        meshes = document.get("meshes", [])
        primitives = [one for mesh in meshes for one in mesh["primitives"]]
        return Model(
            triangles=sum(_triangles(document, one) for one in primitives),
            meshes=len(meshes),
            materials=len(document.get("materials", [])),
            animations=len(document.get("animations", [])),
        )
    except (KeyError, IndexError, TypeError, ValueError, AttributeError) as error:
        raise UploadRefused(DAMAGED) from error


def _document(path: Path) -> dict[str, Any]:
    """The JSON of a glTF 2.0 binary, see its specification, chapter 4."""
    size = path.stat().st_size
    with path.open("rb") as file:
        head = file.read(20)
        if len(head) < 20:
            raise UploadRefused(DAMAGED)
        magic, version, length, json_bytes, kind = struct.unpack("<4sIIII", head)
        if magic != b"glTF" or version != 2:
            raise UploadRefused(_("The model is not a glTF 2.0 binary (GLB)."))
        if length != size or kind != JSON_CHUNK or json_bytes > min(MAX_JSON_BYTES, size - 20):
            raise UploadRefused(DAMAGED)
        text = file.read(json_bytes)
        _check_binary_chunk(file.read(8), size - 20 - json_bytes)
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise UploadRefused(DAMAGED) from error
    if not isinstance(document, dict) or not isinstance(document.get("asset"), dict):
        raise UploadRefused(DAMAGED)
    return document


def _check_binary_chunk(head: bytes, rest: int) -> None:
    """What follows the JSON, `rest` bytes, is nothing or one whole chunk."""
    if rest == 0:
        return
    if len(head) < 8:
        raise UploadRefused(DAMAGED)
    length, kind = struct.unpack("<II", head)
    if kind != BINARY_CHUNK or length > rest - 8:
        raise UploadRefused(DAMAGED)


def _check_self_contained(document: dict[str, Any]) -> None:
    for part in (*document.get("buffers", []), *document.get("images", [])):
        if not str(part.get("uri", "data:")).startswith("data:"):
            raise UploadRefused(
                _(
                    "The model refers to other files. "
                    "Export it with its textures and buffers inside."
                )
            )


def _triangles(document: dict[str, Any], primitive: dict[str, Any]) -> int:
    index = primitive.get("indices", primitive["attributes"]["POSITION"])
    if not isinstance(index, int) or index < 0:
        raise ValueError("accessors are numbered from 0")
    count = int(document["accessors"][index]["count"])
    if count < 0:
        raise ValueError("a count is not negative")
    match primitive.get("mode", 4):
        case 4:  # triangles
            return count // 3
        case 5 | 6:  # strip, fan
            return max(0, count - 2)
    return 0


def check_model(path: Path, role: FileRole) -> Model:
    found = read_model(path)
    if role.max_triangles is not None and found.triangles > role.max_triangles:
        raise UploadRefused(
            _(
                "The model has %(triangles)s triangles; at most %(limit)s can be shown. "
                "Upload a lighter one as the preview."
            ),
            triangles=number(found.triangles),
            limit=number(role.max_triangles),
        )
    if found.triangles == 0:
        raise UploadRefused(_("The model holds nothing to draw."))
    return found
