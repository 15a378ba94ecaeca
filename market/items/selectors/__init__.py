"""Reads of the catalogue for its own pages; what the shops show is read in `discovery`."""

from market.items.selectors.desk import author_items, current_prices, own_item

__all__ = ["author_items", "current_prices", "own_item"]
