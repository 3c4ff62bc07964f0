"""Finds what changed between two versions and names it."""
