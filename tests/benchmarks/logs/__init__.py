"""Measures of the log engine beside its peers: `python -m tests.benchmarks.logs`."""
