"""Makes previews of checked files: a path in, small public files out. Knows no rows, no storage."""

from market.items.making.outputs import Made, Output

__all__ = ["Made", "Output"]
