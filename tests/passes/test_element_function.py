"""The arithmetic that proofs by enumeration rest on: the same bytes as the C kernels on all named cases."""

import numpy as np
import pytest
from cases import CASES
from kernel_harness import run_graph
from op_graphs import graph_of as graph_of_case
from small_graphs import const8, graph_of, op, q8

from edgeflow.ops.registry import lower
from edgeflow.passes.element_function import (
    KINDS,
    every_value,
    is_elementwise,
    outcome,
    results_by_value,
    uniform_value,
)


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_the_arithmetic_is_that_of_the_kernels(kind, kernels):
    compared = 0
    for case in (case for case in CASES if case.kind == kind):
        graph = graph_of_case(case)
        if not is_elementwise(graph, graph.ops[0]):
            continue
        for feed in case.feeds:
            arrays = run_graph(kernels, graph, lower, feed)
            found = outcome(graph, graph.ops[0], [arrays[i] for i in graph.ops[0].inputs])
            output = arrays[graph.ops[0].outputs[0]]
            assert found.dtype == output.dtype, case.name
            np.testing.assert_array_equal(np.broadcast_to(found, output.shape), output, case.name)
            compared += 1
    assert compared > 0


def test_operators_that_look_at_other_elements_have_no_such_function():
    graphs = [(case.kind, graph_of_case(case)) for case in CASES]
    assert {kind for kind, graph in graphs if is_elementwise(graph, graph.ops[0])} == KINDS


def test_every_value_of_a_type():
    assert every_value("int8").tolist() == list(range(-128, 128))
    assert every_value("uint8").dtype == np.uint8


def test_the_value_of_a_uniform_constant():
    assert uniform_value(const8(0, [[3, 3], [3, 3]])).tolist() == [3]
    assert uniform_value(const8(0, [3, 4])) is None
    assert uniform_value(q8(0, (2,))) is None


@pytest.mark.parametrize(
    ("inputs", "shape", "known"),
    [
        ([0, 1], (1, 4), True),
        ([1, 0], (1, 4), True),
        ([0, 2], (1, 4), False),  # values differ
        ([0, 0], (1, 4), False),  # two reads
        ([3, 1], (1, 4), False),  # the input is repeated
    ],
)
def test_results_by_value(inputs, shape, known):
    tensors = [q8(0, (1, 4)), const8(1, [[5]]), const8(2, [[1, 2, 3, 4]]), q8(3, (1, 1)), q8(4, shape)]
    if inputs == [3, 1]:
        tensors[1] = const8(1, [[5] * 4])
    graph = graph_of(tensors, [op(0, "ADD", inputs, [4])], [0, 3], [4])
    results = results_by_value(graph, graph.ops[0])
    assert (results is not None) == known
    if known:
        assert results.tolist() == [min(q + 5, 127) for q in range(-128, 128)]


def test_an_absent_input_has_no_values():
    graph = graph_of([const8(0, [3]), q8(1, (1,))], [op(0, "MINIMUM", (0, None), (1,))], (), (1,))
    assert results_by_value(graph, graph.ops[0]) is None
