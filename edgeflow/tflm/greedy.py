"""TFLite Micro's own memory plan: which bytes of the arena's head each buffer gets.

Follows the description in its ``docs/memory_management.md`` and the comments of
``memory_planner/greedy_memory_planner.h``: buffers with a given offset first, then the others by
falling size (of equal ones the last first), each into the first gap between buffers alive with it.
"""

from __future__ import annotations

from bisect import insort
from dataclasses import dataclass

BUFFER_ALIGNMENT_BYTES = 16


@dataclass(frozen=True, slots=True)
class PlannedBuffer:
    """A buffer to place: size as a multiple of 16, times of first and last use, -1 or a fixed offset."""

    byte_count: int
    first_use: int
    last_use: int
    offset_bytes: int = -1


def greedy_offsets(buffers: list[PlannedBuffer]) -> list[int]:
    """The offset of each buffer."""
    fixed = [i for i, buffer in enumerate(buffers) if buffer.offset_bytes != -1]
    free = [i for i, buffer in enumerate(buffers) if buffer.offset_bytes == -1]
    order = fixed + sorted(free, key=lambda i: (-buffers[i].byte_count, -i))
    placed: list[tuple[int, int, int]] = []  # offset, how many were placed before it, index
    offsets = [0] * len(buffers)
    for rank, index in enumerate(order):
        buffer = buffers[index]
        offset = buffer.offset_bytes
        if offset == -1:
            offset = _first_gap(buffer, [(o, buffers[i]) for o, _, i in placed])
        offsets[index] = offset
        insort(placed, (offset, rank, index))
    return offsets


def _first_gap(buffer: PlannedBuffer, placed: list[tuple[int, PlannedBuffer]]) -> int:
    candidate = 0
    for offset, other in placed:
        if other.first_use > buffer.last_use or buffer.first_use > other.last_use:
            continue
        if offset - candidate >= buffer.byte_count:
            break
        candidate = max(candidate, offset + other.byte_count)
    return candidate


def planned_bytes(buffers: list[PlannedBuffer]) -> int:
    """The end of the highest buffer."""
    offsets = greedy_offsets(buffers)
    return max((o + b.byte_count for o, b in zip(offsets, buffers, strict=True)), default=0)
