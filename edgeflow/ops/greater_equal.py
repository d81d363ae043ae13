"""GREATER_EQUAL, int8: input 1 at least input 2, of two tensors that broadcast to the output's shape."""

from __future__ import annotations

from edgeflow.ops.comparing import EQUAL, GREATER, comparison

SPEC = comparison("GREATER_EQUAL", GREATER, EQUAL)
