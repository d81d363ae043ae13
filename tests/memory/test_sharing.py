"""Buffers that share memory: hand-made cases, brute force over all offsets, and the checker."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from random_graphs import activation, chain, graphs, overlaps_of

from edgeflow.errors import InternalError
from edgeflow.ir.graph import Graph, Op
from edgeflow.ir.overlap import Overlap
from edgeflow.memory.checker import check_plan
from edgeflow.memory.planner import plan_memory


def planned(graph, overlaps, scratch=None):
    plan = plan_memory(graph, scratch or {}, overlaps=overlaps)
    check_plan(graph, plan, scratch or {}, overlaps=overlaps)
    return plan


def forked(outputs=(2,)):
    """t1 and t2 are both made of t0."""
    tensors = {i: activation(i, 16) for i in range(3)}
    return Graph(tensors, (Op(0, "ADD", 1, (0,), (1,)), Op(1, "ADD", 1, (0,), (2,))), (0,), outputs)


# name: (graph, overlaps, arena bytes)
CASES = {
    "in place": (chain(16, 16), {0: (Overlap(0, 1, 0),)}, 16),
    "a distance is rounded up to the alignment": (chain(16, 16), {0: (Overlap(0, 1, 1),)}, 20),
    "a larger output holds its input at the end": (chain(16, 64), {0: (Overlap(0, 1, 48),)}, 64),
    "a distance as large as the output shares nothing": (chain(16, 16), {0: (Overlap(0, 1, 16),)}, 32),
    "a negative distance": (chain(64, 16), {0: (Overlap(0, 1, -48),)}, 64),
    "distances of a chain add up": (chain(16, 16, 16), {i: (Overlap(i, i + 1, 4),) for i in (0, 1)}, 24),
    "only the last reader may overwrite": (forked(), {0: (Overlap(0, 1, 0),), 1: (Overlap(0, 2, 0),)}, 32),
    "a graph output is never overwritten": (
        replace(chain(16, 16), outputs=(0, 1)),
        {0: (Overlap(0, 1, 0),)},
        32,
    ),
    "a scratch buffer is not shared": (chain(16, 16), {0: (Overlap(0, 1, 0),)}, 24),
}
SCRATCH = {"a scratch buffer is not shared": {0: 8}}


@pytest.mark.parametrize("case", CASES)
def test_arena_of_hand_made_graph(case):
    graph, overlaps, arena_bytes = CASES[case]
    assert planned(graph, overlaps, SCRATCH.get(case)).arena_bytes == arena_bytes


def test_a_variable_is_never_overwritten():
    """Also by the last operator, where its life in this run ends."""
    value = np.zeros((1, 16), np.int8)
    value.setflags(write=False)
    tensors = {i: activation(i, 16) for i in range(3)}
    graph = Graph(tensors, (Op(0, "ADD", 1, (0, 1), (2,)),), (0,), (2,), {1: value})
    plan = planned(graph, {0: (Overlap(0, 2, 0), Overlap(1, 2, 0))})
    assert [(s.input_id, s.shared_bytes) for s in plan.overlaps] == [(0, 16)]


def test_an_updated_variable_takes_no_bytes_of_what_it_is_updated_with():
    """The copy into the variable may run in place, but the variable holds its value before as well."""
    value = np.zeros((1, 16), np.int8)
    value.setflags(write=False)
    tensors = {i: activation(i, 16) for i in range(3)}
    ops = (Op(0, "ASSIGN_VARIABLE", 1, (0,), (), updates=(1,)), Op(1, "ADD", 1, (1,), (2,)))
    plan = planned(Graph(tensors, ops, (0,), (2,), {1: value}), {0: (Overlap(0, 1, 0),)})
    assert plan.overlaps == ()
    assert plan.arena_bytes == 32


def test_two_inputs_side_by_side_in_the_output():
    """A concatenation whose inputs lie where they are copied to."""
    tensors = {0: activation(0, 16), 1: activation(1, 24), 2: activation(2, 40)}
    graph = Graph(tensors, (Op(0, "CONCATENATION", 1, (0, 1), (2,)),), (0, 1), (2,))
    plan = planned(graph, {0: (Overlap(0, 2, 0), Overlap(1, 2, 16))})
    assert plan.arena_bytes == plan.lower_bound_bytes == 40
    assert [(s.input_id, s.shared_bytes) for s in plan.overlaps] == [(0, 16), (1, 24)]


def test_an_input_under_two_names_must_allow_both():
    """t1 is t0 reshaped; the operator reads both, and only t0 may be overwritten."""
    tensors = {i: activation(i, 16) for i in range(3)}
    ops = (Op(0, "RESHAPE", 1, (0,), (1,)), Op(1, "ADD", 1, (0, 1), (2,)))
    graph = Graph(tensors, ops, (0,), (2,))
    assert planned(graph, {1: (Overlap(0, 2, 0),)}).arena_bytes == 32
    assert planned(graph, {1: (Overlap(0, 2, 0), Overlap(1, 2, 4))}).arena_bytes == 20


@settings(max_examples=60, deadline=None)
@given(graphs(), st.data())
def test_checker_accepts_every_plan_with_overlaps(case, data):
    graph, scratch = case
    overlaps = data.draw(overlaps_of(graph))
    plan = planned(graph, overlaps, scratch)
    assert plan.lower_bound_bytes <= plan.arena_bytes <= plan_memory(graph, scratch).arena_bytes
    assert plan == plan_memory(graph, scratch, overlaps=overlaps)


@settings(max_examples=60, deadline=None)
@given(graphs(), st.data())
def test_an_output_too_near_to_its_input_is_refused(case, data):
    graph, scratch = case
    overlaps = data.draw(overlaps_of(graph))
    plan = planned(graph, overlaps, scratch)
    assume(plan.overlaps)
    shared = data.draw(st.sampled_from(plan.overlaps))
    by_index = dict(overlaps)
    offsets = plan.tensor_offsets()
    needed = offsets[shared.input_id] - offsets[shared.output_id] + 1
    by_index[shared.op_index] = tuple(
        replace(each, distance_bytes=needed)
        if (each.input_id, each.output_id) == (shared.input_id, shared.output_id)
        else each
        for each in overlaps[shared.op_index]
    )
    with pytest.raises(InternalError, match=f"with less than {needed} bytes between their begins"):
        check_plan(graph, plan, scratch, overlaps=by_index)
    del by_index[shared.op_index]
    with pytest.raises(InternalError, match="overlap in"):
        check_plan(graph, plan, scratch, overlaps=by_index)


@settings(max_examples=60, deadline=None)
@given(graphs(), st.data())
def test_an_input_that_is_read_again_is_missed(case, data):
    """The plan of a shorter graph, with a later operator that reads what was overwritten."""
    graph, scratch = case
    overlaps = data.draw(overlaps_of(graph))
    plan = planned(graph, overlaps, scratch)
    assume(plan.overlaps)
    shared = data.draw(st.sampled_from(plan.overlaps))
    last = len(graph.ops) - 1
    longer = tuple(replace(p, last_op=last) if p.tensor_id == shared.input_id else p for p in plan.placements)
    later = replace(graph, outputs=(*graph.outputs, shared.input_id))
    with pytest.raises(InternalError, match="is overwritten when the caller reads it"):
        check_plan(later, replace(plan, placements=longer), scratch, overlaps=overlaps)


SMALL = graphs(max_ops=3, sizes=st.integers(1, 5).map(lambda units: 4 * units))


@settings(max_examples=60, deadline=None)
@given(SMALL, st.data())
def test_small_plans_are_the_smallest_where_no_distance_is_negative(case, data):
    """The search tries every order of few buffers, and one of them is optimal."""
    graph, scratch = case
    plan, best = planned_and_smallest(graph, scratch, data.draw(overlaps_of(graph, least=0)))
    assert plan.lower_bound_bytes <= best == plan.arena_bytes


@settings(max_examples=60, deadline=None, derandomize=True)
@given(SMALL, st.data())
def test_small_plans_are_near_the_smallest(case, data):
    """With negative distances the search is a heuristic: of 4000 random graphs 3 needed 9 to 11 % more."""
    graph, scratch = case
    plan, best = planned_and_smallest(graph, scratch, data.draw(overlaps_of(graph)))
    assert plan.lower_bound_bytes <= best <= plan.arena_bytes <= 1.25 * best


def test_an_output_that_the_caller_reads_leaves_room_to_share():
    """Found once with 28 bytes: t1 and t3 share eight of them beside t0."""
    tensors = {0: activation(0, 4), 1: activation(1, 12), 3: activation(3, 12)}
    graph = Graph(tensors, (Op(0, "CONV_2D", 1, (0, 1), (3,)),), (0, 1), (0,))
    plan, best = planned_and_smallest(graph, {}, {0: (Overlap(1, 3, 1),)})
    assert plan.arena_bytes == best == 20


def planned_and_smallest(graph, scratch, overlaps):
    """The plan, and the arena found by brute force; only of few buffers."""
    plan = plan_memory(graph, scratch, alias_ops=(), overlaps=overlaps)
    assume(len(plan.placements) <= 5)
    return plan, smallest_arena(graph, plan, overlaps)


def smallest_arena(graph, plan, overlaps):
    """Brute force: every arena from nothing on, every offset of every buffer in it."""
    places = plan.placements
    arena = 0
    while not fits(graph, places, overlaps, arena, ()):
        arena += plan.alignment_bytes
    return arena


def fits(graph, places, overlaps, arena, offsets):
    """Whether the remaining buffers find offsets beside those already given."""
    if len(offsets) == len(places):
        return True
    size = places[len(offsets)].byte_count
    return any(
        all(compatible(graph, places, overlaps, (*offsets, o), other) for other in range(len(offsets)))
        and fits(graph, places, overlaps, arena, (*offsets, o))
        for o in range(0, arena - size + 1, 4)
    )


def compatible(graph, places, overlaps, offsets, other):
    """Whether the last buffer and another may lie as they do."""
    this = len(offsets) - 1
    a, b = places[this], places[other]
    alive = set(range(a.first_op, a.last_op + 1)) & set(range(b.first_op, b.last_op + 1))
    at, other_at = offsets[this], offsets[other]
    if not alive or at + a.byte_count <= other_at or other_at + b.byte_count <= at:
        return True
    return any(
        len(alive) == 1
        and source.tensor_id not in graph.outputs
        and source.last_op == output.first_op
        and (each.input_id, each.output_id) == (source.tensor_id, output.tensor_id)
        and output_at + each.distance_bytes <= source_at
        for source, source_at, output, output_at in (
            (a, at, b, other_at),
            (b, other_at, a, at),
        )
        if None not in (source.tensor_id, output.tensor_id)
        for op in graph.ops[output.first_op : output.first_op + 1]
        for each in overlaps.get(op.index, ())
    )
