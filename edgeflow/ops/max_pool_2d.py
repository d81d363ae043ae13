"""MAX_POOL_2D, int8 or int16, input NHWC."""

from __future__ import annotations

from edgeflow.ir.graph import Graph, Op
from edgeflow.ops import pooling
from edgeflow.ops.lowering import no_macs
from edgeflow.ops.spec import KernelCall, OpSpec


def lower(graph: Graph, op: Op) -> KernelCall:
    """The call of ``ef_max_pool_2d_s8`` or ``ef_max_pool_2d_s16``."""
    return pooling.pool_call(graph, op, "max_pool_2d")


SPEC = OpSpec(
    kind="MAX_POOL_2D",
    max_version=3,
    rules=pooling.window_rules(pooling.known_padding),
    output_shapes=pooling.output_shapes,
    macs=no_macs,
    lower=lower,
)
