"""What SPLIT and SPLIT_V share: the input cut along an axis, every part a call."""

from __future__ import annotations

from edgeflow.ir.graph import Graph, Op, Tensor
from edgeflow.ops import movement
from edgeflow.ops.spec import KernelCall


def cut_axis(graph: Graph, op: Op, source: Tensor, position: int) -> int | None:
    """The axis that a constant of one element gives, or None."""
    values = movement.constant_ints(graph.optional_tensor(op, position))
    if values is None or len(values) != 1:
        return None
    return movement.axis_in(len(source.shape), values[0])


def parts_fit(graph: Graph, op: Op, source: Tensor, axis: int) -> bool:
    """Whether the outputs have the source's type and shape, and along the axis add up to it."""
    shape = source.shape
    parts = [graph.output_tensor(op, position) for position in range(len(op.outputs))]
    if any(part.dtype != source.dtype or len(part.shape) != len(shape) for part in parts):
        return False
    rest = shape[:axis] + shape[axis + 1 :]
    alike = all(part.shape[:axis] + part.shape[axis + 1 :] == rest for part in parts)
    return alike and sum(part.shape[axis] for part in parts) == shape[axis]


def cut_calls(graph: Graph, op: Op, source: Tensor, axis: int) -> tuple[KernelCall, ...]:
    """A call of ``ef_strided_copy`` per output."""
    calls, start = [], 0
    for position in range(len(op.outputs)):
        output = graph.output_tensor(op, position)
        taken = [start if d == axis else 0 for d in range(len(source.shape))]
        calls.append(movement.part_call(source, output, output.shape, taken=taken))
        start += output.shape[axis]
    return tuple(calls)
