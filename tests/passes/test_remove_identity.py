"""remove_identity: graph in, graph out, and the same bytes from the C kernels."""

from dataclasses import replace

import numpy as np
import pytest
from small_graphs import assert_same_outputs, const, const8, graph_of, op, q8, text_of

from edgeflow.ir.text import format_graph
from edgeflow.passes.remove_identity import remove_identity

POOL = {"filter_height": 1, "filter_width": 1, "stride_h": 1, "stride_w": 1, "padding": "SAME"}


def between(kind, shape, constants=(), *, out=None, after=False, quant=(0.1, 0), quant_in=(0.1, 0), **attrs):
    """RELU, the operator, RELU: constants stand before the input if ``after``."""
    out = shape if out is None else out
    parameters = [c if hasattr(c, "id") else const(10 + i, c) for i, c in enumerate(constants)]
    ids = [c.id for c in parameters]
    tensors = [
        q8(0, shape, 0.2),
        q8(1, shape, *quant_in),
        q8(2, out, *quant),
        q8(3, out, 0.3, 4),
        *parameters,
    ]
    ops = [
        op(0, "RELU", [0], [1]),
        op(1, kind, [*ids, 1] if after else [1, *ids], [2], **attrs),
        op(2, "RELU", [2], [3]),
    ]
    return graph_of(tensors, ops, [0], [3])


IMAGE = (1, 4, 6, 3)
GONE = {
    "reshape": between("RESHAPE", IMAGE, [[1, 4, 6, 3]]),
    "squeeze": between("SQUEEZE", (2, 4, 6, 3)),
    "slice": between("SLICE", IMAGE, [[0, 0, 0, 0], [1, 4, -1, 3]]),
    "strided_slice": between("STRIDED_SLICE", IMAGE, [[0] * 4, list(IMAGE), [1] * 4], end_mask=2),
    "pad": between("PAD", IMAGE, [[[0, 0]] * 4]),
    "padv2": between("PADV2", IMAGE, [[[0, 0]] * 4, const8(11, [3])]),
    "mirror_pad": between("MIRROR_PAD", IMAGE, [[[0, 0]] * 4], mode=0),
    "transpose": between("TRANSPOSE", IMAGE, [[0, 1, 2, 3]]),
    "transpose_of_ones": between("TRANSPOSE", (1, 1, 6), [[1, 0, 2]]),
    "concatenation": between("CONCATENATION", IMAGE, axis=3),
    "split": between("SPLIT", IMAGE, [3], after=True, num_splits=1),
    "tile": between("TILE", IMAGE, [[1, 1, 1, 1]]),
    "gather": between("GATHER", IMAGE, [[0, 1, 2]], axis=3),
    "resize": between("RESIZE_NEAREST_NEIGHBOR", IMAGE, [[4, 6]]),
    "average_pool": between("AVERAGE_POOL_2D", IMAGE, **POOL),
    "max_pool": between("MAX_POOL_2D", IMAGE, **POOL),
    "quantize": between("QUANTIZE", IMAGE),
    "maximum": between("MAXIMUM", IMAGE, [const8(10, [-128])]),
    "relu_of_no_negative": between("RELU", IMAGE, quant=(0.1, -128), quant_in=(0.1, -128)),
}


@pytest.mark.parametrize("name", GONE)
def test_gone(name, kernels):
    left = remove_identity(GONE[name])
    assert text_of(left) == ["#0 RELU v1 (%0)", "#2 RELU v1 (%1)"]
    assert_same_outputs(GONE[name], left, kernels)


RESHAPED = {
    "transpose_of_ones": between("TRANSPOSE", IMAGE, [[1, 0, 2, 3]], out=(4, 1, 6, 3)),
    "strided_slice": between(
        "STRIDED_SLICE", IMAGE, [[0] * 4, list(IMAGE), [1] * 4], out=IMAGE[1:], shrink_axis_mask=1
    ),
    "pack": between("PACK", IMAGE, out=(1, *IMAGE), axis=0, values_count=1),
    "space_to_depth_of_a_column": between("SPACE_TO_DEPTH", (1, 2, 2, 1), out=(1, 1, 1, 4), block_size=2),
}


@pytest.mark.parametrize("name", RESHAPED)
def test_reshaped(name, kernels):
    left = remove_identity(RESHAPED[name])
    kind = RESHAPED[name].ops[1].kind
    assert text_of(left)[1] == f"#1 RESHAPE v1 (%1) new_shape={left.tensors[2].shape} absorbed {kind} #1"
    assert_same_outputs(RESHAPED[name], left, kernels)


