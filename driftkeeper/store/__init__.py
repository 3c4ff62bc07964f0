"""Keeps what was observed, insert only, in SQLite or PostgreSQL."""
