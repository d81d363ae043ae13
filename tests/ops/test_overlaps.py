"""Distances at which an output may overlap an input: the compiled kernels hold them, and need them."""

from dataclasses import replace
from functools import cache

import pytest
from cases import CASES
from hypothesis import given, settings
from hypothesis import strategies as st
from op_graphs import case_of, graph_of, outputs_at, plain_outputs

from edgeflow.ir.graph import DTYPE_BYTES, Tensor
from edgeflow.ir.overlap import Overlap
from edgeflow.ops.call_overlap import operator_overlaps
from edgeflow.ops.dsp.table import DSP_LOWERINGS
from edgeflow.ops.geometry import Window
from edgeflow.ops.mve.table import MVE_LOWERINGS
from edgeflow.ops.overlap import elementwise_distance, in_batches, row_starts, window_distance
from edgeflow.ops.overlap import overlap as overlap_of
from edgeflow.ops.registry import choices, lower
from edgeflow.ops.scalar.table import SCALAR_LOWERINGS


@cache
def lowered(place):
    """Graph, calls and overlaps of a case, which is named by its position and the kernels."""
    position, kernel_set = place
    graph = graph_of(CASES[position])
    calls = lower(graph, graph.ops[0], kernel_set)
    return graph, calls, tuple(o for o in operator_overlaps(graph, calls) if o.output_id is not None)


TABLES = {"dsp": DSP_LOWERINGS, "mve": MVE_LOWERINGS, "scalar": SCALAR_LOWERINGS}
KINDS = tuple(dict.fromkeys(case.kind for case in CASES))
# Lowered inside the tests: here every worker would do it once more, only to name them.
GROUPS = [("plain", kind) for kind in KINDS]
GROUPS += [(kernel_set, kind) for kernel_set, table in TABLES.items() for kind in KINDS if kind in table]


def places_of(kernel_set, kind):
    """The kind's cases for which the set has a kernel of its own."""
    places = [(i, kernel_set) for i, case in enumerate(CASES) if case.kind == kind]
    is_own = kernel_set == "plain"
    return [p for p in places if is_own or lowered(p)[1][0].function.endswith(f"_{kernel_set}")]


@cache
def all_places():
    """Every case with every set that has a kernel for it."""
    return [place for group in GROUPS for place in places_of(*group)]


def sharing():
    """Kernels whose output may overlap an input in some case."""
    return {lowered(place)[1][0].function for place in all_places() if lowered(place)[2]}


def title(place):
    """How a test names a case."""
    case = CASES[place[0]]
    return f"{case.kind}-{case.name}-{place[1]}"


def alignment_of(graph, overlap):
    """What C demands of both addresses."""
    return max(DTYPE_BYTES[graph.tensors[i].dtype] for i in (overlap.input_id, overlap.output_id))


def is_right_at(library, place, overlap, distance):
    """Whether every input set gives the bytes that it gives without overlap."""
    graph, calls, _ = lowered(place)
    case = CASES[place[0]]
    for feed, expected in zip(case.feeds, plain_outputs(case), strict=True):
        found = outputs_at(library, graph, calls, feed, overlap, distance)
        if [a.tobytes() for a in found] != [a.tobytes() for a in expected]:
            return False
    return True


