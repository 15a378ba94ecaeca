"""tantivy inside this process, over an index on this host's disk. The one package that imports it.

One process writes at a time, any number read. Measured with 11 million items: docs/search.md.
"""

from market.discovery.search.tantivy_engine.engine import TantivyEngine

__all__ = ["TantivyEngine"]
