"""fold_padding: graph in, graph out, and the same bytes from the C kernels."""

from dataclasses import replace

import numpy as np
import pytest
from small_graphs import assert_same_outputs, const, const8, graph_of, op, q8, text_of

from edgeflow.ir.text import format_graph
from edgeflow.passes.fold_padding import fold_padding
from edgeflow.passes.remove_dead import remove_dead

WEIGHTS = np.arange(2 * 3 * 3 * 3).reshape(2, 3, 3, 3) % 7 - 3


def padded_conv(pads=((0, 0), (1, 1), (1, 1), (0, 0)), padding="VALID", stride=1, size=6, zero=-5, **changes):
    """PAD, then a convolution of 3x3 taps (depthwise if asked); [1, size, size, 3] in."""
    kind = changes.get("kind", "CONV_2D")
    weights = WEIGHTS[:1] if kind == "DEPTHWISE_CONV_2D" else WEIGHTS
    pads = np.asarray(pads)
    padded = np.array([1, size, size, 3]) + pads.sum(axis=1)
    room = padded[1:3] if padding == "SAME" else padded[1:3] - 2
    out = (int(padded[0]), *(-(-room // stride)).tolist(), weights.shape[3] if len(weights) == 1 else 2)
    tensors = [
        q8(0, (1, size, size, 3), 0.1, zero),
        const(1, pads),
        q8(2, padded.tolist(), changes.get("padded_scale", 0.1), zero),
        const8(3, changes.get("value", zero), 0.1, zero),
        const8(4, weights, 0.02),
        q8(5, out, 0.3, 7),
    ]
    inputs = [0, 1, 3] if "value" in changes else [0, 1]
    ops = [
        op(0, "PADV2" if "value" in changes else "PAD", inputs, [2]),
        op(1, kind, [2, 4], [5], padding=padding, stride_h=stride, stride_w=stride, depth_multiplier=1),
    ]
    return graph_of(tensors, ops, [0], [5])


def test_the_text_before_and_after():
    graph = padded_conv(((0, 0), (1, 2), (0, 1), (0, 0)), stride=2)
    assert text_of(graph) == [
        "#0 PAD v1 (%0, %1)",
        "#1 CONV_2D v1 (%2, %4) depth_multiplier=1 padding=VALID stride_h=2 stride_w=2",
    ]
    assert text_of(fold_padding(graph)) == [
        (
            "#1 CONV_2D v1 (%0, %4) depth_multiplier=1 pad_bottom=2 pad_left=0 pad_right=1 pad_top=1 "
            "padding=EXPLICIT stride_h=2 stride_w=2 absorbed PAD #0"
        ),
    ]


FOLDED = {
    "keras_stride_2": {"pads": ((0, 0), (0, 1), (0, 1), (0, 0)), "stride": 2},
    "all_sides": {},
    "as_wide_as_the_window_allows": {"pads": ((0, 0), (2, 2), (2, 0), (0, 0))},
    "before_same": {"pads": ((0, 0), (1, 1), (1, 0), (0, 0)), "padding": "SAME"},
    "before_same_with_stride": {"pads": ((0, 0), (0, 1), (1, 1), (0, 0)), "padding": "SAME", "stride": 2},
    "stride_beyond_the_window": {"stride": 4, "size": 9, "padding": "SAME"},
    "value_is_the_zero_point": {"value": -5},
    "depthwise": {"kind": "DEPTHWISE_CONV_2D", "pads": ((0, 0), (1, 0), (0, 2), (0, 0)), "stride": 2},
    "lowest_zero_point": {"zero": -128},
}


@pytest.mark.parametrize("name", FOLDED)
def test_folded(name, kernels):
    graph = padded_conv(**FOLDED[name])
    folded = fold_padding(graph)
    assert [o.absorbed for o in folded.ops] == [(f"{graph.ops[0].kind} #0",)]
    assert_same_outputs(graph, folded, kernels)


STAYS = {
    "another_value": {"value": -4},
    "another_scale": {"padded_scale": np.nextafter(0.1, 1)},
    "wider_than_the_window": {"pads": ((0, 0), (3, 1), (1, 1), (0, 0))},
    "wider_than_the_window_after": {"pads": ((0, 0), (1, 1), (1, 3), (0, 0))},
    "with_same_wider_than_the_window": {"pads": ((0, 0), (2, 2), (1, 1), (0, 0)), "padding": "SAME"},
    "batch": {"pads": ((1, 0), (1, 1), (1, 1), (0, 0))},
}


@pytest.mark.parametrize("name", STAYS)
def test_stays(name):
    graph = padded_conv(**STAYS[name])
    assert format_graph(fold_padding(graph)) == format_graph(graph)


def test_an_output_of_the_graph_stays():
    graph = replace(padded_conv(), outputs=(5, 2))
    assert format_graph(fold_padding(graph)) == format_graph(graph)


def test_a_pad_for_two_convolutions(kernels):
    graph = padded_conv()
    second = replace(graph.ops[1], index=2, outputs=(6,), attrs={**graph.ops[1].attrs, "padding": "SAME"})
    graph = replace(graph, tensors={**graph.tensors, 6: q8(6, (1, 8, 8, 2), 0.2)}, outputs=(5, 6))
    graph = replace(graph, ops=(*graph.ops, second))
    folded = fold_padding(graph)
    assert [(o.kind, o.attrs["pad_top"]) for o in folded.ops] == [("CONV_2D", 1), ("CONV_2D", 2)]
    assert_same_outputs(graph, folded, kernels)


def test_a_pad_that_a_pooling_reads_too_stays():
    graph = padded_conv()
    pool = op(
        2, "MAX_POOL_2D", [2], [6], padding="VALID", stride_h=1, stride_w=1, filter_height=2, filter_width=2
    )
    graph = replace(graph, tensors={**graph.tensors, 6: q8(6, (1, 7, 7, 3), 0.1, -5)}, outputs=(5, 6))
    graph = replace(graph, ops=(*graph.ops, pool))
    assert format_graph(fold_padding(graph)) == format_graph(graph)


POOLED = {
    "valid": ("MAX_POOL_2D", {"zero": -128}, True),
    "same_with_stride": ("MAX_POOL_2D", {"zero": -128, "padding": "SAME", "stride": 2}, True),
    "lowest_value": ("MAX_POOL_2D", {"value": -128}, True),
    "another_zero_point": ("MAX_POOL_2D", {"zero": -127}, False),
    "zero_point_as_value": ("MAX_POOL_2D", {"value": -5}, False),
    "as_wide_as_the_window": ("MAX_POOL_2D", {"zero": -128, "pads": ((0, 0), (3, 0), (0, 0), (0, 0))}, False),
    "average": ("AVERAGE_POOL_2D", {"zero": -128}, False),
}


@pytest.mark.parametrize("name", POOLED)
def test_poolings(name, kernels):
    kind, fields, folds = POOLED[name]
    graph = padded_conv(**fields)
    conv = graph.ops[1]
    pool = replace(conv, kind=kind, inputs=(2,), attrs={**conv.attrs, "filter_height": 3, "filter_width": 3})
    zero = fields.get("zero", -5)
    shape = (*graph.tensors[5].shape[:3], 3)
    graph = replace(graph, ops=(graph.ops[0], pool), tensors={**graph.tensors, 5: q8(5, shape, 0.1, zero)})
    folded = fold_padding(graph)
    assert (len(folded.ops) == 1) == folds
    assert_same_outputs(graph, folded, kernels)


def test_a_pad_of_a_pad(kernels):
    """The second one goes into the window; the first then meets one that is as wide as it can be."""
    graph = padded_conv()
    outer = op(7, "PAD", [10, 1], [0])
    tensors = {**graph.tensors, 10: q8(10, (1, 4, 4, 3), 0.1, -5)}
    graph = replace(graph, tensors=tensors, ops=(outer, *graph.ops), inputs=(10,))
    once = fold_padding(graph)
    assert [o.kind for o in once.ops] == ["PAD", "CONV_2D"]
    folded = remove_dead(fold_padding(once))
    assert [(o.kind, o.absorbed) for o in folded.ops] == [("CONV_2D", ("PAD #0", "PAD #7"))]
    assert_same_outputs(graph, folded, kernels)


def test_a_variable_may_change_before_the_convolution_reads_it():
    graph = padded_conv()
    state = replace(graph, inputs=(), variables={0: np.zeros((1, 6, 6, 3), np.int8)})
    assert fold_padding(state).ops == graph.ops
