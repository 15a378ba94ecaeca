from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Output:
    """A public file. `name` is its path below the preview's own prefix."""

    name: str
    path: Path
    content_type: str
    width: int | None = None
    height: int | None = None


@dataclass(frozen=True, slots=True)
class Made:
    """A preview: its main file first; all outputs are stored, `facts` describes them."""

    outputs: list[Output]
    facts: dict[str, Any] = field(default_factory=dict)
