"""Reads the configuration of AWS accounts, completely or saying what is missing."""
