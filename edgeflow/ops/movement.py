"""Operators that only move elements: as strided copies, or as a gather by tables of indices."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from edgeflow.ir.graph import DTYPE_BYTES, Graph, Op, Tensor
from edgeflow.ops import overlap
from edgeflow.ops.lowering import contiguous_strides, tensor_arg
from edgeflow.ops.spec import ConstArray, KernelCall, ParamValue, TensorArg

# A loop over `count` elements that are `input_step` apart in the input, `output_step` in the output.
Loop = tuple[int, int, int]

MAX_LOOPS = 5
MAX_TABLES = 4
MAX_TABLE_INDEX = 2**15 - 1


def same_dtype(graph: Graph, op: Op) -> bool:
    """Input and outputs have one element type."""
    dtypes = {graph.output_tensor(op, position).dtype for position in range(len(op.outputs))}
    return dtypes == {graph.input_tensor(op, 0).dtype}


def rank_to_5(graph: Graph, op: Op) -> bool:
    """The input has one to five dimensions, none empty."""
    shape = graph.input_tensor(op, 0).shape
    return 1 <= len(shape) <= MAX_LOOPS and min(shape) >= 1


def rank_to_4(graph: Graph, op: Op) -> bool:
    """The input has one to four dimensions of 1 to 32767 elements."""
    shape = graph.input_tensor(op, 0).shape
    return 1 <= len(shape) <= MAX_TABLES and min(shape) >= 1 and max(shape) <= MAX_TABLE_INDEX


def constant_ints(tensor: Tensor | None) -> list[int] | None:
    """The elements of an int32 or int64 constant, or None for anything else."""
    if tensor is None or tensor.data is None or tensor.dtype not in {"int32", "int64"}:
        return None
    return [int(value) for value in np.asarray(tensor.data).reshape(-1).tolist()]


def int_inputs(graph: Graph, op: Op, position: int) -> list[int]:
    """The elements of a constant that the operator's rules guarantee.

    Raises:
        ValueError: the rules were not checked before.
    """
    values = constant_ints(graph.optional_tensor(op, position))
    if values is None:
        raise ValueError(f"{op.kind} #{op.index} has no integer constant at input {position}")
    return values


def axis_in(rank: int, axis: object) -> int | None:
    """A dimension counted from the front, or None when the tensor has no such dimension."""
    if isinstance(axis, bool) or not isinstance(axis, int) or not -rank <= axis < rank:
        return None
    return axis % rank


def _merged(loops: Sequence[Loop]) -> list[Loop]:
    """The same elements by as few loops as possible, the outermost first."""
    merged: list[Loop] = []
    for count, input_step, output_step in reversed(loops):
        if count == 1:
            continue
        if merged:
            inner_count, inner_in, inner_out = merged[-1]
            if (input_step, output_step) == (inner_in * inner_count, inner_out * inner_count):
                merged[-1] = (count * inner_count, inner_in, inner_out)
                continue
        merged.append((count, input_step, output_step))
    return merged[::-1]


def copy_call(
    source: Tensor, output: Tensor, loops: Sequence[Loop], input_first: int = 0, output_first: int = 0
) -> KernelCall:
    """The call of ``ef_strided_copy``; steps and first places are in elements."""
    size = DTYPE_BYTES[source.dtype]
    merged, run = _merged(loops), 1
    if merged and merged[-1][1:] == (1, 1):
        run = merged.pop()[0]
    padded = [(1, 0, 0)] * (MAX_LOOPS - len(merged)) + merged
    counts = [count for count, _, _ in merged]
    reads = overlap.places(counts, [step * size for _, step, _ in merged], input_first * size)
    writes = overlap.places(counts, [step * size for _, _, step in merged], output_first * size)
    return KernelCall(
        function="ef_strided_copy",
        header="ef_strided_copy.h",
        args=(tensor_arg(source), TensorArg(output.id)),
        params_type="ef_strided_copy_params",
        params=(
            ("run_bytes", run * size),
            ("count", tuple(count for count, _, _ in padded)),
            ("input_step", tuple(step * size for _, step, _ in padded)),
            ("output_step", tuple(step * size for _, _, step in padded)),
            ("input_first", input_first * size),
            ("output_first", output_first * size),
        ),
        overlaps=overlap.overlap(source, output, overlap.run_distance(reads, writes, run * size)),
    )


def part_call(
    source: Tensor,
    output: Tensor,
    shape: Sequence[int],
    *,
    taken: Sequence[int] | None = None,
    placed: Sequence[int] | None = None,
) -> KernelCall:
    """Copy a block of ``shape`` that starts at ``taken`` in the input and ``placed`` in the output."""
    rank = len(shape)
    input_steps = contiguous_strides(source.shape)
    output_steps = contiguous_strides(output.shape)
    return copy_call(
        source,
        output,
        list(zip(shape, input_steps, output_steps, strict=True)),
        sum(a * b for a, b in zip(taken or [0] * rank, input_steps, strict=True)),
        sum(a * b for a, b in zip(placed or [0] * rank, output_steps, strict=True)),
    )


def table_call(source: Tensor, output: Tensor, tables: Sequence[Sequence[int]]) -> KernelCall:
    """The call of ``ef_table_copy``: output index i of a dimension reads input index ``table[i]``.

    There is a table per dimension of the input; trailing ones that change nothing become one run.
    """
    size = DTYPE_BYTES[source.dtype]
    kept = [list(table) for table in tables]
    steps = list(contiguous_strides(source.shape))
    run = 1
    while kept and kept[-1] == list(range(source.shape[len(kept) - 1])):
        run *= len(kept.pop())
        steps.pop()
    kept, steps = _without_ones(kept, steps)
    missing = MAX_TABLES - len(kept)
    counts = (1,) * missing + tuple(map(len, kept))
    bytes_apart = (0,) * missing + tuple(step * size for step in steps)
    arrays: list[ParamValue] = [None] * missing + [_table(table) for table in kept]
    reads = overlap.table_places(kept, [step * size for step in steps])
    writes = overlap.places([len(reads)], [run * size])
    return KernelCall(
        function="ef_table_copy",
        header="ef_table_copy.h",
        args=(tensor_arg(source), TensorArg(output.id)),
        params_type="ef_table_copy_params",
        params=(
            ("run_bytes", run * size),
            ("count", counts),
            ("input_step", bytes_apart),
            *((f"index{position}", array) for position, array in enumerate(arrays)),
        ),
        overlaps=overlap.overlap(source, output, overlap.run_distance(reads, writes, run * size)),
    )


def _without_ones(tables: list[list[int]], steps: list[int]) -> tuple[list[list[int]], list[int]]:
    """Without leading dimensions of one element that are read once."""
    while tables and tables[0] == [0]:
        tables, steps = tables[1:], steps[1:]
    return tables, steps


def _table(indices: list[int]) -> ParamValue:
    """The array of a table, null where every index stands for itself."""
    if indices == list(range(len(indices))):
        return None
    values: npt.NDArray[np.generic] = np.array(indices, np.int16)
    return ConstArray("table", values)