STAYS = {
    "another_scale": between("QUANTIZE", IMAGE, quant=(0.1000001, 0)),
    "relu": between("RELU", IMAGE),
    "limits": between("RELU_N1_TO_1", IMAGE),
    "maximum": between("MAXIMUM", IMAGE, [const8(10, [-127])]),
    "slice": between("SLICE", IMAGE, [[0, 0, 0, 1], [1, 4, 6, 2]], out=(1, 4, 6, 2)),
    "reversed": between("STRIDED_SLICE", IMAGE, [[0, 3, 0, 0], [1, -9, 6, 3], [1, -1, 1, 1]]),
    "gather": between("GATHER", IMAGE, [[0, 2, 1]], axis=3),
    "transpose": between("TRANSPOSE", (1, 4, 4, 1), [[0, 2, 1, 3]]),
    "pad": between("PAD", IMAGE, [[[0, 0], [0, 0], [0, 0], [0, 1]]], out=(1, 4, 6, 4)),
    "pool_with_limits": between("MAX_POOL_2D", IMAGE, fused_activation_function="RELU", **POOL),
    "wider_pool": between("MAX_POOL_2D", IMAGE, **{**POOL, "filter_width": 2}),
    "reshape_to_another_shape": between("RESHAPE", IMAGE, [[72]], out=(72,)),
}


@pytest.mark.parametrize("name", STAYS)
def test_stays(name):
    assert format_graph(remove_identity(STAYS[name])) == format_graph(STAYS[name])


def reshapes(*shapes, last_kind="RESHAPE"):
    """Operators that give the shapes one after the other, between two RELUs."""
    last = len(shapes)
    tensors = [q8(0, shapes[0], 0.2), *(q8(1 + i, shape) for i, shape in enumerate(shapes))]
    tensors.append(q8(last + 1, shapes[-1], 0.3))
    ops = [op(i, "RESHAPE", [i], [i + 1], new_shape=shapes[i]) for i in range(1, last)]
    ops[-1] = replace(ops[-1], kind=last_kind)
    ops = [op(0, "RELU", [0], [1]), *ops, op(last, "RELU", [last], [last + 1])]
    return graph_of(tensors, ops, [0], [last + 1])


@pytest.mark.parametrize("last_kind", ["RESHAPE", "SQUEEZE"])
def test_a_chain_becomes_one(last_kind, kernels):
    graph = reshapes((1, 2, 6), (12,), (1, 3, 4), (3, 4), last_kind=last_kind)
    left = remove_identity(graph)
    assert text_of(left) == [
        "#0 RELU v1 (%0)",
        "#3 RESHAPE v1 (%1) new_shape=(3, 4) absorbed RESHAPE #1, RESHAPE #2",
        "#4 RELU v1 (%4)",
    ]
    assert_same_outputs(graph, left, kernels)


def test_there_and_back_again(kernels):
    graph = reshapes((2, 6), (12,), (2, 6))
    left = remove_identity(graph)
    assert text_of(left) == ["#0 RELU v1 (%0)", "#3 RELU v1 (%1)"]
    assert_same_outputs(graph, left, kernels)


def test_an_input_and_output_of_the_graph_keep_their_reshape(kernels):
    graph = graph_of([q8(0, (4,)), q8(1, (4,))], [op(0, "RESHAPE", [0], [1], new_shape=(4,))], [0], [1])
    assert text_of(remove_identity(graph)) == text_of(graph)


def test_an_output_of_the_graph_keeps_its_id(kernels):
    graph = graph_of(
        [q8(0, (4,), 0.2), q8(1, (4,)), q8(2, (4,)), q8(3, (4,), 0.3)],
        [op(0, "RELU", [0], [1]), op(1, "SQUEEZE", [1], [2]), op(2, "RELU", [1], [3])],
        [0],
        [2, 3],
    )
    left = remove_identity(graph)
    assert text_of(left) == ["#0 RELU v1 (%0)", "#2 RELU v1 (%2)"]
    assert left.ops[0].outputs == (2,)
    assert_same_outputs(graph, left, kernels)


def flat_layer(shape=(1, 2, 2, 3), rows=(1, 12), **attrs):
    """RESHAPE, then FULLY_CONNECTED of as many inputs as the rows have."""
    tensors = [
        q8(0, shape),
        q8(1, rows),
        const8(2, np.arange(2 * rows[1]).reshape(2, rows[1]) - 9, 0.02),
        q8(3, (*rows[:-1], 2), 0.4),
    ]
    ops = [op(0, "RESHAPE", [0], [1], new_shape=rows), op(1, "FULLY_CONNECTED", [1, 2], [3], **attrs)]
    return graph_of(tensors, ops, [0], [3])


@pytest.mark.parametrize("shapes", [((1, 2, 2, 3), (1, 12)), ((2, 2, 3), (4, 3)), ((12,), (1, 12))])
def test_fully_connected_counts_rows_itself(shapes, kernels):
    graph = flat_layer(*shapes)
    left = remove_identity(graph)
    assert text_of(left) == ["#1 FULLY_CONNECTED v1 (%0, %2) absorbed RESHAPE #0"]
    assert_same_outputs(graph, left, kernels)


def test_fully_connected_that_keeps_its_dimensions_needs_them():
    graph = flat_layer(keep_num_dims=True)
    assert format_graph(remove_identity(graph)) == format_graph(graph)


def test_the_interface_of_a_reshape_that_is_read_elsewhere_stays(kernels):
    graph = flat_layer()
    graph = graph_of(graph.tensors.values(), graph.ops, [0], [3, 1])
    left = remove_identity(graph)
    assert text_of(left) == ["#0 RESHAPE v1 (%0) new_shape=(1, 12)", "#1 FULLY_CONNECTED v1 (%0, %2)"]
    assert_same_outputs(graph, left, kernels)
