"""Talks to people: arguments in, text or JSON out."""
