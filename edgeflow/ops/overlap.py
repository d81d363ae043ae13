"""How far an output must lie below an input for a kernel to write no byte that it still has to read.

A kernel is a sequence of steps, each of which reads and then writes. Over a distance D (input offset
minus output offset) the write of output byte w destroys input byte w - D, so D must exceed w - r for
every byte r that a later step reads. The largest of these differences plus one is the least distance
(diagonal memory optimisation: Kuhn et al., arXiv 2010.01668); one byte less and the kernel is wrong.
The functions here follow the loops of the plain C kernels, none of which has `restrict` pointers.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt

from edgeflow.ir.graph import DTYPE_BYTES, Tensor
from edgeflow.ir.overlap import Overlap

Places = npt.NDArray[np.int64]

# The first place that a step reads when it reads nothing; minus this the last that it writes.
NO_PLACE = 2**60


def step_distance(first_reads: Places, last_writes: Places) -> int:
    """The least distance of a kernel whose k-th step reads from ``first_reads[k]`` on, then writes.

    ``last_writes[k]`` is the last byte that the step writes.
    """
    if len(first_reads) < 2:
        return -NO_PLACE
    written = np.maximum.accumulate(last_writes[:-1])
    return int((written - _still_read(first_reads)).max()) + 1


def _still_read(first_reads: Places) -> Places:
    """For each step but the last, the first place that a later step reads."""
    return np.minimum.accumulate(first_reads[:0:-1])[::-1]


def elementwise_distance(input_bytes: int, output_bytes: int, count: int) -> int:
    """Element after element in ascending order, each read before it is written; sizes of one element."""
    if count < 2:
        return -NO_PLACE
    return max((step + 1) * (output_bytes - input_bytes) for step in (0, count - 2))


def window_distance(starts: Places, output_c: int, groups: int = 1, group_c: int = 1) -> int:
    """Output positions in ascending order, and at each one channel after another.

    Args:
        starts: for each position the first input element that it reads, ``NO_PLACE`` for none.
        output_c: channels written at a position, in ``groups`` of equal size.
        groups: group g reads from ``starts + g * group_c`` on, for every one of its channels again.
        group_c: input channels of a group.
    """
    position = np.arange(len(starts), dtype=np.int64) * output_c
    per_group = output_c // groups
    gaps = [position[:-1] + output_c - 1 - _still_read(starts)]
    # Inside a position the gaps grow or shrink evenly from group to group: the ends are enough.
    if per_group > 1:
        gaps += [position + (g + 1) * per_group - 2 - starts - g * group_c for g in (0, groups - 1)]
    if groups > 1:
        gaps += [position + (g + 1) * per_group - 1 - starts - (g + 1) * group_c for g in (0, groups - 2)]
    return max((int(gap.max()) + 1 for gap in gaps if len(gap)), default=-NO_PLACE)


def run_distance(reads: Places, writes: Places, run: int) -> int:
    """Runs of bytes copied one after another, byte by byte, between the given first places."""
    inside = int((writes - reads).max()) if run > 1 else -NO_PLACE
    return max(inside, step_distance(reads, writes + run - 1))


def places(counts: Sequence[int], steps: Sequence[int], first: int = 0) -> Places:
    """The places that nested loops visit, in their order: ``first`` plus index times step of each."""
    found = np.array([first], np.int64)
    for count, step in zip(counts, steps, strict=True):
        found = np.add.outer(found, np.arange(count, dtype=np.int64) * step).reshape(-1)
    return found


def table_places(tables: Sequence[Sequence[int]], steps: Sequence[int]) -> Places:
    """The places that nested loops over the tables visit: each entry times the step of its loop."""
    found = np.zeros(1, np.int64)
    for table, step in zip(tables, steps, strict=True):
        found = np.add.outer(found, np.array(table, np.int64) * step).reshape(-1)
    return found


def row_starts(first_rows: Places, first_columns: Places, row: int, column: int) -> Places:
    """For each pair of output row and column the first input element; ``NO_PLACE`` stays itself."""
    absent = np.logical_or.outer(first_rows == NO_PLACE, first_columns == NO_PLACE)
    rows, columns = (np.where(first == NO_PLACE, 0, first) for first in (first_rows, first_columns))
    starts = np.add.outer(rows * row, columns * column)
    return np.where(absent, NO_PLACE, starts).reshape(-1)


def in_batches(starts: Places, batches: int, input_size: int) -> Places:
    """The starts of one batch repeated for all of them, ``input_size`` elements apart."""
    present = np.where(starts == NO_PLACE, 0, starts)
    repeated = np.add.outer(np.arange(batches, dtype=np.int64) * input_size, present)
    return np.where(starts == NO_PLACE, NO_PLACE, repeated).reshape(-1)


def overlap(
    source: Tensor, output: Tensor, distance_bytes: int, *, in_place: bool = False
) -> tuple[Overlap, ...]:
    """The overlap of one input, or none where it would save nothing or is not allowed in C.

    A C compiler may take it that objects of different types do not overlap unless one is of
    character type, which the 8-bit types are.
    """
    sizes = {DTYPE_BYTES[source.dtype], DTYPE_BYTES[output.dtype]}
    alike = source.dtype == output.dtype or 1 in sizes
    if source.is_constant or not alike or (distance_bytes >= output.byte_count and not in_place):
        return ()
    # Where the output begins behind the input, or ends before it, there is nothing left to share.
    distance_bytes = min(max(distance_bytes, -source.byte_count), output.byte_count)
    return (Overlap(source.id, output.id, distance_bytes, in_place),)


def scratch_overlap(source: Tensor, distance_bytes: int) -> tuple[Overlap, ...]:
    """Where the scratch memory may share bytes with an input that is read into it."""
    return () if source.is_constant else (Overlap(source.id, None, distance_bytes),)


def element_overlap(source: Tensor, output: Tensor, distance: int) -> tuple[Overlap, ...]:
    """As ``overlap`` with a distance in elements, for a kernel whose input and output have one type."""
    return overlap(source, output, distance * DTYPE_BYTES[source.dtype])


def widest(overlaps: Iterable[Overlap]) -> tuple[Overlap, ...]:
    """One overlap for each pair of tensors, with the largest distance: an input may be read twice."""
    pairs: dict[tuple[int, int | None], int] = {}
    for each in overlaps:
        pair = (each.input_id, each.output_id)
        pairs[pair] = max(pairs.get(pair, -NO_PLACE), each.distance_bytes)
    return tuple(Overlap(*pair, distance) for pair, distance in pairs.items())
