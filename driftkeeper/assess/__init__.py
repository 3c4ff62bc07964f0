"""Judging what was seen: which controls there are, and which criteria they bear on."""
