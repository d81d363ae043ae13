"""AVERAGE_POOL_2D, int8 or int16, input NHWC."""

from __future__ import annotations

from edgeflow.ir.graph import Graph, Op
from edgeflow.ops import pooling, rules
from edgeflow.ops.geometry import int_attr
from edgeflow.ops.lowering import no_macs
from edgeflow.ops.spec import KernelCall, OpSpec


def small_window(graph: Graph, op: Op) -> bool:
    """At most 2**15 int16 elements are averaged, so that their sum fits 32 bits."""
    source = graph.input_tensor(op, 0)
    h, w = source.shape[1:3]
    count = min(h, int_attr(op, "filter_height")) * min(w, int_attr(op, "filter_width"))
    return source.dtype != "int16" or count <= 2**15


def lower(graph: Graph, op: Op) -> KernelCall:
    """The call of ``ef_average_pool_2d_s8`` or ``ef_average_pool_2d_s16``."""
    return pooling.pool_call(graph, op, "average_pool_2d")


SPEC = OpSpec(
    kind="AVERAGE_POOL_2D",
    max_version=3,
    rules=(*pooling.window_rules(rules.known_padding), small_window),
    output_shapes=pooling.output_shapes,
    macs=no_macs,
    lower=lower,
)
