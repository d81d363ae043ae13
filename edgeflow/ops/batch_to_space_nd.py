"""BATCH_TO_SPACE_ND, int8."""

from __future__ import annotations

from edgeflow.ir.graph import Graph, Op
from edgeflow.ops import batch_blocks, movement, shapes
from edgeflow.ops.lowering import no_macs
from edgeflow.ops.spec import KernelCall, OpSpec


def wide_shape(graph: Graph, op: Op) -> bool:
    """The output holds the batches as positions of blocks, without the crops."""
    return shapes.follow(graph, op, batch_blocks.wide_shapes(graph, op))


def lower(graph: Graph, op: Op) -> tuple[KernelCall, ...]:
    """A call of ``ef_strided_copy`` per position of a block."""
    narrow, wide = graph.input_tensor(op, 0), graph.output_tensor(op)
    return tuple(
        movement.copy_call(
            narrow, wide, [(count, into, out) for count, out, into in loops], first_narrow, first_wide
        )
        for loops, first_wide, first_narrow in batch_blocks.block_parts(graph, op, wide, narrow)
    )


SPEC = OpSpec(
    kind="BATCH_TO_SPACE_ND",
    max_version=4,
    rules=(*batch_blocks.RULES, wide_shape),
    output_shapes=batch_blocks.wide_shapes,
    macs=no_macs,
    lower=lower,
)
