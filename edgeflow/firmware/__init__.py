"""Templates, compilers, linked images."""
