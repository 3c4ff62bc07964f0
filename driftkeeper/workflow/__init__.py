"""Puts the stages in a row."""
