"""EQUAL, int8: equal, of two tensors that broadcast to the output's shape."""

from __future__ import annotations

from edgeflow.ops.comparing import EQUAL, comparison

SPEC = comparison("EQUAL", EQUAL)
