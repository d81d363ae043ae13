"""The plan that TFLite Micro makes online."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edgeflow.tflm.greedy import PlannedBuffer, greedy_offsets, planned_bytes

# name -> buffers as (bytes, first use, last use, fixed offset), offsets
CASES = {
    "none": ([], []),
    "one": ([(32, 0, 1)], [0]),
    "the largest first": ([(16, 0, 1), (64, 0, 1)], [64, 0]),
    "of equal ones the last first": ([(32, 0, 1), (32, 1, 2), (32, 1, 1)], [64, 32, 0]),
    "apart in time": ([(32, 0, 1), (32, 2, 3)], [0, 0]),
    "into a gap": ([(64, 0, 1), (48, 0, 0), (48, 1, 1), (32, 0, 0)], [0, 64, 64, 112]),
    "into the first gap, not the smallest": (
        [(16, 2, 2), (64, 0, 1, 0), (32, 2, 2, 64), (16, 2, 2, 112)],
        [0, 0, 64, 112],
    ),
    "a fixed offset is kept": ([(64, 0, 1, 128), (32, 0, 1)], [128, 0]),
    "before a fixed one that leaves no room": ([(64, 0, 1, 16), (32, 0, 1)], [16, 80]),
}


def buffers(rows):
    return [PlannedBuffer(*row) for row in rows]


@pytest.mark.parametrize("name", CASES)
def test_named_cases(name):
    rows, offsets = CASES[name]
    assert greedy_offsets(buffers(rows)) == offsets


def test_bytes_are_the_highest_end():
    assert planned_bytes([]) == 0
    assert planned_bytes(buffers([(64, 0, 1, 128), (32, 0, 1)])) == 192


ROWS = st.tuples(st.integers(1, 20), st.integers(0, 8), st.integers(0, 4))


@settings(max_examples=100, deadline=None)
@given(st.lists(ROWS, max_size=12))
def test_what_lives_together_lies_apart(rows):
    placed = buffers([(16 * size, first, first + length) for size, first, length in rows])
    offsets = greedy_offsets(placed)
    for i, (a, start) in enumerate(zip(placed, offsets, strict=True)):
        for b, other in list(zip(placed, offsets, strict=True))[:i]:
            together = a.first_use <= b.last_use and b.first_use <= a.last_use
            assert not together or start + a.byte_count <= other or other + b.byte_count <= start
    live = [sum(b.byte_count for b in placed if b.first_use <= t <= b.last_use) for t in range(14)]
    assert planned_bytes(placed) >= max(live)
