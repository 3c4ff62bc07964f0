"""What AWS configuration means: pure functions over the answers of AWS."""
