"""UNPACK: the slices along an axis, each an output without that axis."""

from __future__ import annotations

from edgeflow.ir.graph import Graph, Op
from edgeflow.ops import movement, shapes
from edgeflow.ops.geometry import int_attr
from edgeflow.ops.lowering import contiguous_strides, no_macs
from edgeflow.ops.spec import KernelCall, OpSpec, Shapes


def one_input(_graph: Graph, op: Op) -> bool:
    """The operator has one input and at least one output."""
    return len(op.inputs) == 1 and op.inputs[0] is not None and bool(op.outputs)


def output_shapes(graph: Graph, op: Op) -> Shapes:
    """The input's shape without the axis, for each output."""
    shape = shapes.input_shape(graph, op)
    axis = None if shape is None else movement.axis_in(len(shape), op.attrs.get("axis"))
    if shape is None or axis is None or shape[axis] != len(op.outputs):
        return None
    return (shapes.without_axis(shape, axis),) * len(op.outputs)


def unstacked_shapes(graph: Graph, op: Op) -> bool:
    """The outputs are as many as the axis is long, each of the input's shape without it."""
    return shapes.follow(graph, op, output_shapes(graph, op))


def lower(graph: Graph, op: Op) -> tuple[KernelCall, ...]:
    """A call of ``ef_strided_copy`` per output."""
    source = graph.input_tensor(op, 0)
    axis = int_attr(op, "axis") % len(source.shape)
    steps = list(contiguous_strides(source.shape))
    apart = steps.pop(axis)
    calls = []
    for position in range(len(op.outputs)):
        output = graph.output_tensor(op, position)
        loops = list(zip(output.shape, steps, contiguous_strides(output.shape), strict=True))
        calls.append(movement.copy_call(source, output, loops, position * apart))
    return tuple(calls)


SPEC = OpSpec(
    kind="UNPACK",
    max_version=4,
    rules=(one_input, movement.same_dtype, movement.rank_to_5, unstacked_shapes),
    output_shapes=output_shapes,
    macs=no_macs,
    lower=lower,
)
