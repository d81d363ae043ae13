"""RELU_0_TO_1 as an operator of its own, int8, with another output scale if the model has one."""

from __future__ import annotations

from edgeflow.ir.graph import Graph, Op
from edgeflow.ops import clamp, shapes
from edgeflow.ops.lowering import no_macs
from edgeflow.ops.spec import KernelCall, OpSpec


def lower(graph: Graph, op: Op) -> KernelCall:
    """The call of ``ef_rescale_s8_s8``."""
    return clamp.clamp_call(graph, op, "RELU_0_TO_1")


SPEC = OpSpec(
    kind="RELU_0_TO_1",
    max_version=1,
    rules=clamp.INT8_RULES,
    output_shapes=shapes.same_as_input,
    macs=no_macs,
    lower=lower,
)
