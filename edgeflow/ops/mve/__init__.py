"""Lowering to the kernels for cores with Helium (MVE)."""
