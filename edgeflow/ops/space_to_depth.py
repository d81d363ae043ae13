"""SPACE_TO_DEPTH of any element type."""

from __future__ import annotations

from edgeflow.ir.graph import Graph, Op
from edgeflow.ops import depth_blocks, movement
from edgeflow.ops.lowering import no_macs
from edgeflow.ops.spec import KernelCall, OpSpec


def deep_shape(graph: Graph, op: Op) -> bool:
    """The block divides height and width, and the output holds each block's positions as channels."""
    wide, deep = depth_blocks.tensors(graph, op)
    return depth_blocks.is_spread(wide, deep, op.attrs.get("block_size"))


def lower(graph: Graph, op: Op) -> KernelCall:
    """The call of ``ef_strided_copy``."""
    wide, deep = depth_blocks.tensors(graph, op)
    return movement.copy_call(wide, deep, depth_blocks.block_loops(wide, deep, op))


SPEC = OpSpec(
    kind="SPACE_TO_DEPTH", max_version=2, rules=(*depth_blocks.RULES, deep_shape), macs=no_macs, lower=lower
)
