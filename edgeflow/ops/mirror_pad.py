"""MIRROR_PAD of any element type: a tensor of up to four dimensions, continued by its mirror image."""

from __future__ import annotations

from edgeflow.ir.graph import Graph, Op
from edgeflow.ops import movement, pad, rules
from edgeflow.ops.geometry import int_attr
from edgeflow.ops.lowering import no_macs
from edgeflow.ops.spec import KernelCall, OpSpec

# Elements at the border that the mirror leaves out, by mode: REFLECT is 0, SYMMETRIC is 1.
_SKIPPED = {0: 1, 1: 0}


def short_paddings(graph: Graph, op: Op) -> bool:
    """The mode is REFLECT or SYMMETRIC, and no side is longer than what it mirrors."""
    if op.attrs.get("mode") not in _SKIPPED:
        return False
    skipped = _SKIPPED[int_attr(op, "mode")]
    shape = graph.input_tensor(op, 0).shape
    return all(max(pair) <= d - skipped for pair, d in zip(pad.paddings(graph, op), shape, strict=True))


def lower(graph: Graph, op: Op) -> KernelCall:
    """The call of ``ef_table_copy``."""
    source, output = graph.input_tensor(op, 0), graph.output_tensor(op)
    skipped = _SKIPPED[int_attr(op, "mode")]
    tables = []
    for dim, (before, after) in zip(source.shape, pad.paddings(graph, op), strict=True):
        middle = list(range(dim))
        mirrored = middle[::-1]
        left = mirrored[dim - skipped - before : dim - skipped]
        tables.append(left + middle + mirrored[skipped : skipped + after])
    return movement.table_call(source, output, tables)


SPEC = OpSpec(
    kind="MIRROR_PAD",
    max_version=3,
    rules=(
        rules.operand_count(2),
        movement.same_dtype,
        movement.rank_to_4,
        pad.constant_paddings,
        pad.padded_shape,
        short_paddings,
    ),
    output_shapes=pad.output_shapes,
    macs=no_macs,
    lower=lower,
)
