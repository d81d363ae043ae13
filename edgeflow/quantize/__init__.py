"""Calibrate and convert to full-integer int8, and audit the result."""
