"""A seeded estate with a known truth, and what it costs to keep its history.

`python -m tests.bench` (or `make bench`) measures everything as ratios against a baseline of the same run.
"""
