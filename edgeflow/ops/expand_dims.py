"""EXPAND_DIMS of any element type: the same bytes with one more dimension of 1."""

from __future__ import annotations

from edgeflow.ops import rules
from edgeflow.ops.lowering import no_macs
from edgeflow.ops.reshape import constant_shape, lower, same_elements
from edgeflow.ops.spec import OpSpec

SPEC = OpSpec(
    kind="EXPAND_DIMS",
    max_version=1,
    rules=(rules.operand_count(2), same_elements, constant_shape),
    macs=no_macs,
    lower=lower,
    is_alias=True,
)