@pytest.mark.parametrize(("kernel_set", "kind"), GROUPS)
def test_kernel_is_right_at_the_least_distance(kernel_set, kind, kernels):
    for place in places_of(kernel_set, kind):
        graph, _, overlaps = lowered(place)
        for overlap in overlaps:
            step = alignment_of(graph, overlap)
            least = -(-overlap.distance_bytes // step) * step
            assert is_right_at(kernels, place, overlap, least), title(place)


# Sets and kinds with a call that allows one place for input and output below the least distance.
IN_PLACE = {"dsp": ("DEPTHWISE_CONV_2D",), "mve": tuple(kind for kind in MVE_LOWERINGS if kind != "ADD")}


@pytest.mark.parametrize("kernel_set", IN_PLACE)
def test_kernel_is_right_in_the_very_same_place_where_it_says_so(kernel_set, kernels):
    """Whichever number of lines it gathers at a time; and it says so below the least distance."""
    in_place = []
    for place in (place for kind in IN_PLACE[kernel_set] for place in places_of(kernel_set, kind)):
        case, graph = CASES[place[0]], lowered(place)[0]
        expected = [[out.tobytes() for out in outputs] for outputs in plain_outputs(case)]
        for calls in choices(graph, graph.ops[0], kernel_set):
            in_place += [each for call in calls for each in call.overlaps]
            for overlap in (each for each in operator_overlaps(graph, calls) if each.in_place):
                found = [outputs_at(kernels, graph, calls, feed, overlap, 0) for feed in case.feeds]
                assert [[out.tobytes() for out in outputs] for outputs in found] == expected, title(place)
    assert sum(each.in_place and each.distance_bytes > 0 for each in in_place) >= 10
    assert any(not each.in_place for each in in_place)


# One byte too near destroys the lowest bits of a float's mantissa, which no rounding to 8 bits shows.
UNSEEN = {"ef_quantize_f32_s8", "ef_quantize_f32_u8"}


def test_every_kernel_breaks_one_step_below_the_least_distance(kernels):
    """One case of a kernel is enough: where a window's weight is 0, the destroyed byte does not show."""
    broken = dict.fromkeys(sharing(), False)
    for place in (place for place in all_places() if lowered(place)[2]):
        graph, calls, overlaps = lowered(place)
        for overlap in () if broken[calls[0].function] else overlaps:
            step = alignment_of(graph, overlap)
            least = -(-overlap.distance_bytes // step) * step
            broken[calls[0].function] |= not is_right_at(kernels, place, overlap, least - step)
    assert {function for function, seen in broken.items() if not seen} == UNSEEN


def test_every_kernel_but_fills_and_those_of_two_wide_types_allows_some_overlap():
    assert {lowered(place)[1][0].function for place in all_places()} - sharing() == {
        *("ef_fill_s8", "ef_fill_s16", "ef_lstm_s8", "ef_svdf_s8"),
        *("ef_quantize_f32_s16", "ef_dequantize_s16_f32", "ef_rescale_s16_s32"),
    }


def test_one_tensor_as_both_operands_has_one_distance():
    graph = graph_of(case_of("ADD", "rank_1"))
    doubled = replace(graph, ops=(replace(graph.ops[0], inputs=(0, 0)),), inputs=(0,))
    assert operator_overlaps(doubled, lower(doubled, doubled.ops[0])) == (Overlap(0, graph.outputs[0], 0),)


def test_an_operand_that_is_repeated_may_not_be_overwritten():
    """Each row of the output needs the whole channel vector again, up to the last row."""
    case = case_of("MUL", "channels")
    graph = graph_of(case)
    overlaps = {o.input_id: o.distance_bytes for o in operator_overlaps(graph, lower(graph, graph.ops[0]))}
    full, vector = sorted(graph.inputs, key=lambda i: -graph.tensors[i].byte_count)
    assert overlaps[full] == 0
    assert overlaps[vector] == graph.tensors[full].byte_count - graph.tensors[vector].byte_count


@pytest.mark.parametrize(
    ("kind", "name", "distances"),
    [("CONCATENATION", "rows_of_three", [0, 12, 72]), ("SPLIT", "batch", [0, -6])],
)
def test_contiguous_parts_lie_in_the_whole_where_they_belong(kind, name, distances):
    """Cut or joined along the outermost dimension, the copies could as well be left out."""
    graph = graph_of(case_of(kind, name))
    overlaps = operator_overlaps(graph, lower(graph, graph.ops[0]))
    assert [overlap.distance_bytes for overlap in overlaps] == distances


def test_types_that_a_compiler_may_take_as_apart():
    """Neither is of character type: int16 to float32."""
    left = Tensor(0, "x", (8,), "int16")
    assert overlap_of(left, Tensor(1, "y", (8,), "float32"), 0) == ()
    assert overlap_of(left, Tensor(1, "y", (8,), "int16"), 0) == (Overlap(0, 1, 0),)
    assert overlap_of(left, Tensor(1, "y", (8,), "int8"), 0) == (Overlap(0, 1, 0),)


@st.composite
def windows(draw):
    """A small layer: rows, columns, input size, batches, output channels, groups and channels of a group."""
    padding = draw(st.sampled_from(["SAME", "VALID"]))
    both = [
        Window(draw(st.integers(1, 4)), draw(st.integers(1, 3)), draw(st.integers(1, 3)), padding)
        for _ in "hw"
    ]
    size = [max(draw(st.integers(1, 5)), 1 if padding == "SAME" else w.reach) for w in both]
    groups = draw(st.integers(1, 3))
    return (
        both,
        size,
        draw(st.integers(1, 2)),
        groups * draw(st.integers(1, 3)),
        groups,
        draw(st.integers(1, 3)),
    )


def window_events(rows_columns, size, batches, output_c, groups, group_c):
    """What the loops of the convolutions and poolings read, in input elements, before each write."""
    (rows, columns), (h, w), depth = rows_columns, size, groups * group_c
    for n in range(batches):
        for oy in range(rows.output_size(h)):
            for ox in range(columns.output_size(w)):
                for o in range(output_c):
                    group = o // (output_c // groups)
                    yield [
                        ((n * h + y) * w + x) * depth + group * group_c + c
                        for ky in range(rows.kernel)
                        for kx in range(columns.kernel)
                        for y in [oy * rows.stride - rows.pad_before(h) + ky * rows.dilation]
                        for x in [ox * columns.stride - columns.pad_before(w) + kx * columns.dilation]
                        if 0 <= y < h and 0 <= x < w
                        for c in range(group_c)
                    ]


def is_safe(events, distance):
    """Play it through: no element is read that has been written over."""
    destroyed = set()
    for write, reads in enumerate(events):
        if not destroyed.isdisjoint(reads):
            return False
        destroyed.add(write - distance)
    return True


@settings(max_examples=60, deadline=None)
@given(windows())
def test_window_distance_is_the_least_safe_one(layer):
    (rows, columns), (h, w), batches, output_c, groups, group_c = layer
    depth = groups * group_c
    starts = row_starts(rows.first_reads(h), columns.first_reads(w), w * depth, depth)
    found = window_distance(in_batches(starts, batches, h * w * depth), output_c, groups, group_c)
    events = list(window_events(*layer))
    least = -batches * h * w * depth
    assert all(is_safe(events, distance) for distance in range(max(found, least), len(events) + 1))
    assert found <= least or not is_safe(events, found - 1)


@pytest.mark.parametrize(("input_bytes", "output_bytes"), [(1, 1), (4, 1), (1, 4), (2, 4), (2, 1)])
@pytest.mark.parametrize("count", [1, 2, 3, 7])
def test_elementwise_distance_is_the_least_safe_one(input_bytes, output_bytes, count):
    reads = [set(range(i * input_bytes, (i + 1) * input_bytes)) for i in range(count)]

    def is_right(distance):
        destroyed = set()
        for i, read in enumerate(reads):
            if destroyed & read:
                return False
            destroyed |= {i * output_bytes + k - distance for k in range(output_bytes)}
        return True

    found = max(elementwise_distance(input_bytes, output_bytes, count), -count * input_bytes)
    assert all(is_right(distance) for distance in range(found, count * output_bytes + 1))
    assert count == 1 or not is_right(found - 1)


def scratch_cases(places):
    """Those whose scratch memory may overlap an input, with that overlap."""
    overlaps = ((place, each) for place in places for each in lowered(place)[1][0].overlaps)
    return [(place, each) for place, each in overlaps if each.output_id is None]


@pytest.mark.parametrize(("kernel_set", "kind"), GROUPS)
def test_scratch_may_begin_the_least_distance_before_the_input(kernel_set, kind, kernels):
    for place, overlap in scratch_cases(places_of(kernel_set, kind)):
        assert is_right_at(kernels, place, overlap, overlap.distance_bytes), title(place)


def test_scratch_much_nearer_destroys_an_input(kernels):
    cases = scratch_cases(all_places())
    assert len(cases) >= 10
    wide = [(p, o) for p, o in cases if o.distance_bytes >= 16]
    assert not all(is_right_at(kernels, p, o, o.distance_bytes - 8) for p, o in wide)
