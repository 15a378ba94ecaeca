"""Static files under names that change with their content, so that browsers keep them for ever."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.core.files.storage import FileSystemStorage, Storage
from whitenoise.storage import CompressedManifestStaticFilesStorage

# The imports that our modules are written with: `from "./corner.js"`, `import("./browse.js")`.
_IMPORTS = (
    (r"""(?P<matched>from\s+"(?P<url>\./[^"]+)";)""", 'from "%(url)s";'),
    (r"""(?P<matched>import\("(?P<url>\./[^"]+)"\))""", 'import("%(url)s")'),
)


class StaticFiles(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # it has no types
    """Also in the imports of our own modules: none may be fetched twice, under two names.

    Not in those of packages: what they import is not all among our static files, nor are their
    source maps.
    """

    patterns = (
        *(one for one in CompressedManifestStaticFilesStorage.patterns if one[0] != "*.js"),
        ("js/*.js", _IMPORTS),
    )


class PackageFinder(BaseFinder):
    """The files of front-end packages that pages load, and none of their thousands of others.

    `settings.PACKAGE_FILES` names them below node_modules; they are served below vendor/. Those
    of packages that are not installed are not found.
    """

    prefix = "vendor"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.storage = FileSystemStorage(location=settings.NODE_MODULES)
        self.storage.prefix = self.prefix  # type: ignore[attr-defined]  # collectstatic reads it

    def find(self, path: str, find_all: bool = False, **kwargs: Any) -> Any:
        name = path.removeprefix(f"{self.prefix}/")
        file = Path(settings.NODE_MODULES) / name
        is_ours = path != name and name in settings.PACKAGE_FILES and file.is_file()
        if find_all:
            return [str(file)] if is_ours else []
        return str(file) if is_ours else None

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[tuple[str, Storage]]:
        for name in settings.PACKAGE_FILES:
            if self.storage.exists(name):
                yield name, self.storage
