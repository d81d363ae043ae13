"""SPACE_TO_DEPTH of any element type."""

from __future__ import annotations

from edgeflow.ir.graph import Graph, Op
from edgeflow.ops import depth_blocks, movement, shapes
from edgeflow.ops.lowering import no_macs
from edgeflow.ops.spec import KernelCall, OpSpec


def deep_shape(graph: Graph, op: Op) -> bool:
    """The block divides height and width, and the output holds each block's positions as channels."""
    return shapes.follow(graph, op, depth_blocks.deep_shapes(graph, op))


def lower(graph: Graph, op: Op) -> KernelCall:
    """The call of ``ef_strided_copy``."""
    wide, deep = depth_blocks.tensors(graph, op)
    return movement.copy_call(wide, deep, depth_blocks.block_loops(wide, deep, op))


SPEC = OpSpec(
    kind="SPACE_TO_DEPTH",
    max_version=2,
    rules=(*depth_blocks.RULES, deep_shape),
    output_shapes=depth_blocks.deep_shapes,
    macs=no_macs,
    lower=lower,
)
