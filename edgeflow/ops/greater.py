"""GREATER, int8: input 1 greater than input 2, of two tensors that broadcast to the output's shape."""

from __future__ import annotations

from edgeflow.ops.comparing import GREATER, comparison

SPEC = comparison("GREATER", GREATER)
