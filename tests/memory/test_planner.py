"""The planner against hand-made cases, brute force and the separately written checker."""

from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from random_graphs import activation, chain, constant, graphs

from edgeflow.errors import InternalError
from edgeflow.ir.graph import Graph, Op, Tensor
from edgeflow.memory.checker import check_plan
from edgeflow.memory.layout import free_ranges, tightest
from edgeflow.memory.planner import plan_memory

# name: (graph, scratch, arena bytes at alignment 4)
CASES = {
    "two tensors stand side by side": (chain(16, 32), {}, 48),
    "the third takes the place of the first": (chain(16, 32, 16), {}, 48),
    "a tensor smaller than the alignment is padded": (chain(3, 5), {}, 12),
    "scratch adds to its operator": (chain(16, 32), {0: 8}, 56),
    "scratch of a small operator hides under the peak": (chain(100, 100, 4, 4), {2: 40}, 200),
    "reshape needs no second buffer": (chain(64, 64, kinds=["RESHAPE"]), {}, 64),
    "a chain of reshapes is one buffer": (chain(64, 64, 64, 8, kinds=["RESHAPE", "RESHAPE", "ADD"]), {}, 72),
    "no operator, the input is the output": (Graph({0: activation(0, 10)}, (), (0,), (0,)), {}, 12),
}


@pytest.mark.parametrize("case", CASES)
def test_arena_of_hand_made_graph(case):
    graph, scratch, arena_bytes = CASES[case]
    plan = plan_memory(graph, scratch)
    check_plan(graph, plan, scratch)
    assert plan.arena_bytes == arena_bytes == plan.lower_bound_bytes


def test_reshape_shares_the_offset_of_its_input():
    plan = plan_memory(chain(8, 64, 64, 4, kinds=["ADD", "RESHAPE", "ADD"]), {})
    offsets = plan.tensor_offsets()
    assert offsets[1] == offsets[2]
    assert len({offsets[0], offsets[1], offsets[3]}) > 1


def test_reshape_with_a_branch_keeps_the_buffer_to_the_last_reader():
    """t1 is reshaped to t2, t2 is read early, t1 late: nothing may take the buffer in between."""
    tensors = {i: activation(i, 40) for i in range(6)}
    ops = (
        Op(0, "ADD", 1, (0,), (1,)),
        Op(1, "RESHAPE", 1, (1,), (2,)),
        Op(2, "ADD", 1, (2,), (3,)),
        Op(3, "ADD", 1, (3,), (4,)),
        Op(4, "ADD", 1, (4, 1), (5,)),
    )
    graph = Graph(tensors, ops, (0,), (5,))
    plan = plan_memory(graph, {})
    check_plan(graph, plan, {})
    assert plan.arena_bytes == 120


def test_reshape_of_a_constant_is_a_copy_into_the_arena():
    tensors = {0: activation(0, 8), 1: constant(1, 8), 2: activation(2, 8), 3: activation(3, 8)}
    ops = (Op(0, "RESHAPE", 1, (1,), (2,)), Op(1, "ADD", 1, (0, 2), (3,)))
    graph = Graph(tensors, ops, (0,), (3,))
    plan = plan_memory(graph, {})
    check_plan(graph, plan, {})
    assert set(plan.tensor_offsets()) == {0, 2, 3}


def test_graph_output_survives_to_the_end():
    """t1 is an output written by the first operator: nothing later may reuse its place."""
    tensors = {i: activation(i, 40) for i in range(5)}
    ops = tuple(Op(i, "ADD", 1, (i,), (i + 1,)) for i in range(4))
    plan = plan_memory(Graph(tensors, ops, (0,), (1, 4)), {})
    place = {p.tensor_id: p for p in plan.placements}
    assert (place[1].first_op, place[1].last_op) == (0, 3)
    for other in (2, 3, 4):
        assert place[other].end_bytes <= place[1].offset_bytes or place[other].offset_bytes >= 40


def test_output_that_is_an_input_too_and_given_twice():
    graph = Graph({0: activation(0, 8), 1: activation(1, 8)}, (Op(0, "ADD", 1, (0,), (1,)),), (0,), (0, 1, 1))
    plan = plan_memory(graph, {})
    check_plan(graph, plan, {})
    assert plan.arena_bytes == 16


def test_unread_inputs_have_places_of_their_own():
    """The caller writes all inputs before the first operator, also those that nobody reads."""
    tensors = {0: activation(0, 12), 1: activation(1, 12), 2: activation(2, 4)}
    graph = Graph(tensors, (Op(0, "ADD", 1, (0,), (2,)),), (0, 1), (2,))
    plan = plan_memory(graph, {})
    check_plan(graph, plan, {})
    assert plan.tensor_offsets()[0] != plan.tensor_offsets()[1]


@pytest.mark.parametrize(("dtype", "alignment"), [("int8", 4), ("float32", 4), ("int64", 8)])
def test_alignment_follows_the_largest_element(dtype, alignment):
    graph = Graph(
        {0: activation(0, 16, dtype), 1: activation(1, 3)}, (Op(0, "QUANTIZE", 1, (0,), (1,)),), (0,), (1,)
    )
    assert plan_memory(graph, {}).alignment_bytes == alignment


