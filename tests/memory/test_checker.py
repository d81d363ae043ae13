"""The checker refuses wrong plans: hand-made faults, and random damage to good plans."""

from dataclasses import replace

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from random_graphs import activation, chain, constant, graphs

from edgeflow.errors import InternalError
from edgeflow.ir.graph import Graph, Op
from edgeflow.memory.checker import check_plan
from edgeflow.memory.plan import MemoryPlan, Placement
from edgeflow.memory.planner import plan_memory

SCRATCH = {1: 8}
GRAPH = chain(16, 32, 16)


def place(tensor_id, offset, size, first, last, role="tensor"):
    return Placement(tensor_id, f"t{tensor_id}", role, offset, size, first, last)


def plan_of(*placements, arena=80, alignment=4):
    return MemoryPlan(arena, 0, alignment, placements)


INPUT, MIDDLE, OUTPUT = place(0, 0, 16, 0, 0), place(1, 16, 32, 0, 1), place(2, 0, 16, 1, 1)
SCRATCH_PLACE = place(None, 48, 8, 1, 1, "scratch")

FAULTS = {
    "overlap in": plan_of(INPUT, place(1, 12, 32, 0, 1), OUTPUT, SCRATCH_PLACE),
    "overlap in ADD": plan_of(INPUT, MIDDLE, OUTPUT, place(None, 44, 8, 1, 1, "scratch")),
    "not aligned to 4": plan_of(INPUT, place(1, 18, 32, 0, 1), OUTPUT, SCRATCH_PLACE),
    "leaves the arena of 52": plan_of(INPUT, MIDDLE, OUTPUT, SCRATCH_PLACE, arena=52),
    "`t0` leaves the arena": plan_of(place(0, -4, 16, 0, 0), MIDDLE, OUTPUT, SCRATCH_PLACE),
    "tensor 1 .* is missing": plan_of(INPUT, OUTPUT, SCRATCH_PLACE),
    "scratch of .* is missing": plan_of(INPUT, MIDDLE, OUTPUT),
    "has 31 bytes, not the 32": plan_of(INPUT, place(1, 16, 31, 0, 1), OUTPUT, SCRATCH_PLACE),
    "has 33 bytes, not the 32": plan_of(INPUT, place(1, 16, 33, 0, 1), OUTPUT, SCRATCH_PLACE),
    "has 4 bytes, not the 8": plan_of(INPUT, MIDDLE, OUTPUT, place(None, 48, 4, 1, 1, "scratch")),
    "placed twice": plan_of(INPUT, MIDDLE, OUTPUT, SCRATCH_PLACE, place(1, 60, 8, 0, 1)),
    "outside its lifetime": plan_of(INPUT, place(1, 16, 32, 0, 0), OUTPUT, SCRATCH_PLACE),
    "no tensor of the graph": plan_of(INPUT, MIDDLE, OUTPUT, SCRATCH_PLACE, place(9, 60, 8, 0, 1)),
}


def add_graph():
    return replace(GRAPH, ops=tuple(replace(op, kind="ADD") for op in GRAPH.ops))


def test_the_sound_plan_passes():
    check_plan(GRAPH, plan_of(INPUT, MIDDLE, OUTPUT, SCRATCH_PLACE), SCRATCH)


@pytest.mark.parametrize("fault", FAULTS)
def test_fault_is_named(fault):
    with pytest.raises(InternalError, match=fault):
        check_plan(add_graph(), FAULTS[fault], SCRATCH)


def test_a_value_destroyed_between_write_and_read_is_named():
    """t1 is read by the third operator, and the second writes over it."""
    tensors = {i: activation(i, 16) for i in range(4)}
    ops = (Op(0, "ADD", 1, (0,), (1,)), Op(1, "ADD", 1, (0,), (2,)), Op(2, "ADD", 1, (1, 2), (3,)))
    graph = Graph(tensors, ops, (0,), (3,))
    wrong = plan_of(
        place(0, 0, 16, 0, 1), place(1, 16, 16, 0, 2), place(2, 16, 16, 1, 2), place(3, 0, 16, 2, 2)
    )
    with pytest.raises(InternalError, match="`t1` is overwritten when ADD #2"):
        check_plan(graph, wrong, {})


