"""Consecutive operators run in stripes of rows, so that the tensors between them are never stored whole."""
