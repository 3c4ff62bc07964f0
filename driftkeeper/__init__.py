"""Verifiable evidence of AWS security configuration, day by day."""

__version__ = "0.1.0"
