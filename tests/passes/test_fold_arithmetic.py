"""fold_arithmetic: graph in, graph out, and the same bytes from the C kernels."""

from dataclasses import replace

import numpy as np
import pytest
from small_graphs import assert_same_outputs, const8, graph_of, op, q8, text_of

from edgeflow.ir.text import format_graph
from edgeflow.passes.fold_arithmetic import fold_arithmetic

SHAPE = (1, 64, 4)


def steps(*parts, shown=()):
    """RELU, then operators with constants: each (kind, values, scale of them, scale and zero point after).

    ``values`` in a tuple stand before the element.
    """
    tensors = [q8(0, SHAPE, 0.2), q8(1, SHAPE)]
    ops = [op(0, "RELU", [0], [1])]
    for i, (kind, values, scale, after) in enumerate(parts, start=1):
        first = isinstance(values, tuple)
        tensors += [q8(i + 1, SHAPE, *after), const8(20 + i, values, scale)]
        ops.append(op(i, kind, [20 + i, i] if first else [i, 20 + i], [i + 1]))
    return graph_of(tensors, ops, [0], [len(parts) + 1, *shown])


SAME = (0.1, 0)


def folded(graph, kernels):
    left = fold_arithmetic(graph)
    assert_same_outputs(graph, left, kernels)
    return left


NOTHING = {
    "add_zeros": ("ADD", np.zeros((1, 1, 4)), 0.1, SAME),
    "zeros_before": ("ADD", (0, 0, 0, 0), 0.1, SAME),
    "add_less_than_half_a_step": ("ADD", [[4]], 0.01, SAME),
    "some_zero_some_little": ("ADD", [0, 1, 2, 3], 0.01, SAME),
    "subtract_zeros": ("SUB", [0], 0.1, SAME),
    "times_one": ("MUL", [100], 0.01, SAME),
    "times_nearly_one": ("MUL", [127, 127, 127, 127], 1 / 127.1, SAME),
}


@pytest.mark.parametrize("name", NOTHING)
def test_gone(name, kernels):
    left = folded(steps(NOTHING[name], ("MUL", [50], 0.03, (0.2, 9))), kernels)
    assert [o.kind for o in left.ops] == ["RELU", "MUL"]


def test_the_text_before_and_after():
    graph = steps(NOTHING["add_zeros"], ("MUL", [50], 0.03, (0.2, 9)))
    assert text_of(graph)[1:] == ["#1 ADD v1 (%1, %21)", "#2 MUL v1 (%2, %22)"]
    assert text_of(fold_arithmetic(graph))[1:] == ["#2 MUL v1 (%1, %22)"]


ONE = {
    "up_and_up": (("ADD", [3], 0.1, SAME), ("ADD", [4], 0.1, SAME), [7]),
    "down_and_down": (("SUB", [3, 9, 1, 0], 0.1, SAME), ("SUB", [[5]], 0.1, SAME), [[8, 14, 6, 5]]),
    "per_channel_and_per_row": (
        ("ADD", [1, 2, 3, 4], 0.1, SAME),
        ("ADD", np.arange(64).reshape(64, 1) // 4, 0.1, SAME),
        (np.arange(64).reshape(64, 1) // 4 + [1, 2, 3, 4]).tolist(),
    ),
    "times_nothing_in_the_end": (("MUL", [-1], 1.0, SAME), ("MUL", [0], 1.0, SAME), [0]),
}


@pytest.mark.parametrize("name", ONE)
def test_one_for_two(name, kernels):
    first, second, values = ONE[name]
    graph = steps(first, second)
    left = folded(graph, kernels)
    assert [(o.index, o.kind) for o in left.ops] == [(0, "RELU"), (2, second[0])]
    assert left.ops[1].absorbed == (f"{first[0]} #1",)
    constant = left.tensors[left.ops[1].inputs[1]]
    assert constant.id < 0
    assert constant.data.tolist() == values


def test_three_become_one(kernels):
    left = folded(steps(*(("ADD", [i], 0.1, SAME) for i in (2, 3, 4))), kernels)
    assert [o.absorbed for o in left.ops] == [(), ("ADD #1", "ADD #2")]
    assert left.tensors[left.ops[1].inputs[1]].data.tolist() == [9]


STAYS = {
    "limits_on_the_way": (("ADD", [9], 0.1, SAME), ("ADD", [-4], 0.1, SAME)),
    "too_large_for_one": (("ADD", [100], 0.1, SAME), ("ADD", [100], 0.1, SAME)),
    "rounds_on_the_way": (("MUL", [77], 0.01, SAME), ("MUL", [99], 0.01, (0.07, 3))),
    "another_scale_after": (("ADD", [0], 0.1, (0.11, 0)), ("MUL", [3], 0.1, SAME)),
    "one_constant_of_four_changes": (("ADD", [0, 0, 9, 0], 0.1, SAME), ("MUL", [3], 0.1, (0.07, 1))),
}


@pytest.mark.parametrize("name", STAYS)
def test_stays(name):
    graph = steps(*STAYS[name])
    assert format_graph(fold_arithmetic(graph)) == format_graph(graph)


def test_what_is_read_between_stays():
    graph = steps(*ONE["up_and_up"][:2], shown=(2,))
    assert fold_arithmetic(graph).ops == graph.ops


def test_two_activations_are_no_constant():
    graph = steps(("ADD", [0], 0.1, SAME), ("ADD", [5], 0.1, SAME))
    added = replace(graph.ops[1], inputs=(1, 1))
    graph = replace(graph, ops=(graph.ops[0], added, graph.ops[2]))
    assert fold_arithmetic(graph).ops == graph.ops


def test_a_repeated_element_stays():
    """The constant has the larger shape: the output is no tensor of the input's."""
    graph = steps(("ADD", [3], 0.1, SAME))
    tensors = {**graph.tensors, 2: q8(2, (2, 64, 4)), 21: const8(21, np.zeros((2, 64, 4)))}
    graph = replace(graph, tensors=tensors)
    assert fold_arithmetic(graph).ops == graph.ops


def test_a_variable_may_change_before_it_is_read_again():
    graph = steps(*ONE["up_and_up"][:2])
    state = replace(graph, ops=graph.ops[1:], inputs=(), variables={1: np.zeros(SHAPE, np.int8)})
    assert fold_arithmetic(state).ops == state.ops
