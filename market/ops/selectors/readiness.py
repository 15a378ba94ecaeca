"""Whether this host may get traffic.

Asks nothing that it shares with other hosts: an outage of the database must not make the load
balancer drop every host at once.
"""

import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from django.conf import settings

from market.tenancy import hosts
from market.tenancy.definitions import DefinitionError


def failing_checks() -> list[str]:
    """Names of the local checks that fail, none if the host is ready."""
    return [name for name, passes in CHECKS.items() if not passes()]


def is_not_draining() -> bool:
    """The file is made before a stop or a restart, so that the load balancer leaves first."""
    return not Path(settings.DRAIN_FILE).exists()


def definitions_load() -> bool:
    try:
        return bool(hosts.all_hosts())
    except (DefinitionError, OSError):
        return False


def disk_has_room() -> bool:
    folders = {settings.BASE_DIR, settings.FILE_UPLOAD_TEMP_DIR or tempfile.gettempdir()}
    folders.update(settings.READY_WRITABLE_FOLDERS)
    return all(
        _free_percent(Path(folder)) >= settings.READY_FREE_DISK_PERCENT for folder in folders
    )


def folders_are_writable() -> bool:
    return all(os.access(folder, os.W_OK | os.X_OK) for folder in settings.READY_WRITABLE_FOLDERS)


def _free_percent(folder: Path) -> float:
    try:
        usage = shutil.disk_usage(folder)
    except FileNotFoundError:  # made by its first use; what it will be made in counts
        return _free_percent(folder.parent)
    return 100 * usage.free / usage.total


CHECKS: dict[str, Callable[[], bool]] = {
    "draining": is_not_draining,
    "definitions": definitions_load,
    "disk": disk_has_room,
    "folders": folders_are_writable,
}
