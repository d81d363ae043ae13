"""The overlaps of an operator from those of its calls."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product

import numpy as np

from edgeflow.ir.graph import Graph, Tensor
from edgeflow.ir.overlap import Overlap
from edgeflow.ops.overlap import NO_PLACE, Places, overlap, places, step_distance
from edgeflow.ops.spec import KernelCall, TensorArg

# Where each run of bytes is read and written, and its length.
Runs = tuple[Places, Places, int]


def operator_overlaps(graph: Graph, calls: Sequence[KernelCall]) -> tuple[Overlap, ...]:
    """Where an operator's outputs may share memory with its inputs.

    Of several calls one may write what a later one has to read. That is known of copies, which say
    themselves what they touch; an operator with other calls allows no overlap.
    """
    if len(calls) == 1:
        return calls[0].overlaps
    if any(call.function != "ef_strided_copy" for call in calls):
        return ()
    return tuple(_copied(graph, calls))


def _copied(graph: Graph, calls: Sequence[KernelCall]) -> Iterator[Overlap]:
    copies = [(*_ends(graph, call), _runs(call)) for call in calls]
    sources = {source.id: source for source, _, _ in copies}
    outputs = {output.id: output for _, output, _ in copies}
    for source, output in product(sources.values(), outputs.values()):
        if source.is_constant:
            continue
        parts = [(runs, read is source, written is output) for read, written, runs in copies]
        yield from overlap(source, output, _distance(parts))


def _distance(parts: Sequence[tuple[Runs, bool, bool]]) -> int:
    """The distance over all copies; of each, whether it reads the input and writes the output."""
    inside = [
        int((writes - reads).max())
        for (reads, writes, run), is_read, is_written in parts
        if is_read and is_written and run > 1
    ]
    first_reads = [reads if is_read else np.full_like(reads, NO_PLACE) for (reads, _, _), is_read, _ in parts]
    last_writes = [
        writes + run - 1 if is_written else np.full_like(writes, -NO_PLACE)
        for (_, writes, run), _, is_written in parts
    ]
    return max(*inside, step_distance(np.concatenate(first_reads), np.concatenate(last_writes)), -NO_PLACE)


def _ends(graph: Graph, call: KernelCall) -> tuple[Tensor, Tensor]:
    source, output = (graph.tensors[arg.tensor_id] for arg in call.args if isinstance(arg, TensorArg))
    return source, output


def _runs(call: KernelCall) -> Runs:
    """What a call of ``ef_strided_copy`` touches."""
    params = dict(call.params)

    def ints(name: str) -> tuple[int, ...]:
        value = params[name]
        if isinstance(value, tuple):
            return value
        return (value,) if isinstance(value, int) else ()

    counts, (run,) = ints("count"), ints("run_bytes")
    reads = places(counts, ints("input_step"), *ints("input_first"))
    return reads, places(counts, ints("output_step"), *ints("output_first")), run
