"""DEPTH_TO_SPACE of any element type."""

from __future__ import annotations

from edgeflow.ir.graph import Graph, Op
from edgeflow.ops import depth_blocks, movement, shapes
from edgeflow.ops.lowering import no_macs
from edgeflow.ops.spec import KernelCall, OpSpec


def wide_shape(graph: Graph, op: Op) -> bool:
    """The squared block divides the channels, which the output holds as blocks of positions."""
    return shapes.follow(graph, op, depth_blocks.wide_shapes(graph, op))


def lower(graph: Graph, op: Op) -> KernelCall:
    """The call of ``ef_strided_copy``."""
    deep, wide = depth_blocks.tensors(graph, op)
    loops = [(count, into, out) for count, out, into in depth_blocks.block_loops(wide, deep, op)]
    return movement.copy_call(deep, wide, loops)


SPEC = OpSpec(
    kind="DEPTH_TO_SPACE",
    max_version=2,
    rules=(*depth_blocks.RULES, wide_shape),
    output_shapes=depth_blocks.wide_shapes,
    macs=no_macs,
    lower=lower,
)
