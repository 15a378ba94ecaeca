"""Figures as a table for people, and as JSON for whoever compares."""

import json
import os
import platform
import subprocess
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from script.lib.production import ROOT


def machine() -> dict[str, Any]:
    """Where and on what it was measured, and how busy others kept the machine before."""
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    return {
        "measured_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "commit": commit.stdout.strip(),
        "cores": os.cpu_count(),
        "load_before": [round(one, 1) for one in os.getloadavg()],
        "python": platform.python_version(),
    }


def table(columns: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """Markdown, figures to the right."""
    lines = [f"| {' | '.join(columns)} |", f"|---|{'--:|' * (len(columns) - 1)}"]
    lines += [f"| {' | '.join(map(_shown, row))} |" for row in rows]
    return "\n".join(lines)


def _shown(value: object) -> str:
    return f"{value:,.2f}" if isinstance(value, float) else str(value)


def write(path: Path | None, found: Mapping[str, Any]) -> None:
    if path is not None:
        path.write_text(json.dumps(found, indent=2, default=str) + "\n")
