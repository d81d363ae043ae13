"""LESS_EQUAL, int8: input 1 at most input 2, of two tensors that broadcast to the output's shape."""

from __future__ import annotations

from edgeflow.ops.comparing import EQUAL, LESS, comparison

SPEC = comparison("LESS_EQUAL", LESS, EQUAL)
