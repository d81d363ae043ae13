"""fuse_activation: graph in, graph out, and the same bytes from the C kernels."""

from dataclasses import replace

import numpy as np
import pytest
from small_graphs import assert_same_outputs, const8, graph_of, op, q8, text_of

from edgeflow.ir.text import format_graph
from edgeflow.passes.fuse_activation import fuse_activation


def clamped(kind, *, output=(0.1, -5), bound=None, before="ADD", activation="NONE"):
    """An operator of two inputs (or a pooling of one) at scale 0.1, zero point -5, then a clamp."""
    pool = {"padding": "VALID", "stride_h": 1, "stride_w": 1, "filter_height": 1, "filter_width": 1}
    is_pool = before.endswith("POOL_2D")
    tensors = [
        q8(0, (1, 16, 16, 1), *((0.1, -5) if is_pool else (0.07, 3))),
        q8(1, (1, 16, 16, 1), 0.05, -9),
        q8(2, (1, 16, 16, 1), 0.1, -5),
        q8(4, (1, 16, 16, 1), *output),
    ]
    tensors += [const8(3, bound, *output)] if bound is not None else []
    fields = {"fused_activation_function": activation, **(pool if is_pool else {})}
    ops = [
        op(0, before, [0] if is_pool else [0, 1], [2], **fields),
        op(1, kind, [2] if bound is None else [2, 3], [4]),
    ]
    return graph_of(tensors, ops, [0] if is_pool else [0, 1], [4])


def test_the_text_before_and_after():
    graph = clamped("RELU6")
    assert text_of(graph) == ["#0 ADD v1 (%0, %1) fused_activation_function=NONE", "#1 RELU6 v1 (%2)"]
    assert text_of(fuse_activation(graph)) == [
        "#0 ADD v1 (%0, %1) clamp_max=55 clamp_min=-5 fused_activation_function=NONE absorbed RELU6 #1"
    ]


FUSED = {
    "relu": ({"kind": "RELU"}, (-5, 127)),
    "relu6": ({"kind": "RELU6"}, (-5, 55)),
    "relu_n1_to_1": ({"kind": "RELU_N1_TO_1"}, (-15, 5)),
    "relu_0_to_1": ({"kind": "RELU_0_TO_1"}, (-5, 5)),
    "after_a_fused_relu": ({"kind": "RELU_N1_TO_1", "activation": "RELU"}, (-5, 5)),
    "after_a_lower_limit": ({"kind": "MAXIMUM", "bound": 60, "activation": "RELU6"}, (60, 60)),
    "maximum": ({"kind": "MAXIMUM", "bound": 20}, (20, 127)),
    "minimum_of_a_list": ({"kind": "MINIMUM", "bound": [[-3], [-3]][:1]}, (-128, -3)),
    "another_zero_point": ({"kind": "RELU", "output": (0.1, 100)}, (100, 127)),
    "a_lower_zero_point": ({"kind": "RELU", "output": (0.1, -128)}, (-128, 4)),
    "requantized_to_another_zero_point": ({"kind": "QUANTIZE", "output": (0.1, 20)}, (-103, 127)),
    "sub": ({"kind": "RELU", "before": "SUB"}, (-5, 127)),
    "mul": ({"kind": "RELU6", "before": "MUL"}, (-5, 55)),
    "max_pool": ({"kind": "RELU6", "before": "MAX_POOL_2D"}, (-5, 55)),
    "average_pool": ({"kind": "RELU", "before": "AVERAGE_POOL_2D"}, (-5, 127)),
}


@pytest.mark.parametrize("name", FUSED)
def test_fused(name, kernels):
    fields, limits = FUSED[name]
    graph = clamped(**fields)
    fused = fuse_activation(graph)
    assert [(o.index, o.outputs) for o in fused.ops] == [(0, (4,))]
    assert (fused.ops[0].attrs["clamp_min"], fused.ops[0].attrs["clamp_max"]) == limits
    assert_same_outputs(graph, fused, kernels)


STAYS = {
    "another_scale": {"kind": "RELU", "output": (0.11, -5)},
    "a_pooling_must_keep_its_zero_point": {"kind": "RELU", "before": "MAX_POOL_2D", "output": (0.1, -128)},
    "many_bounds": {"kind": "MAXIMUM", "bound": np.arange(16).reshape(16, 1)},
    "no_clamp": {"kind": "ABS"},
    "nothing_to_limit_before": {"kind": "RELU", "before": "MAXIMUM"},
}


@pytest.mark.parametrize("name", STAYS)
def test_stays(name):
    graph = clamped(**STAYS[name])
    assert format_graph(fuse_activation(graph)) == format_graph(graph)


def test_a_tensor_that_is_read_elsewhere_stays():
    graph = clamped("RELU")
    shown = replace(graph, outputs=(4, 2))
    assert fuse_activation(shown).ops == shown.ops
    another = op(2, "ABS", [2], [6])
    shared = replace(graph, tensors={**graph.tensors, 6: q8(6, (1, 16, 16, 1))}, outputs=(4, 6))
    shared = replace(shared, ops=(*graph.ops, another))
    assert fuse_activation(shared).ops == shared.ops


def test_a_clamp_of_an_input_stays():
    graph = graph_of([q8(0, (4,)), q8(1, (4,))], [op(0, "RELU", [0], [1])], [0], [1])
    assert fuse_activation(graph).ops == graph.ops


def test_a_hard_sigmoid_in_three_operators_becomes_one(kernels):
    """MINIMUM and RELU after each other: both limits go into the sum, which keeps the names of both."""
    graph = clamped("MINIMUM", bound=40)
    last = op(2, "RELU", [4], [5])
    graph = replace(graph, tensors={**graph.tensors, 5: q8(5, (1, 16, 16, 1), 0.1, -5)}, outputs=(5,))
    graph = replace(graph, ops=(*graph.ops, last))
    fused = fuse_activation(graph)
    assert [(o.outputs, o.absorbed) for o in fused.ops] == [((5,), ("MINIMUM #1", "RELU #2"))]
    assert (fused.ops[0].attrs["clamp_min"], fused.ops[0].attrs["clamp_max"]) == (-5, 40)
    assert_same_outputs(graph, fused, kernels)


def test_an_operator_that_breaks_its_rules_is_left_to_the_check_after_the_passes():
    graph = clamped("RELU", before="ADD")
    broken = replace(graph, tensors={**graph.tensors, 1: q8(1, (1, 16, 16, 1), 0.0)})
    assert fuse_activation(broken).ops == broken.ops
