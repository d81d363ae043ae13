"""CONCATENATION of any number of tensors of one type, scale and zero point."""

from __future__ import annotations

from edgeflow.ir.graph import Graph, Op, Tensor
from edgeflow.ops import movement, shapes
from edgeflow.ops.geometry import int_attr
from edgeflow.ops.lowering import no_macs
from edgeflow.ops.spec import KernelCall, OpSpec, Shapes


def several_inputs(_graph: Graph, op: Op) -> bool:
    """The operator has at least one input, none absent, and one output."""
    return bool(op.inputs) and None not in op.inputs and len(op.outputs) == 1


def _sources(graph: Graph, op: Op) -> list[Tensor]:
    return [graph.input_tensor(op, position) for position in range(len(op.inputs))]


def one_type(graph: Graph, op: Op) -> bool:
    """Inputs and output have one element type, and the same scale and zero point if they have any."""
    output = graph.output_tensor(op)
    return all(t.dtype == output.dtype and t.quant == output.quant for t in _sources(graph, op))


def no_activation(_graph: Graph, op: Op) -> bool:
    """There is no fused activation."""
    return op.attrs.get("fused_activation_function", "NONE") == "NONE"


def _axis(graph: Graph, op: Op) -> int:
    return int_attr(op, "axis") % len(graph.output_tensor(op).shape)


def output_shapes(graph: Graph, op: Op) -> Shapes:
    """The inputs' shape with the sum of their sizes along the axis."""
    if not several_inputs(graph, op):
        return None
    parts = [source.shape for source in _sources(graph, op)]
    axis = movement.axis_in(len(parts[0]), op.attrs.get("axis"))
    if axis is None or {len(part) for part in parts} != {len(parts[0])}:
        return None
    if len({shapes.without_axis(part, axis) for part in parts}) > 1:
        return None
    return (shapes.with_axis(parts[0], axis, sum(part[axis] for part in parts)),)


def joined_shape(graph: Graph, op: Op) -> bool:
    """The inputs' shapes differ along the axis alone, whose sizes add up to the output's."""
    return shapes.follow(graph, op, output_shapes(graph, op))


def lower(graph: Graph, op: Op) -> tuple[KernelCall, ...]:
    """A call of ``ef_strided_copy`` per input."""
    output, axis = graph.output_tensor(op), _axis(graph, op)
    calls, start = [], 0
    for source in _sources(graph, op):
        placed = [start if d == axis else 0 for d in range(len(output.shape))]
        calls.append(movement.part_call(source, output, source.shape, placed=placed))
        start += source.shape[axis]
    return tuple(calls)


SPEC = OpSpec(
    kind="CONCATENATION",
    max_version=4,
    rules=(several_inputs, one_type, movement.rank_to_5, no_activation, joined_shape),
    output_shapes=output_shapes,
    macs=no_macs,
    lower=lower,
)
