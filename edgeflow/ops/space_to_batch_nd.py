"""SPACE_TO_BATCH_ND, int8 or int16, padded with the zero point."""

from __future__ import annotations

from edgeflow.ir.graph import Graph, Op
from edgeflow.ops import batch_blocks, movement, shapes
from edgeflow.ops.lowering import fill_call, no_macs, quant_of
from edgeflow.ops.spec import KernelCall, OpSpec


def narrow_shape(graph: Graph, op: Op) -> bool:
    """The block divides the padded input, and the output has a batch for each position of a block."""
    return shapes.follow(graph, op, batch_blocks.narrow_shapes(graph, op))


def lower(graph: Graph, op: Op) -> tuple[KernelCall, ...]:
    """A call of ``ef_strided_copy`` per position of a block, after one that fills the padding."""
    wide, narrow = graph.input_tensor(op, 0), graph.output_tensor(op)
    copies = tuple(
        movement.copy_call(wide, narrow, loops, first_wide, first_narrow)
        for loops, first_wide, first_narrow in batch_blocks.block_parts(graph, op, wide, narrow)
    )
    if not any(map(any, batch_blocks.margins_of(graph, op))):
        return copies
    return (fill_call(narrow, quant_of(narrow).zero_point), *copies)


SPEC = OpSpec(
    kind="SPACE_TO_BATCH_ND",
    max_version=4,
    rules=(*batch_blocks.RULES, narrow_shape),
    output_shapes=batch_blocks.narrow_shapes,
    macs=no_macs,
    lower=lower,
)
