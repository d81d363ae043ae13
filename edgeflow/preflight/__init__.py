"""Preflight: what of a model will not compile or fit, before minutes are spent on it."""
