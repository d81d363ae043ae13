"""PACK: tensors of one shape stacked along a new axis."""

from __future__ import annotations

from edgeflow.ir.graph import Graph, Op
from edgeflow.ops import movement, shapes
from edgeflow.ops.concatenation import one_type, several_inputs
from edgeflow.ops.geometry import int_attr
from edgeflow.ops.lowering import contiguous_strides, no_macs
from edgeflow.ops.spec import KernelCall, OpSpec, Shapes


def output_shapes(graph: Graph, op: Op) -> Shapes:
    """The inputs' one shape with their number at the axis."""
    if not several_inputs(graph, op):
        return None
    parts = {graph.input_tensor(op, position).shape for position in range(len(op.inputs))}
    shape = parts.pop()
    axis = movement.axis_in(len(shape) + 1, op.attrs.get("axis"))
    return None if parts or axis is None else ((*shape[:axis], len(op.inputs), *shape[axis:]),)


def stacked_shape(graph: Graph, op: Op) -> bool:
    """The output has the inputs' one shape with their number as a new dimension."""
    return shapes.follow(graph, op, output_shapes(graph, op))


def lower(graph: Graph, op: Op) -> tuple[KernelCall, ...]:
    """A call of ``ef_strided_copy`` per input."""
    output = graph.output_tensor(op)
    axis = int_attr(op, "axis") % len(output.shape)
    steps = list(contiguous_strides(output.shape))
    apart = steps.pop(axis)
    calls = []
    for position in range(len(op.inputs)):
        source = graph.input_tensor(op, position)
        loops = list(zip(source.shape, contiguous_strides(source.shape), steps, strict=True))
        calls.append(movement.copy_call(source, output, loops, 0, position * apart))
    return tuple(calls)


SPEC = OpSpec(
    kind="PACK",
    max_version=4,
    rules=(several_inputs, one_type, movement.rank_to_5, stacked_shape),
    output_shapes=output_shapes,
    macs=no_macs,
    lower=lower,
)
