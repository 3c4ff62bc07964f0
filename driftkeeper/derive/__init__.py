"""Computes what is true of several resources together."""
