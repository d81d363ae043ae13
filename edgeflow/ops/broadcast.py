"""Operators on an element of each of two tensors that broadcast to the output's shape."""

from __future__ import annotations

from collections.abc import Sequence

from edgeflow.ir.graph import Graph, Op, Tensor
from edgeflow.ir.overlap import Overlap
from edgeflow.ops import overlap, rules, shapes
from edgeflow.ops.lowering import Params, contiguous_strides, four_dims, tensor_arg
from edgeflow.ops.spec import KernelCall, Rule, TensorArg


def int8_tensors(graph: Graph, op: Op) -> bool:
    """Both inputs and the output are int8, each with one scale and one zero point."""
    return all(rules.is_quantized(tensor) for tensor in _operands(graph, op))


def one_integer_type(graph: Graph, op: Op) -> bool:
    """Both inputs and the output are int8, or all int16 with zero point 0, each with one scale."""
    return rules.are_quantized(*_operands(graph, op))


def _operands(graph: Graph, op: Op) -> tuple[Tensor, Tensor, Tensor]:
    return graph.input_tensor(op, 0), graph.input_tensor(op, 1), graph.output_tensor(op)


def broadcast_shape(graph: Graph, op: Op) -> bool:
    """The inputs broadcast to the output's shape; no dimension is empty."""
    fits = shapes.follow(graph, op, shapes.broadcast(graph, op))
    return fits and min(graph.output_tensor(op).shape, default=1) >= 1


def is_repeated(graph: Graph, op: Op) -> bool:
    """Whether an element of an input meets several of the other."""
    counts = {graph.input_tensor(op, 0).element_count, graph.input_tensor(op, 1).element_count}
    return counts != {graph.output_tensor(op).element_count}


def broadcast_rank(graph: Graph, op: Op) -> bool:
    """Inputs of different shapes have at most four dimensions."""
    return len(graph.output_tensor(op).shape) <= 4 or not is_repeated(graph, op)


RULES: tuple[Rule, ...] = (rules.operand_count(2), one_integer_type, broadcast_shape, broadcast_rank)
INT8_RULES: tuple[Rule, ...] = (rules.operand_count(2), int8_tensors, broadcast_shape, broadcast_rank)


def input_strides(shape: tuple[int, ...], rank: int) -> tuple[int, ...]:
    """Elements from one output index to the next along each dimension; 0 where an element is repeated."""
    steps = zip(shape, contiguous_strides(shape), strict=True)
    return (0,) * (rank - len(shape)) + tuple(0 if dim == 1 else step for dim, step in steps)


def merged_loops(shape: tuple[int, ...], inputs: Sequence[tuple[int, ...]]) -> list[tuple[int, ...]]:
    """The loops over an output of that shape, outermost first: size, then the step in each input.

    Neighbouring dimensions that all inputs walk evenly are one; those of one element are left out.
    """
    columns = [input_strides(source, len(shape)) for source in inputs]
    merged: list[tuple[int, ...]] = []
    for dim, *steps in zip(shape, *columns, strict=True):
        if dim == 1:
            continue
        if merged and all(before == dim * step for before, step in zip(merged[-1][1:], steps, strict=True)):
            merged[-1] = (merged[-1][0] * dim, *steps)
        else:
            merged.append((dim, *steps))
    return merged


def shape_params(graph: Graph, op: Op) -> Params:
    """``broadcast`` of the kernel."""
    inputs = [graph.input_tensor(op, side).shape for side in (0, 1)]
    merged = merged_loops(graph.output_tensor(op).shape, inputs)
    columns = [[row[column] for row in merged] for column in range(3)]
    return (
        ("broadcast.shape", four_dims(columns[0])),
        ("broadcast.stride1", four_dims(columns[1], 0)),
        ("broadcast.stride2", four_dims(columns[2], 0)),
    )


def _overlaps(graph: Graph, op: Op) -> tuple[Overlap, ...]:
    """One element of each input is read, then one written; an element that is repeated is read again."""
    output = graph.output_tensor(op)
    written = overlap.places([output.element_count], [1])
    found: list[Overlap] = []
    for source in (graph.input_tensor(op, 0), graph.input_tensor(op, 1)):
        read = overlap.places(output.shape, input_strides(source.shape, len(output.shape)))
        found += overlap.element_overlap(source, output, overlap.step_distance(read, written))
    return overlap.widest(found)


def broadcast_call(
    graph: Graph, op: Op, function: str, header: str, params_type: str, scaling: Params = ()
) -> KernelCall:
    """A call on both inputs and the output; ``scaling`` are the fields of the operator's own struct."""
    left, right = graph.input_tensor(op, 0), graph.input_tensor(op, 1)
    return KernelCall(
        function=function,
        header=header,
        args=(tensor_arg(left), tensor_arg(right), TensorArg(op.outputs[0])),
        params_type=params_type,
        params=(*shape_params(graph, op), *nested(scaling)),
        overlaps=_overlaps(graph, op),
    )


def nested(scaling: Params) -> Params:
    """The fields as those of the params struct's member ``scaling``."""
    return tuple((f"scaling.{name}", value) for name, value in scaling)
