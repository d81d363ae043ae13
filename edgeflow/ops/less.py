"""LESS, int8: input 1 less than input 2, of two tensors that broadcast to the output's shape."""

from __future__ import annotations

from edgeflow.ops.comparing import LESS, comparison

SPEC = comparison("LESS", LESS)
