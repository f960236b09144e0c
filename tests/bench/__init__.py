"""Measurements against the bars: ratios within one run, never a test. Run with `make bench`."""
