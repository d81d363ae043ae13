"""Intervals: ends worked out by hand, and every value of the kernels in the named cases of operators."""

from collections import defaultdict

import numpy as np
import pytest
from small_graphs import const, const8, graph_of, op, q8

from edgeflow.passes.interval import Interval, regrouped
from edgeflow.passes.interval_rules import RULES
from edgeflow.passes.layer_sums import is_padded, rescaled, sum_bounds
from edgeflow.passes.value_ranges import value_ranges

LIMITS = (-128, 127)
HALF = 2**30  # as a multiplier


def interval(low, high):
    return Interval(np.array(low, np.int64), np.array(high, np.int64))


def ends(found):
    return list(zip(found.low.tolist(), found.high.tolist(), strict=True))


# (low, high, multiplier, shift, offset, ends): halves go up in the product, away from zero in the shift
REQUANTIZED = [
    (-1, 1, HALF, 0, 0, (0, 1)),  # -1/2 and 1/2
    (-3, 3, HALF, 0, 0, (-1, 2)),
    (-2, 2, HALF, -1, 0, (-1, 1)),  # -1 and 1, then half of it
    (-1, 1, HALF, -1, 0, (0, 1)),
    (-6, 6, HALF, -1, 0, (-2, 2)),
    (-5, 7, HALF, 1, 0, (-5, 7)),
    (-5, 7, HALF, 0, 3, (1, 7)),
    (-5, 7, 0, 0, -9, (-9, -9)),
    (-400, 400, HALF, 0, 100, (-100, 127)),
    (-900, -600, HALF, 0, 0, (-128, -128)),
    (-(2**30), 2**30 - 1, HALF, 1, 0, (-128, 127)),
    (300, 2**30 - 1, HALF, 1, 0, (127, 127)),  # the last value that 32 bits hold twice
    (300, 2**30, HALF, 1, 0, (-128, 127)),  # one more wraps
    (-(2**30) - 1, -300, HALF, 1, 0, (-128, 127)),
    (2**31 - 2, 2**31 - 1, 2**31 - 1, 0, 1, (127, 127)),
    (2**31 - 2, 2**31 - 1, 2**31 - 1, 0, 5, (-128, 127)),  # the offset leaves 32 bits
]


@pytest.mark.parametrize(("low", "high", "multiplier", "shift", "offset", "expected"), REQUANTIZED)
def test_requantized_ends(low, high, multiplier, shift, offset, expected):
    found = rescaled(interval([low], [high]), [(multiplier, shift)], offset, LIMITS)
    assert ends(found) == [expected]


@pytest.mark.parametrize(
    ("channels", "expected"),
    [
        (2, [(0, 9), (1, 5)]),
        (4, [(0, 0), (1, 1), (7, 9), (3, 5)]),
        (8, [(0, 0), (1, 1), (7, 9), (3, 5)] * 2),
        (6, [(0, 9), (1, 5)] * 3),  # what 4 and 6 have in common is 2
        (3, [(0, 9)] * 3),
    ],
)
def test_reshaped_channels(channels, expected):
    assert ends(regrouped(interval([0, 1, 7, 3], [0, 1, 9, 5]), channels)) == expected


def layer(kind, x, weights, y, bias=None, zero=-5, **attrs):
    """One layer with input zero point -5 unless asked."""
    window = {"stride_h": 1, "stride_w": 1, "padding": "VALID", "depth_multiplier": 1}
    tensors = [q8(0, x, 0.1, zero), const8(1, weights, 0.02), q8(2, y, 0.3, 7)]
    if bias is not None:
        tensors.append(const(3, bias))
    inputs = [0, 1] if bias is None else [0, 1, 3]
    return graph_of(tensors, [op(0, kind, inputs, [2], **{**window, **attrs})], [0], [2])


def sums(graph, low, high):
    return ends(sum_bounds(graph, graph.ops[0], interval(low, high)))


def test_sums_take_the_end_that_the_weight_asks_for():
    graph = layer("CONV_2D", (1, 1, 1, 2), [[[[2, -3]]], [[[0, 4]]]], (1, 1, 1, 2), [10, 0])
    # less the zero point: [1, 3] and [-2, 5]
    assert sums(graph, [-4, -7], [-2, 0]) == [(10 + 2 - 15, 10 + 6 + 6), (-8, 20)]


def test_taps_on_padding_are_0():
    weights = np.ones((1, 3, 3, 1), np.int8)
    inside = layer("CONV_2D", (1, 5, 5, 1), weights, (1, 3, 3, 1))
    around = layer("CONV_2D", (1, 5, 5, 1), weights, (1, 5, 5, 1), padding="SAME")
    assert (is_padded(inside, inside.ops[0]), is_padded(around, around.ops[0])) == (False, True)
    assert sums(inside, [-3], [-2]) == [(9 * 2, 9 * 3)]
    assert sums(around, [-3], [-2]) == [(0, 9 * 3)]
    assert sums(around, [-9], [-8]) == [(-9 * 4, 0)]


@pytest.mark.parametrize(
    ("size", "kernel", "stride", "out", "padding", "padded"),
    [
        (4, 1, 1, 4, "SAME", False),
        (4, 1, 2, 2, "SAME", False),
        (4, 2, 2, 2, "SAME", False),
        (5, 2, 2, 3, "SAME", True),  # one row after the last
        (4, 3, 1, 4, "SAME", True),
        (4, 3, 1, 2, "VALID", False),
    ],
)
def test_which_windows_reach_beyond_the_input(size, kernel, stride, out, padding, padded):
    weights = np.ones((1, kernel, kernel, 1), np.int8)
    graph = layer(
        "CONV_2D",
        (1, size, size, 1),
        weights,
        (1, out, out, 1),
        padding=padding,
        stride_h=stride,
        stride_w=stride,
    )
    assert is_padded(graph, graph.ops[0]) is padded


