"""One file for each evidence type: what is read, and how it is told apart."""
