"""Which calls make which changes, one file per service."""
