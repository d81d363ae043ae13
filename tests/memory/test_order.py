"""The order of operators: against all topological orders of small graphs, and on large ones."""

from dataclasses import replace
from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from random_graphs import activation, chain, graphs, overlaps_of

from edgeflow.ir.graph import Graph, Op
from edgeflow.ir.overlap import Overlap
from edgeflow.ir.verify import first_fault
from edgeflow.memory.checker import check_plan
from edgeflow.memory.order import order_operators
from edgeflow.memory.planner import plan_in_best_order, plan_memory

ALIAS = ("RESHAPE",)


def ordered(graph, scratch=None, overlaps=None):
    found = order_operators(graph, scratch or {}, ALIAS, 4, overlaps or {})
    assert first_fault(found) is None
    assert sorted(op.index for op in found.ops) == sorted(op.index for op in graph.ops)
    return found


def bound(graph, scratch=None, overlaps=None):
    return plan_memory(graph, scratch or {}, ALIAS, overlaps=overlaps or {}).lower_bound_bytes


def two_branches():
    """Both branches grow to 80 bytes and shrink to 4; in the source they run side by side."""
    sizes = {0: 4, 1: 80, 2: 80, 3: 4, 4: 4, 5: 8}
    wiring = [((0,), 1), ((0,), 2), ((1,), 3), ((2,), 4), ((3, 4), 5)]
    ops = tuple(Op(i, "ADD", 1, read, (written,)) for i, (read, written) in enumerate(wiring))
    return Graph({i: activation(i, size) for i, size in sizes.items()}, ops, (0,), (5,))


def test_one_branch_after_the_other():
    graph = two_branches()
    found = ordered(graph)
    assert [op.index for op in found.ops] == [0, 2, 1, 3, 4]
    assert (bound(graph), bound(found)) == (164, 88)


def test_a_tie_leaves_the_order_alone():
    tensors = {i: activation(i, 16) for i in range(4)}
    ops = (Op(0, "ADD", 1, (0,), (1,)), Op(1, "ADD", 1, (0,), (2,)), Op(2, "ADD", 1, (1, 2), (3,)))
    for graph in (
        Graph(tensors, ops, (0,), (3,)),
        chain(16, 32, 16),
        Graph({0: activation(0, 8)}, (), (0,), (0,)),
    ):
        assert ordered(graph) is graph


def test_the_last_reader_may_run_in_place():
    """Either operator may be the last to read t0; only the second can write over it."""
    tensors = {0: activation(0, 40), 1: activation(1, 8), 2: activation(2, 40)}
    ops = (Op(0, "ADD", 1, (0,), (2,)), Op(1, "MEAN", 1, (0,), (1,)))
    graph = Graph(tensors, ops, (0,), (1, 2))
    overlaps = {0: (Overlap(0, 2, 0),)}
    found = ordered(graph, overlaps=overlaps)
    assert [op.index for op in found.ops] == [1, 0]
    assert (bound(graph, overlaps=overlaps), bound(found, overlaps=overlaps)) == (88, 48)


def test_reads_and_updates_of_a_variable_stay_in_order():
    """The branch that updates the variable would run first, were it not read before."""
    value = np.zeros((1, 8), np.int8)
    value.setflags(write=False)
    tensors = {i: activation(i, size) for i, size in enumerate([4, 80, 80, 4, 4, 8, 8])}
    ops = (
        Op(0, "ADD", 1, (0,), (1,)),
        Op(1, "ADD", 1, (0, 6), (2,)),  # reads the variable
        Op(2, "ADD", 1, (1,), (3,), updates=(6,)),
        Op(3, "ADD", 1, (2,), (4,)),
        Op(4, "ADD", 1, (3, 4, 6), (5,)),  # reads what #2 wrote
    )
    graph = Graph(tensors, ops, (0,), (5,), {6: value})
    found = [op.index for op in ordered(graph).ops]
    assert found.index(1) < found.index(2) < found.index(4)
    assert found == [1, 3, 0, 2, 4]


def unrolled(steps):
    """A recurrence over ``steps`` parts of the input, whose side products all run first in the source."""
    tensors = {0: activation(0, 4 * steps), 1: activation(1, 8)}
    parts = range(2, 2 + steps)
    tensors |= {i: activation(i, 4) for i in parts}
    ops = [Op(0, "SPLIT", 1, (0,), tuple(parts))]
    for part in parts:
        tensors[1000 + part] = activation(1000 + part, 40)
        ops.append(Op(len(ops), "FULLY_CONNECTED", 1, (part,), (1000 + part,)))
    state = 1
    for part in parts:
        tensors |= {2000 + part: activation(2000 + part, 40), 3000 + part: activation(3000 + part, 8)}
        ops.append(Op(len(ops), "ADD", 1, (state, 1000 + part), (2000 + part,)))
        ops.append(Op(len(ops), "MEAN", 1, (2000 + part,), (3000 + part,)))
        state = 3000 + part
    return Graph(tensors, tuple(ops), (0, 1), (state,))


@pytest.mark.parametrize("steps", [4, 120])
def test_an_unrolled_recurrence_makes_its_side_products_when_they_are_needed(steps):
    """Small graphs by exact search, large ones by the heuristic; both hold one side product at a time, so
    that beside it the parts of the input are most."""
    graph = unrolled(steps)
    found = ordered(graph)
    assert (bound(graph), bound(found)) == (8 + 40 * steps + 40, max(8 + 8 * steps, 8 + 4 * (steps - 1) + 80))
    assert found.ops == ordered(graph).ops


def topological_orders(graph):
    """Every order in which each operator comes behind those that write what it reads."""
    written = {i for op in graph.ops for i in op.outputs}

    def extended(order, done):
        if len(order) == len(graph.ops):
            yield replace(graph, ops=order)
        for op in graph.ops:
            if op not in order and written.intersection(op.inputs) <= done:
                yield from extended((*order, op), done | {*op.outputs})

    return extended((), set())


def test_all_topological_orders_are_the_legal_ones():
    """Of all permutations, those in which a check written separately finds no fault."""
    graph = two_branches()
    candidates = [replace(graph, ops=order) for order in permutations(graph.ops)]
    legal = [each for each in candidates if first_fault(each) is None]
    assert len(legal) == 6
    found = [[op.index for op in each.ops] for each in topological_orders(graph)]
    assert found == [[op.index for op in each.ops] for each in legal]


@settings(max_examples=40, deadline=None)
@given(graphs(max_ops=6), st.data())
def test_small_graphs_get_the_best_of_all_orders(case, data):
    graph, scratch = case
    overlaps = data.draw(overlaps_of(graph))
    read = {i for op in graph.ops for i in op.inputs}
    graph = replace(graph, inputs=tuple(i for i in graph.inputs if i in read or i in graph.outputs))
    best = min(bound(candidate, scratch, overlaps) for candidate in topological_orders(graph))
    assert bound(ordered(graph, scratch, overlaps), scratch, overlaps) == best


@settings(max_examples=60, deadline=None)
@given(graphs(max_ops=14), st.data())
def test_plans_in_the_best_order_hold_and_are_never_worse(case, data):
    graph, scratch = case
    overlaps = data.draw(overlaps_of(graph))
    found, plan = plan_in_best_order(graph, scratch, overlaps=overlaps)
    check_plan(found, plan, scratch, overlaps=overlaps)
    before = plan_memory(graph, scratch, overlaps=overlaps)
    assert plan.arena_bytes < before.arena_bytes or (found is graph and plan == before)
