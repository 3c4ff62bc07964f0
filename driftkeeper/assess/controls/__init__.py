"""The controls: each module declares those of one close family."""
