"""An item's words, attributes and prices: what they must be, and how they are shown. Pure."""