def test_a_folded_pad_is_padding():
    weights = np.ones((1, 2, 2, 1), np.int8)
    pads = {"pad_top": 0, "pad_left": 0, "pad_bottom": 0, "pad_right": 1}
    graph = layer("CONV_2D", (1, 3, 3, 1), weights, (1, 2, 3, 1), padding="EXPLICIT", **pads)
    assert is_padded(graph, graph.ops[0])


def test_groups_and_depth_multipliers_read_their_own_channels():
    grouped = layer("CONV_2D", (1, 1, 1, 4), np.ones((2, 1, 1, 2), np.int8), (1, 1, 1, 2), zero=0)
    assert sums(grouped, [1, 2, 3, 4], [1, 2, 3, 9]) == [(3, 3), (7, 12)]
    weights = np.array([1, 2, -1, 3], np.int8).reshape(1, 1, 1, 4)
    deep = layer("DEPTHWISE_CONV_2D", (1, 1, 1, 2), weights, (1, 1, 1, 4), zero=0, depth_multiplier=2)
    assert sums(deep, [1, 5], [2, 6]) == [(1, 2), (2, 4), (-6, -5), (15, 18)]


def test_a_dense_layer_on_rows_of_several_positions():
    weights = np.array([[1, 10, 1, 10]], np.int8)
    graph = layer("FULLY_CONNECTED", (1, 2, 2), weights, (1, 1), zero=0)
    assert sums(graph, [1, 2], [1, 3]) == [(42, 62)]


def output_of(kind, *tensors, **attrs):
    """Ends of the output of one operator; the last tensor is the output."""
    ids = [t.id for t in tensors[:-1]]
    inputs = [t.id for t in tensors[:-1] if not t.is_constant]
    graph = graph_of(tensors, [op(0, kind, ids, [tensors[-1].id], **attrs)], inputs, [tensors[-1].id])
    return ends(value_ranges(graph)[tensors[-1].id])


def test_single_operators():
    x, y = q8(0, (1, 2, 2, 2), 0.1, 0), q8(9, (1, 2, 2, 2), 0.1, 0)
    assert output_of("RELU", x, y) == [(0, 127)] * 2
    assert output_of("RELU6", x, y) == [(0, 60)] * 2
    assert output_of("MAXIMUM", x, const8(1, [100, -128]), y) == [(100, 127), (-128, 127)]
    assert output_of("MINIMUM", x, const8(1, [-128, 5]), y) == [(-128, -128), (-128, 5)]
    assert output_of("MUL", x, const8(1, [0, 5], 0.02), y) == [(0, 0), (-13, 13)]
    assert output_of("ADD", x, const8(1, [100, -128]), y) == [(-28, 127), (-128, -1)]
    assert output_of("SUB", x, const8(1, [100, -128]), y) == [(-128, 27), (0, 127)]
    tanh = q8(9, (1, 2, 2, 2), 1 / 128, 0)
    assert output_of("TANH", q8(0, (1, 2, 2, 2), 0.001, 0), tanh) == [(-16, 16)] * 2
    pads = const(1, [[0, 0], [0, 0], [0, 0], [1, 0]])
    assert output_of("PAD", x, pads, q8(9, (1, 2, 2, 3), 0.1, 0)) == [(0, 0), (-128, 127), (-128, 127)]
    constant = const8(1, [[[[3, 4, 5]] * 2] * 2])
    joined = q8(9, (1, 2, 2, 5), 0.1, 0)
    expected = [(-128, 127), (-128, 127), (3, 3), (4, 4), (5, 5)]
    attrs = {"axis": 3, "fused_activation_function": "NONE"}
    assert output_of("CONCATENATION", x, constant, joined, **attrs) == expected


def test_a_product_that_could_wrap_has_every_value():
    x, y = q8(0, (1, 1), 1.0, -128), q8(9, (1, 1), 2.0**-20, 0)
    assert output_of("MUL", x, const8(1, [[127]], 1.0, -128), y) == [(-128, 127)]


def test_an_operator_that_breaks_a_rule_has_every_value():
    x, y = q8(0, (1, 2), 0.1, 0), q8(9, (1, 3), 0.1, 0)
    assert output_of("RELU", x, y) == [(-128, 127)] * 3


def cases_by_kind():
    from cases import CASES

    kinds = defaultdict(list)
    for case in CASES:
        kinds[case.kind].append(case)
    return kinds


@pytest.mark.parametrize("kind", sorted(RULES))
def test_every_value_of_the_named_cases_is_in_its_interval(kind, kernels):
    from kernel_harness import run_graph
    from op_graphs import graph_of as case_graph

    from edgeflow.ops.registry import lower

    cases = cases_by_kind()[kind]
    assert cases
    for case in cases:
        graph = case_graph(case)
        ranges = value_ranges(graph)
        for feed in case.feeds:
            found = run_graph(kernels, graph, lower, feed)
            for tensor_id in set(graph.outputs) & set(ranges):
                assert (found[tensor_id] >= ranges[tensor_id].low).all(), case.name
                assert (found[tensor_id] <= ranges[tensor_id].high).all(), case.name
