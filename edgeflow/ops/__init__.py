"""One operator per file, and the explicit table of them."""
