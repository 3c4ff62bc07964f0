"""The facts, one declaration to a file."""
