"""Arenas cut over memory regions: hand-made cases, brute force, the checker, and what is refused."""

from dataclasses import replace
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from random_graphs import chain, graphs, overlaps_of

from edgeflow.errors import BudgetError, InternalError
from edgeflow.memory.checker import check_plan
from edgeflow.memory.liveness import live_buffers
from edgeflow.memory.plan import RegionUse, align_up
from edgeflow.memory.planner import plan_in_best_order, plan_memory

# name: (byte counts of a chain, regions, parts of the arena as (region, bytes))
CASES = {
    "all fits the first": ([16, 32, 16], [48, 100], [(0, 48)]),
    "one buffer must go to the second": ([40, 40, 40], [64, 64], [(0, 40), (1, 40)]),
    "the first is too small for any buffer": ([40, 40], [32, 100], [(1, 80)]),
    "a region between is too small": ([40, 40], [40, 8, 40], [(0, 40), (2, 40)]),
    "three regions": ([40, 48], [40, 4, 48], [(0, 40), (2, 48)]),
    "a region's odd bytes hold nothing": ([40, 40], [43, 43], [(0, 40), (1, 40)]),
}


@pytest.mark.parametrize("case", CASES)
def test_parts_of_hand_made_graph(case):
    byte_counts, regions, parts = CASES[case]
    graph = chain(*byte_counts)
    plan = plan_memory(graph, {}, regions=regions)
    check_plan(graph, plan, {}, regions=regions)
    assert [(use.index, use.used_bytes) for use in plan.regions] == parts
    assert [use.capacity_bytes for use in plan.regions] == [regions[use.index] for use in plan.regions]
    assert plan.arena_bytes == sum(size for _, size in parts)


def test_places_within_a_region():
    plan = plan_memory(chain(40, 24), {}, regions=[40, 40])
    assert plan.region_starts() == (0, 40)
    assert {plan.region_place(offset) for offset in plan.tensor_offsets().values()} == {(0, 0), (1, 0)}
    assert plan.region_place(63) == (1, 23)


def test_the_need_is_named_when_it_exceeds_all_regions():
    with pytest.raises(
        BudgetError, match=r"needs 80 bytes at .*#0.* does not fit memory regions of 40 and 32 bytes$"
    ) as refused:
        plan_memory(chain(40, 40, 8), {}, regions=[40, 32])
    assert refused.value.hint.startswith("alive there: `t0` with 40 bytes, `t1` with 40 bytes; ")
    assert "edgeflow check --advise" in refused.value.hint


def test_a_buffer_larger_than_each_region_is_named():
    with pytest.raises(BudgetError, match=r"in two of them \(largest: `t1` with 60 bytes\)"):
        plan_memory(chain(8, 60, 8), {}, regions=[48, 48])


def test_the_scratch_is_named_when_it_is_the_largest():
    with pytest.raises(BudgetError, match=r"largest: the scratch of .* with 60 bytes"):
        plan_memory(chain(8, 8, 8), {1: 60}, regions=[48, 48])


@settings(max_examples=60, deadline=None)
@given(graphs(max_ops=8), st.data())
def test_checker_accepts_every_plan_that_is_made(case, data):
    """Capacities from hopeless to plenty; what is made holds, and the first region is used first."""
    graph, scratch = case
    overlaps = data.draw(overlaps_of(graph))
    whole = plan_memory(graph, scratch, overlaps=overlaps)
    capacity = st.integers(1, max(8, whole.arena_bytes))
    regions = data.draw(st.lists(capacity, min_size=1, max_size=3))
    try:
        ordered, plan = plan_in_best_order(graph, scratch, overlaps=overlaps, regions=regions)
    except BudgetError:
        assert regions[0] < whole.arena_bytes
        return
    check_plan(ordered, plan, scratch, overlaps=overlaps, regions=regions)
    assert plan.arena_bytes >= plan.lower_bound_bytes
    if whole.arena_bytes <= regions[0]:
        assert len(plan.regions) == 1


@settings(max_examples=60, deadline=None)
@given(graphs(max_ops=4), st.data())
def test_what_some_order_of_first_fit_holds_is_planned(case, data):
    """Brute force over all orders: of small graphs no plan is missed that first fit finds in any."""
    graph, scratch = case
    whole = plan_memory(graph, scratch)
    buffers = [
        (align_up(b.byte_count, whole.alignment_bytes), b.interval.first_op, b.interval.last_op)
        for b in live_buffers(graph, scratch, ("RESHAPE",))
    ]
    if len(buffers) > 6 or whole.arena_bytes < 8:
        return
    first = data.draw(st.integers(1, whole.arena_bytes))
    regions = [first, whole.arena_bytes - first + data.draw(st.integers(0, 16))]
    try:
        plan_memory(graph, scratch, regions=regions)
    except BudgetError:
        assert not any(fits(order, regions, whole.alignment_bytes) for order in permutations(buffers))


def fits(order, regions, alignment):
    """True if first fit in this order leaves no buffer over."""
    placed = []
    for size, first, last in order:
        for region, capacity in enumerate(regions):
            alive = [p for p in placed if p[0] == region and p[3] <= last and first <= p[4]]
            starts = sorted({0, *(at + other for _, at, other, _, _ in alive)})
            free = [
                at
                for at in starts
                if at + size <= capacity // alignment * alignment
                and all(at + size <= a or a + other <= at for _, a, other, _, _ in alive)
            ]
            if free:
                placed.append((region, free[0], size, first, last))
                break
        else:
            return False
    return True


def test_a_buffer_across_a_border_is_refused():
    graph = chain(40, 40)
    plan = plan_memory(graph, {}, regions=[64, 64])
    wrong = replace(plan, regions=(RegionUse(0, 64, 44), RegionUse(1, 64, 36)))
    with pytest.raises(InternalError, match="lies across two memory regions"):
        check_plan(graph, wrong, {}, regions=[64, 64])


@pytest.mark.parametrize(
    ("uses", "fault"),
    [
        ([(0, 80)], "region 0 holds 80 bytes, more than its 64"),
        ([(0, 40), (2, 40)], "no region 2"),
        ([(1, 40), (0, 40)], "no region 0 behind region 1"),
        ([(0, 40)], "the regions hold 40 bytes, the arena 80"),
    ],
)
def test_wrong_regions_are_named(uses, fault):
    graph = chain(40, 40)
    plan = plan_memory(graph, {}, regions=[64, 64])
    wrong = replace(plan, regions=tuple(RegionUse(index, 64, used) for index, used in uses))
    with pytest.raises(InternalError, match=fault):
        check_plan(graph, wrong, {}, regions=[64, 64])
