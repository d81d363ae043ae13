"""PACK: tensors of one shape stacked along a new axis."""

from __future__ import annotations

from edgeflow.ir.graph import Graph, Op
from edgeflow.ops import movement
from edgeflow.ops.concatenation import one_type, several_inputs
from edgeflow.ops.geometry import int_attr
from edgeflow.ops.lowering import contiguous_strides, no_macs
from edgeflow.ops.spec import KernelCall, OpSpec


def stacked_shape(graph: Graph, op: Op) -> bool:
    """The output has the inputs' one shape with their number as a new dimension."""
    shape = graph.output_tensor(op).shape
    axis = movement.axis_in(len(shape), op.attrs.get("axis"))
    if axis is None or shape[axis] != len(op.inputs):
        return False
    rest = shape[:axis] + shape[axis + 1 :]
    return all(graph.input_tensor(op, position).shape == rest for position in range(len(op.inputs)))


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
    macs=no_macs,
    lower=lower,
)
