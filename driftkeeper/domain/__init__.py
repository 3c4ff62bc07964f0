"""The nouns of the product, its canonical form, time and chain: pure values and functions."""
