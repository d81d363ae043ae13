"""fuse_lookup: graph in, graph out, and the same bytes from the C kernels."""

from dataclasses import replace

import numpy as np
import pytest
from small_graphs import activation, assert_same_outputs, const8, graph_of, op, q8, text_of

from edgeflow.ir.text import format_graph
from edgeflow.ops.registry import check_ops
from edgeflow.passes.fuse_lookup import fuse_lookup

SHAPE = (1, 256)


def elementwise(*steps, quants=None, constants=(), outputs=None):
    """Operators on tensors of one shape: step i, (kind, inputs...), writes tensor i + 1; input 0 is given."""
    quants = quants or {}
    tensors = [q8(i, SHAPE, *quants.get(i, (0.05 + i / 100, 3 * i))) for i in range(len(steps) + 1)]
    ops = [op(i, kind, inputs, [i + 1]) for i, (kind, *inputs) in enumerate(steps)]
    return graph_of([*tensors, *constants], ops, [0], outputs or [len(steps)])


SIGMOID = (1 / 256, -128)
FUSED = {
    "swish": elementwise(("LOGISTIC", 0), ("MUL", 0, 1), quants={1: SIGMOID}),
    "scaled_and_shifted": elementwise(
        ("MUL", 0, 20), ("ADD", 21, 1), constants=[const8(20, [77], 0.01), const8(21, [[-50]], 0.02, 3)]
    ),
    "square_of_a_curve": elementwise(("HARD_SWISH", 0), ("MUL", 1, 1)),
    "two_curves": elementwise(
        ("LOGISTIC", 0), ("TANH", 0), ("SUB", 1, 2), ("RELU", 3), quants={1: SIGMOID, 2: (1 / 128, 0)}
    ),
    "relu_then_requantized": elementwise(("RELU", 0), ("QUANTIZE", 1)),
    "a_constant_of_the_whole_shape": elementwise(
        ("MINIMUM", 0, 20), ("RELU", 1), constants=[const8(20, np.full(SHAPE, 90))]
    ),
}


@pytest.mark.parametrize("name", FUSED)
def test_fused(name, kernels):
    graph = FUSED[name]
    fused = fuse_lookup(graph)
    assert [(o.kind, o.inputs[0], o.outputs) for o in fused.ops] == [("LOOKUP", 0, graph.outputs)]
    assert fused.ops[0].absorbed == tuple(f"{o.kind} #{o.index}" for o in graph.ops)
    assert_same_outputs(graph, fused, kernels)


def test_the_text_before_and_after():
    assert text_of(FUSED["swish"]) == ["#0 LOGISTIC v1 (%0)", "#1 MUL v1 (%0, %1)"]
    fused = fuse_lookup(FUSED["swish"])
    assert text_of(fused) == ["#1 LOOKUP v1 (%0, %-1) absorbed LOGISTIC #0, MUL #1"]
    assert fused.tensors[-1].data.shape == (256,)


def test_through_float32_and_back(kernels):
    graph = elementwise(("DEQUANTIZE", 0), ("QUANTIZE", 1), ("TANH", 2), quants={3: (1 / 128, 0)})
    graph = replace(graph, tensors={**graph.tensors, 1: activation(1, SHAPE, "float32")})
    fused = fuse_lookup(graph)
    assert [o.kind for o in fused.ops] == ["LOOKUP"]
    assert_same_outputs(graph, fused, kernels)


def test_the_part_of_one_element(kernels):
    """What two inputs meet in is no function of either, but what stands before and after it is."""
    steps = [("RELU", 0), ("LOGISTIC", 1), ("ADD", 2, 10), ("TANH", 3), ("RELU", 4)]
    graph = elementwise(*steps, quants={2: SIGMOID, 4: (1 / 128, 0)}, constants=[q8(10, SHAPE)])
    graph = replace(graph, inputs=(0, 10))
    fused = fuse_lookup(graph)
    assert [(o.kind, o.index) for o in fused.ops] == [("LOOKUP", 1), ("ADD", 2), ("LOOKUP", 4)]
    assert_same_outputs(graph, fused, kernels)


STAYS = {
    "one_operator": elementwise(("LOGISTIC", 0), quants={1: SIGMOID}),
    "the_first_is_shown": elementwise(("RELU", 0), ("RELU6", 1), outputs=[2, 1]),
    "a_constant_per_channel": elementwise(
        ("MUL", 0, 20), ("RELU", 1), constants=[const8(20, np.arange(256).reshape(SHAPE) - 128)], outputs=[2]
    ),
    "a_branch_keeps_the_first": elementwise(("RELU", 0), ("RELU6", 1), ("SOFTMAX", 1), outputs=[2, 3]),
}


@pytest.mark.parametrize("name", STAYS)
def test_stays(name):
    assert format_graph(fuse_lookup(STAYS[name])) == format_graph(STAYS[name])


def test_a_dead_operator_saves_nothing():
    graph = elementwise(("RELU", 0), ("RELU6", 0), outputs=[2])
    assert fuse_lookup(graph).ops == graph.ops


def test_a_variable_may_change_before_it_is_read_again():
    graph = FUSED["swish"]
    state = replace(graph, inputs=(), variables={0: np.zeros(SHAPE, np.int8)})
    assert fuse_lookup(state).ops == graph.ops


def test_a_repeated_input_stays(kernels):
    """The MUL's result has more elements than what it is a function of."""
    graph = elementwise(("RELU", 0), ("MUL", 1, 20), constants=[const8(20, np.full((4, 1), 5))])
    graph = replace(graph, tensors={**graph.tensors, 2: q8(2, (4, 256))})
    check_ops(graph, "graph")
    assert fuse_lookup(graph).ops == graph.ops
