"""``python -m benchmarks``: runs all or chosen benchmarks and prints one table."""