def test_a_larger_alignment_is_kept():
    graph, scratch = chain(5, 7, 9), {1: 3}
    plan = plan_memory(graph, scratch, alignment_bytes=16)
    check_plan(graph, plan, scratch)
    assert {p.offset_bytes % 16 for p in plan.placements} == {0}
    assert plan.arena_bytes == 48


def test_reading_what_nobody_wrote_is_a_defect():
    tensors = {0: activation(0, 4), 1: activation(1, 4), 2: activation(2, 4)}
    with pytest.raises(InternalError, match="before it is written"):
        plan_memory(Graph(tensors, (Op(0, "ADD", 1, (0, 1), (2,)),), (0,), (2,)), {})
    with pytest.raises(InternalError, match="never written"):
        plan_memory(Graph(tensors, (), (0,), (2,)), {})


def test_a_residual_network_reaches_the_lower_bound():
    """Two blocks with skip connections: the shape of ResNet-8's first half."""
    sizes = [3072, 16384, 16384, 16384, 16384, 8192, 8192, 8192, 8192]
    tensors = {i: Tensor(i, f"t{i}", (1, size), "int8") for i, size in enumerate(sizes)}
    wiring = [((0,), 1), ((1,), 2), ((2,), 3), ((1, 3), 4), ((4,), 5), ((5,), 6), ((4,), 7), ((6, 7), 8)]
    ops = tuple(Op(i, "ADD", 1, ins, (out,)) for i, (ins, out) in enumerate(wiring))
    plan = plan_memory(Graph(tensors, ops, (0,), (8,)), {})
    assert plan.arena_bytes == plan.lower_bound_bytes == 49152


@pytest.mark.parametrize(
    ("taken", "size", "offset"),
    [
        ([], 8, 0),
        ([(8, 16)], 8, 0),
        ([(8, 16)], 12, 16),
        ([(16, 20), (28, 32), (48, 60)], 8, 20),  # gaps of 16, 8 and 16: the tightest
        ([(16, 20), (28, 32), (48, 60)], 12, 0),  # two gaps of 16: the lower
        ([(0, 40), (8, 16)], 8, 40),  # one inside another
    ],
)
def test_best_fit_takes_the_tightest_gap(taken, size, offset):
    assert tightest(free_ranges([(start - size, stop) for start, stop in taken])) == offset


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.integers(-6, 20), st.integers(-6, 20)), max_size=6))
def test_free_ranges_are_all_offsets_outside_the_forbidden_ones(forbidden):
    ranges = free_ranges(forbidden)
    free = {o for o in range(30) if not any(start < o < stop for start, stop in forbidden)}
    assert {o for o in range(30) for low, high in ranges if low <= o and (o <= high or high < 0)} == free


def test_repair_of_an_order_finds_what_no_order_does():
    """Skip connections found by search: every order alone needs 120 bytes, the repaired one 112."""
    wiring = [(0, 0), (1, 0), (2, 0), (3, 3)]
    tensors = {i: activation(i, size) for i, size in enumerate([40, 8, 32, 40, 48])}
    ops = tuple(Op(i, "ADD", 1, inputs, (i + 1,)) for i, inputs in enumerate(wiring))
    graph = Graph(tensors, ops, (0,), (4,))
    plan = plan_memory(graph, {})
    check_plan(graph, plan, {})
    assert plan.arena_bytes == plan.lower_bound_bytes == 112


@settings(max_examples=100, deadline=None)
@given(graphs())
def test_checker_accepts_every_plan(case):
    graph, scratch = case
    plan = plan_memory(graph, scratch)
    check_plan(graph, plan, scratch)
    assert plan.arena_bytes >= plan.lower_bound_bytes
    assert plan == plan_memory(graph, scratch)


@settings(max_examples=60, deadline=None)
@given(graphs(max_ops=4))
def test_small_plans_are_near_the_optimum(case):
    graph, scratch = case
    plan = plan_memory(graph, scratch, alias_ops=())
    if len(plan.placements) > 6:
        return
    best = smallest_arena(plan)
    assert plan.lower_bound_bytes <= best <= plan.arena_bytes <= 1.25 * best


def smallest_arena(plan):
    """Brute force: some order of first-fit placement is optimal, so all orders are tried."""
    sizes = [-(-p.byte_count // plan.alignment_bytes) * plan.alignment_bytes for p in plan.placements]
    alive = [set(range(p.first_op, p.last_op + 1)) for p in plan.placements]
    return min(first_fit(order, sizes, alive) for order in permutations(range(len(sizes))))


def first_fit(order, sizes, alive):
    placed = []
    for index in order:
        taken = [(at, at + sizes[other]) for other, at in placed if alive[index] & alive[other]]
        candidates = sorted({0, *(stop for _, stop in taken)})
        size = sizes[index]
        offset = next(c for c in candidates if all(c + size <= low or c >= high for low, high in taken))
        placed.append((index, offset))
    return max(offset + sizes[index] for index, offset in placed)
