"""Folders and files as a list that opens by itself: `{% file_tree tree.root %}`."""

from collections.abc import Iterator
from html import escape

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import ngettext

from market.core.templatetags.icons import icon
from market.core.templatetags.numbers import file_size, grouped
from market.discovery.file_tree import Folder

register = template.Library()

OPEN_FILES = 30  # a folder with more of them starts closed


@register.simple_tag
def file_tree(root: Folder, *, only_top: bool = False) -> SafeString:
    """`only_top`: the first level, folders with their sums and without what is in them."""
    rows = _top(root) if only_top else _rows(root, depth=0)
    return format_html('<ul class="tree">{}</ul>', _joined(rows))


def _top(root: Folder) -> Iterator[SafeString]:
    for folder in _sorted(root):
        yield format_html('<li class="tree-row">{}</li>', _folder_line(folder.shortened()))
    yield from (_file(name, length) for name, length in root.files[:OPEN_FILES])


def _rows(root: Folder, *, depth: int) -> Iterator[SafeString]:
    for one in _sorted(root):
        folder = one.shortened()
        is_open = depth == 0 and len(folder.files) + len(folder.folders) <= OPEN_FILES
        yield format_html(
            "<li><details{}><summary>{}</summary><ul>{}</ul></details></li>",
            SafeString(" open") if is_open else "",
            _folder_line(folder),
            _joined(_rows(folder, depth=depth + 1)),
        )
    yield from (_file(name, length) for name, length in sorted(root.files))


def _sorted(folder: Folder) -> list[Folder]:
    return [folder.folders[name] for name in sorted(folder.folders)]


def _folder_line(folder: Folder) -> SafeString:
    count = ngettext("%(count)s file", "%(count)s files", folder.count) % {
        "count": grouped(folder.count)
    }
    return mark_safe(  # noqa: S308  # names are escaped
        f'{icon("folder")}<bdi class="tree-name">{escape(folder.name)}</bdi>'
        f'<span class="tree-size">{escape(count)}, {escape(file_size(folder.bytes))}</span>'
    )


def _file(name: str, length: int) -> SafeString:
    # A page has up to forty, and format_html takes five times as long.
    return mark_safe(  # noqa: S308  # the name is escaped
        f'<li class="tree-row">{icon("file")}<bdi class="tree-name">{escape(name)}</bdi>'
        f'<span class="tree-size">{escape(file_size(length))}</span></li>'
    )


def _joined(rows: Iterator[SafeString]) -> SafeString:
    return mark_safe("".join(rows))  # noqa: S308  # each is
