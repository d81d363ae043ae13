"""SQUEEZE of any element type: the same bytes without dimensions of 1."""

from __future__ import annotations

from edgeflow.ops import rules
from edgeflow.ops.lowering import no_macs
from edgeflow.ops.reshape import lower, same_elements
from edgeflow.ops.spec import OpSpec

SPEC = OpSpec(
    kind="SQUEEZE",
    max_version=2,
    rules=(rules.operand_count(1), same_elements),
    macs=no_macs,
    lower=lower,
    is_alias=True,
)