def test_an_output_destroyed_before_the_caller_reads_it():
    graph = replace(chain(16, 16, 16), outputs=(1, 2))
    wrong = plan_of(place(0, 0, 16, 0, 0), place(1, 16, 16, 0, 1), place(2, 0, 16, 1, 1))
    check_plan(graph, wrong, {})
    longer = Graph(
        {**graph.tensors, 3: activation(3, 16)}, (*graph.ops, Op(2, "ADD", 1, (2,), (3,))), (0,), (1, 3)
    )
    late = plan_of(
        place(0, 0, 16, 0, 0), place(1, 16, 16, 0, 2), place(2, 0, 16, 1, 2), place(3, 16, 16, 2, 2)
    )
    with pytest.raises(InternalError, match="`t1` is overwritten when the caller reads it"):
        check_plan(longer, late, {})


def test_overlapping_inputs():
    graph = Graph({0: activation(0, 8), 1: activation(1, 8)}, (), (0, 1), (0,))
    with pytest.raises(InternalError, match="before the first operator"):
        check_plan(graph, plan_of(place(0, 0, 8, 0, 0), place(1, 4, 8, 0, 0)), {})


@pytest.mark.parametrize(("kind", "accepted"), [("RESHAPE", True), ("CONV_2D", False)])
def test_only_an_alias_operator_may_write_where_it_reads(kind, accepted):
    graph, plan = chain(16, 16, kinds=[kind]), plan_of(place(0, 0, 16, 0, 0), place(1, 0, 16, 0, 0))
    if accepted:
        check_plan(graph, plan, {})
        return
    with pytest.raises(InternalError, match="overlap"):
        check_plan(graph, plan, {})


def test_a_reshape_may_not_shift_its_input():
    with pytest.raises(InternalError, match="overlap"):
        check_plan(
            chain(16, 16, kinds=["RESHAPE"]), plan_of(place(0, 0, 16, 0, 0), place(1, 4, 16, 0, 0)), {}
        )


def test_a_constant_in_the_arena():
    tensors = {0: activation(0, 8), 1: constant(1, 8), 2: activation(2, 8)}
    graph = Graph(tensors, (Op(0, "ADD", 1, (0, 1), (2,)),), (0,), (2,))
    wrong = plan_of(place(0, 0, 8, 0, 0), place(1, 16, 8, 0, 0), place(2, 8, 8, 0, 0))
    with pytest.raises(InternalError, match="constant `t1` is in the arena"):
        check_plan(graph, wrong, {})


@settings(max_examples=100, deadline=None)
@given(graphs(), st.data())
def test_two_live_buffers_moved_onto_each_other_are_refused(case, data):
    """The damage: one placement gets the offset of another that is alive at the same time.

    An input that nobody reads may be overwritten by the first operator, so it does not count.
    """
    graph, scratch = case
    plan = plan_memory(graph, scratch)
    read = {None, *graph.outputs, *(i for op in graph.ops for i in (*op.inputs, *op.outputs))}
    pairs = [
        (a, b)
        for a in plan.placements
        for b in plan.placements
        if {a.tensor_id, b.tensor_id} <= read
        and a.offset_bytes != b.offset_bytes
        and a.first_op <= b.last_op
        and b.first_op <= a.last_op
    ]
    assume(pairs)
    victim, other = data.draw(st.sampled_from(pairs))
    moved = replace(victim, offset_bytes=other.offset_bytes)
    damaged = replace(
        plan,
        arena_bytes=plan.arena_bytes + victim.byte_count,
        placements=tuple(moved if p is victim else p for p in plan.placements),
    )
    with pytest.raises(InternalError, match=r"overlap|overwritten"):
        check_plan(graph, damaged, scratch)


@settings(max_examples=100, deadline=None)
@given(graphs(), st.data())
def test_a_plan_without_one_placement_is_refused(case, data):
    graph, scratch = case
    plan = plan_memory(graph, scratch)
    lost = data.draw(st.sampled_from(plan.placements))
    with pytest.raises(InternalError, match="missing"):
        check_plan(
            graph, replace(plan, placements=tuple(p for p in plan.placements if p is not lost)), scratch
        )


@settings(max_examples=100, deadline=None)
@given(graphs())
def test_an_arena_one_unit_smaller_is_refused(case):
    graph, scratch = case
    plan = plan_memory(graph, scratch)
    highest = max(p.end_bytes for p in plan.placements)
    with pytest.raises(InternalError, match="leaves the arena"):
        check_plan(graph, replace(plan, arena_bytes=highest - 1), scratch)
