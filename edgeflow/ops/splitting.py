"""What SPLIT and SPLIT_V share: the input cut along an axis, every part a call."""

from __future__ import annotations

from edgeflow.ir.graph import Graph, Op, Tensor
from edgeflow.ops import movement
from edgeflow.ops.spec import KernelCall


def cut_axis(graph: Graph, op: Op, source: Tensor | None, position: int) -> int | None:
    """The axis that a constant of one element gives, or None."""
    values = movement.constant_ints(graph.optional_tensor(op, position))
    if source is None or values is None or len(values) != 1:
        return None
    return movement.axis_in(len(source.shape), values[0])


def one_dtype(graph: Graph, op: Op, source: Tensor) -> bool:
    """Whether the outputs have the source's element type."""
    return all(graph.tensors[tensor_id].dtype == source.dtype for tensor_id in op.outputs)


def cut_calls(graph: Graph, op: Op, source: Tensor, axis: int) -> tuple[KernelCall, ...]:
    """A call of ``ef_strided_copy`` per output."""
    calls, start = [], 0
    for position in range(len(op.outputs)):
        output = graph.output_tensor(op, position)
        taken = [start if d == axis else 0 for d in range(len(source.shape))]
        calls.append(movement.part_call(source, output, output.shape, taken=taken))
        start += output.shape[axis]
    return tuple(calls)
