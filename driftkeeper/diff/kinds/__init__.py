"""The change kinds, one file to a service."""
