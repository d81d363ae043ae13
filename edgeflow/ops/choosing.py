"""What SELECT and SELECT_V2 share: the types, and a call on three tensors that broadcast."""

from __future__ import annotations

from edgeflow.ir.graph import DTYPE_BYTES, Graph, Op
from edgeflow.ir.overlap import Overlap
from edgeflow.ops import broadcast, overlap
from edgeflow.ops.lowering import four_dims, tensor_arg
from edgeflow.ops.spec import KernelCall, TensorArg

CONDITION, THEN, OTHERWISE = 0, 1, 2


def choice_types(graph: Graph, op: Op) -> bool:
    """The condition is bool; both inputs and the output have one element type."""
    output = graph.output_tensor(op)
    dtypes = {graph.input_tensor(op, position).dtype for position in (THEN, OTHERWISE)}
    return graph.input_tensor(op, CONDITION).dtype == "bool" and dtypes == {output.dtype}


def _overlaps(graph: Graph, op: Op, condition_shape: tuple[int, ...]) -> tuple[Overlap, ...]:
    """Element after element: a flag is read and an element of an input copied byte by byte."""
    output = graph.output_tensor(op)
    size, rank = DTYPE_BYTES[output.dtype], len(output.shape)
    written = overlap.places([output.element_count], [size])
    condition = graph.input_tensor(op, CONDITION)
    flags = overlap.places(output.shape, broadcast.input_strides(condition_shape, rank))
    found = [*overlap.overlap(condition, output, overlap.step_distance(flags, written + size - 1))]
    for position in (THEN, OTHERWISE):
        source = graph.input_tensor(op, position)
        read = overlap.places(output.shape, broadcast.input_strides(source.shape, rank)) * size
        found += overlap.overlap(source, output, overlap.run_distance(read, written, size))
    return overlap.widest(found)


def choose_call(graph: Graph, op: Op, condition_shape: tuple[int, ...]) -> KernelCall:
    """The call of ``ef_choose``; the condition broadcasts from the shape given."""
    output = graph.output_tensor(op)
    condition, then, otherwise = (graph.input_tensor(op, position) for position in range(3))
    size = DTYPE_BYTES[output.dtype]
    loops = broadcast.merged_loops(output.shape, [condition_shape, then.shape, otherwise.shape])
    counts, flags, left, right = ([loop[column] for loop in loops] for column in range(4))
    return KernelCall(
        function="ef_choose",
        header="ef_choose.h",
        args=(tensor_arg(condition), tensor_arg(then), tensor_arg(otherwise), TensorArg(output.id)),
        params_type="ef_choose_params",
        params=(
            ("element_bytes", size),
            ("shape", four_dims(counts)),
            ("condition_step", four_dims(flags, 0)),
            ("input1_step", four_dims([step * size for step in left], 0)),
            ("input2_step", four_dims([step * size for step in right], 0)),
        ),
        overlaps=_overlaps(graph, op, condition_shape),
    )
