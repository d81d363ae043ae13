"""REVERSE_V2 of any element type: any constant dimensions from the last index to the first."""

from __future__ import annotations

from edgeflow.ir.graph import Graph, Op
from edgeflow.ops import movement, rules, shapes
from edgeflow.ops.lowering import contiguous_strides, no_macs
from edgeflow.ops.spec import KernelCall, OpSpec


def _axes(graph: Graph, op: Op) -> list[int | None] | None:
    values = movement.constant_ints(graph.optional_tensor(op, 1))
    rank = len(graph.input_tensor(op, 0).shape)
    return None if values is None else [movement.axis_in(rank, value) for value in values]


def constant_axes(graph: Graph, op: Op) -> bool:
    """The reversed dimensions stand in the model file, exist in the input and are named once."""
    axes = _axes(graph, op) or [None]
    return None not in axes and len(set(axes)) == len(axes)


def lower(graph: Graph, op: Op) -> KernelCall:
    """The call of ``ef_strided_copy``."""
    source, output = graph.input_tensor(op, 0), graph.output_tensor(op)
    axes = _axes(graph, op) or []
    loops, first = [], 0
    for axis, (dim, step) in enumerate(zip(source.shape, contiguous_strides(source.shape), strict=True)):
        if axis in axes:
            first += (dim - 1) * step
        loops.append((dim, -step if axis in axes else step, step))
    return movement.copy_call(source, output, loops, first)


SPEC = OpSpec(
    kind="REVERSE_V2",
    max_version=3,
    rules=(
        rules.operand_count(2),
        movement.same_dtype,
        movement.rank_to_5,
        rules.same_shape,
        constant_axes,
    ),
    output_shapes=shapes.same_as_input,
    macs=no_macs,
    lower=lower,
)
