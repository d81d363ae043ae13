"""Regions in stripes: the same bytes as operator by operator, at every place their output may lie."""

from functools import partial
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from kernel_harness import run_graph
from striped_nets import RandomRegion, region_call, run_region

from edgeflow.codegen.stripes.candidates import is_region
from edgeflow.codegen.stripes.lowering import stand_in
from edgeflow.codegen.stripes.rows import Rows, reach_of, recomputed_rows, walk
from edgeflow.ops.registry import check_ops, lower, op_macs

SEEDS = st.integers(0, 10**6)
SETS = st.sampled_from(["plain", "scalar", "dsp", "mve"])


def feed_of(graph, seed):
    random = np.random.default_rng(seed)
    return {i: random.integers(-128, 128, graph.tensors[i].shape).astype(np.int8) for i in graph.inputs}


def expected(kernels, graph, feed):
    arrays = run_graph(kernels, graph, partial(lower, kernels="plain"), list(feed.values()))
    return arrays[graph.outputs[0]].tobytes()


@settings(max_examples=150, deadline=None)
@given(SEEDS, st.integers(1, 5), SETS, st.booleans(), st.booleans())
def test_stripes_give_the_bytes_of_whole_tensors(kernels, seed, rows, kernel_set, recompute, fastest):
    """Also where the output begins at the least distance before an input."""
    graph = RandomRegion(seed).graph
    check_ops(graph, "region")
    if not is_region(graph, graph.ops):
        return
    call = region_call(graph, graph.ops, rows, kernel_set, recompute=recompute, fastest=fastest)
    if call is None:  # no kernel takes all its stripes: some are a single window, which another computes
        return
    feed = feed_of(graph, seed)
    wanted = expected(kernels, graph, feed)
    assert run_region(kernels, graph, call, feed) == wanted
    for overlap in call.overlaps:
        found = run_region(kernels, graph, call, feed, overlap.input_id, overlap.distance_bytes)
        assert found == wanted


def turns_of(graph, rows, *, recompute=False):
    reaches = [reach_of(graph, op) for op in graph.ops]
    return walk(graph.ops, reaches, graph.output_tensor(graph.ops[-1]).shape[1], rows, recompute=recompute)


def regions(count):
    """Seeds whose nets are regions."""
    graphs = ((seed, RandomRegion(seed).graph) for seed in range(4 * count))
    return [(seed, graph) for seed, graph in graphs if is_region(graph, graph.ops)][:count]


def test_most_random_nets_are_regions():
    """Guards the tests here against having no case: joined, with windows, in several kinds."""
    found = regions(100)
    assert len(found) == 100
    kinds = {op.kind for _, graph in found for op in graph.ops}
    assert {"CONV_2D", "DEPTHWISE_CONV_2D", "ADD", "MUL", "RELU", "AVERAGE_POOL_2D", "MAX_POOL_2D"} <= kinds


@pytest.mark.parametrize("kernel_set", ["plain", "scalar", "dsp", "mve"])
def test_most_regions_have_calls_in_every_set(kernel_set):
    found = [region_call(graph, graph.ops, 2, kernel_set) is not None for _, graph in regions(40)]
    assert sum(found) >= 30


def test_a_region_breaks_one_byte_below_the_least_distance(kernels):
    """Not each does: the byte that is destroyed may meet a weight of 0, or change nothing that is seen."""
    broken = tried = 0
    for seed, graph in regions(40):
        call = region_call(graph, graph.ops, 1, "plain")
        feed = feed_of(graph, seed)
        for overlap in call.overlaps:
            tried += 1
            least = overlap.distance_bytes - 1
            broken += run_region(kernels, graph, call, feed, overlap.input_id, least) != expected(
                kernels, graph, feed
            )
    assert tried >= 30  # that few have no overlap
    assert broken >= 0.6 * tried


@settings(max_examples=100, deadline=None)
@given(SEEDS, st.integers(1, 6))
def test_carried_rows_are_computed_once_and_held_when_read(seed, rows):
    graph = RandomRegion(seed).graph
    if not is_region(graph, graph.ops):
        return
    turns = turns_of(graph, rows)
    for position, op in enumerate(graph.ops):
        written = [t.written for t in turns.turns[position] if t.written.count]
        assert all(a.end <= b.first for a, b in pairwise(written))
        assert recomputed_rows(turns.turns[position]) == 0
        for number, turn in enumerate(turns.turns[position]):
            for tensor_id, read in turn.read.items():
                if tensor_id in turns.held:
                    held = turns.held[tensor_id][number]
                    assert held.first <= read.first < read.end <= held.end, op
    assert [t.written for t in turns.turns[-1]][-1].end == graph.output_tensor(graph.ops[-1]).shape[1]


def test_a_region_that_recomputes_says_how_much():
    """A chain of 3 x 3 filters: the halo of each stripe runs again."""
    for _, graph in regions(60):
        carried = region_call(graph, graph.ops, 1, "plain").region
        again = region_call(graph, graph.ops, 1, "plain", recompute=True).region
        assert carried.recomputed_macs == 0
        by_stage = {stage.op.index: stage.recomputed_macs for stage in again.stages}
        turns = turns_of(graph, 1, recompute=True)
        for position, op in enumerate(graph.ops):
            height = graph.output_tensor(op).shape[1]
            wasted = sum(t.written.count for t in turns.turns[position]) - max(
                t.written.end for t in turns.turns[position]
            )
            assert by_stage[op.index] == max(0, wasted) * (op_macs(graph, op) // height)
    assert any(
        region_call(graph, graph.ops, 1, "plain", recompute=True).region.recomputed_macs
        for _, graph in regions(20)
    )


def test_buffers_hold_only_some_rows():
    """The point of it all: what lies between is smaller than the tensors."""
    smaller = 0
    found = regions(60)
    for _, graph in found:
        call = region_call(graph, graph.ops, 1, "plain", fastest=False)
        inner = sum(graph.output_tensor(op).byte_count for op in graph.ops[:-1])
        smaller += call.scratch_bytes < inner
    assert smaller > 0.7 * len(found)


def test_a_tensor_read_outside_is_no_inner_one():
    _, graph = regions(1)[0]
    first = graph.ops[0]
    assert not is_region(graph, graph.ops[:1])
    kept = type(graph)(graph.tensors, graph.ops, graph.inputs, (*graph.outputs, first.outputs[0]))
    assert not is_region(kept, graph.ops)
    assert stand_in(graph, graph.ops).inputs == tuple(
        i for i in stand_in(graph, graph.ops).inputs if i in graph.inputs
    )


@pytest.mark.parametrize(("first", "end"), [(0, 1), (3, 7), (8, 9)])
def test_padding_is_what_lies_outside(first, end):
    graph = next(
        g for _, g in regions(100) if g.ops[0].kind == "CONV_2D" and g.output_tensor(g.ops[0]).shape[1] >= 9
    )
    seen = reach_of(graph, graph.ops[0]).field(Rows(first, end))
    height = graph.input_tensor(graph.ops[0], 0).shape[1]
    assert 0 <= seen.rows.first < seen.rows.end <= height
    assert (seen.pad_top == 0) or seen.rows.first == 0
    assert (seen.pad_bottom == 0) or seen.rows.end == height
