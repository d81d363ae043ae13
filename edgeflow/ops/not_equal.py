"""NOT_EQUAL, int8: different, of two tensors that broadcast to the output's shape."""

from __future__ import annotations

from edgeflow.ops.comparing import GREATER, LESS, comparison

SPEC = comparison("NOT_EQUAL", LESS, GREATER)
