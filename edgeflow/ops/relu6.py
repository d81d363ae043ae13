"""RELU6 as an operator of its own, int8 or int16, with another output scale if the model has one."""

from __future__ import annotations

from edgeflow.ir.graph import Graph, Op
from edgeflow.ops import clamp, shapes
from edgeflow.ops.lowering import no_macs
from edgeflow.ops.spec import KernelCall, OpSpec


def lower(graph: Graph, op: Op) -> KernelCall:
    """The call of ``ef_rescale_s8_s8`` or ``ef_rescale_s16_s16``."""
    return clamp.clamp_call(graph, op, "RELU6")


SPEC = OpSpec(
    kind="RELU6",
    max_version=3,
    rules=clamp.RULES,
    output_shapes=shapes.same_as_input,
    macs=no_macs,
    lower=lower,
)
