"""What the benchmarks share: servers of their own, load, what processes cost, and the report."""
