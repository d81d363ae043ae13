"""The memory plan: where every activation and every scratch buffer lies in the arena."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from itertools import accumulate
from typing import Literal

# A stripe is a buffer for some rows of a tensor that is never stored whole.
Role = Literal["tensor", "scratch", "stripe"]


@dataclass(frozen=True, slots=True)
class Placement:
    """A byte range of the arena and the operators during which it holds a value.

    ``tensor_id`` is None for a stripe, and for scratch, whose one operator is at ``first_op``.
    ``first_op`` and ``last_op`` are positions in execution order (``Graph.ops``), both inclusive.
    """

    tensor_id: int | None
    name: str
    role: Role
    offset_bytes: int
    byte_count: int
    first_op: int
    last_op: int

    @property
    def end_bytes(self) -> int:
        """The first byte behind the range."""
        return self.offset_bytes + self.byte_count


@dataclass(frozen=True, slots=True)
class SharedBytes:
    """Bytes that an operator's output takes from an input that nobody needs any more.

    Its scratch memory does so where ``output_id`` is None. ``distance_bytes`` is how far below the
    input the output has to begin at least.
    """

    op_index: int
    input_id: int
    output_id: int | None
    distance_bytes: int
    shared_bytes: int


@dataclass(frozen=True, slots=True)
class RegionUse:
    """The part of the arena in one memory region: ``index`` is its place among those that were given.

    ``capacity_bytes`` is None for a region without limit.
    """

    index: int
    capacity_bytes: int | None
    used_bytes: int


@dataclass(frozen=True, slots=True)
class MemoryPlan:
    """All placements of a graph.

    The arena is cut into ``regions`` where it does not fit the first: each holds the bytes behind those
    of the one before, and no buffer lies in two. Without ``regions`` it is one piece.

    Offsets are multiples of ``alignment_bytes``. ``lower_bound_bytes`` is the largest sum of
    buffers alive at one operator, less what they can share there at best: no plan in this operator
    order can need less.
    """

    arena_bytes: int
    lower_bound_bytes: int
    alignment_bytes: int
    placements: tuple[Placement, ...]
    overlaps: tuple[SharedBytes, ...] = ()
    regions: tuple[RegionUse, ...] = ()

    def region_starts(self) -> tuple[int, ...]:
        """The offset at which each region's part of the arena begins."""
        return tuple(accumulate((region.used_bytes for region in self.regions[:-1]), initial=0))

    def region_place(self, offset_bytes: int) -> tuple[int, int]:
        """Which of ``regions`` an offset of the arena lies in, and the offset within it."""
        starts = self.region_starts()
        position = bisect_right(starts, offset_bytes) - 1
        return position, offset_bytes - starts[position]

    def tensor_offsets(self) -> dict[int, int]:
        """Arena offset in bytes of every placed tensor, by tensor id."""
        return {p.tensor_id: p.offset_bytes for p in self.placements if p.tensor_id is not None}

    def scratch_offsets(self) -> dict[int, int]:
        """Arena offset in bytes of every scratch buffer, by position of its operator."""
        return {p.first_op: p.offset_bytes for p in self.placements if p.role == "scratch"}


def align_up(byte_count: int, alignment_bytes: int) -> int:
    """The smallest multiple of the alignment that is not below ``byte_count``."""
    return -(-byte_count // alignment_bytes) * alignment_bytes
