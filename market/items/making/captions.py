"""What a picture is called when its author gave no words but the file's name."""

import re
from pathlib import PurePosixPath

from market.core.text import clean_line

CAPTION_CHARS = 120
_NUMBER = re.compile(r"^(?:\d{1,3}[\s._)-]+)+")  # `01_`, `2-`: the order, not a word
# What cameras and programs call a file says nothing.
_MEANINGLESS = re.compile(
    r"(?:img|image|dsc|dscn|pic|picture|photo|screen ?shot|preview|untitled|export|frame|gallery|"
    r"before|after|wireframe|bildschirmfoto)?[\s\d.:x()-]*(?:(?:at|um|copy|kopie)[\s\d.:()-]*)?",
    re.IGNORECASE,
)


def caption_of(name: str) -> str:
    """`shots/01_Home page--dark.png` → `Home page: dark`; empty where the name says nothing."""
    stem = clean_line(PurePosixPath(name).stem)
    words = _NUMBER.sub("", stem).replace("--", ": ")
    words = clean_line(re.sub(r"(?<=\w)[-_]+(?=\w)|_+", " ", words)).strip(" -.")
    if _MEANINGLESS.fullmatch(words):
        return ""
    return (words[:1].upper() + words[1:])[:CAPTION_CHARS]


def caption_facts(name: str) -> dict[str, str]:
    caption = caption_of(name)
    return {"caption": caption} if caption else {}
