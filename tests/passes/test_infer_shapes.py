"""infer_shapes: graphs with wrong shapes in, the interpreter's shapes out."""

from dataclasses import replace

import pytest
from small_graphs import activation, const, flatten, graph_of, op

from edgeflow.errors import ModelError
from edgeflow.ir.graph import Quant
from edgeflow.ir.text import format_graph
from edgeflow.ir.verify import first_fault
from edgeflow.passes.fold_constants import fold_constants
from edgeflow.passes.infer_shapes import infer_shapes


def with_shape(graph, tensor_id, *shape):
    tensor = replace(graph.tensors[tensor_id], shape=shape)
    return replace(graph, tensors={**graph.tensors, tensor_id: tensor})


def shapes(graph):
    assert first_fault(graph) is None
    return {tensor_id: tensor.shape for tensor_id, tensor in graph.tensors.items()}


def two_relus(*sizes):
    tensors = [activation(i, (size,)) for i, size in enumerate(sizes)]
    return graph_of(tensors, [op(0, "RELU", [0], [1]), op(1, "RELU", [1], [2])], [0], [2])


def test_right_shapes_stay():
    assert format_graph(infer_shapes(flatten())) == format_graph(flatten())


def test_wrong_shapes_are_corrected_one_after_the_other():
    assert shapes(infer_shapes(two_relus(4, 1, 7))) == {0: (4,), 1: (4,), 2: (4,)}


def test_the_given_graph_is_not_changed():
    graph = two_relus(4, 1, 7)
    infer_shapes(graph)
    assert shapes(graph) == {0: (4,), 1: (1,), 2: (7,)}


@pytest.mark.parametrize("wrong", [5, 6, 7, 8])
def test_shape_arithmetic_is_known_in_front_of_a_reshape(wrong):
    """SHAPE, STRIDED_SLICE and PACK stay for fold_constants, but the RESHAPE behind them has its shape."""
    graph = infer_shapes(with_shape(flatten(), wrong, 3))
    assert shapes(graph) == shapes(flatten())
    assert [o.kind for o in graph.ops] == ["SHAPE", "STRIDED_SLICE", "PACK", "RESHAPE"]
    assert not graph.tensors[7].is_constant


def test_another_batch_goes_through_shape_arithmetic():
    graph = fold_constants(infer_shapes(with_shape(flatten(), 0, 5, 2, 3, 4)))
    assert graph.tensors[7].data.tolist() == [5, -1]
    assert graph.tensors[8].shape == (5, 24)


def test_fill_in_front_of_a_reshape():
    tensors = [activation(0, (2, 6)), const(1, [1]), const(2, 12), activation(3, (7,), "int32")]
    ops = [op(0, "FILL", [1, 2], [3]), op(1, "RESHAPE", [0, 3], [4])]
    graph = infer_shapes(graph_of([*tensors, activation(4, (1, 1))], ops, [0], [4]))
    assert (graph.tensors[3].shape, graph.tensors[4].shape) == ((1,), (12,))


@pytest.mark.parametrize(
    ("kind", "inputs", "attrs"),
    [
        ("RFFT2D", [0], {}),  # not supported
        ("ADD", [0, 2], {}),  # does not broadcast
        ("UNPACK", [0], {"axis": 0}),  # another number of outputs
        ("SLICE", [0, 3, 4], {}),  # an empty result
        ("RESHAPE", [0, 5], {}),  # too many dimensions
    ],
)
def test_where_nothing_follows_the_shape_stays(kind, inputs, attrs):
    """The operator's rules refuse it."""
    others = [activation(2, (3,)), const(3, [0]), const(4, [0]), const(5, [4] + [1] * 8)]
    tensors = [activation(0, (4,)), activation(1, (9,)), *others]
    graph = graph_of(tensors, [op(0, kind, inputs, [1], **attrs)], [0, 2], [1])
    assert infer_shapes(graph).tensors[1].shape == (9,)


def test_a_shape_that_does_not_fit_the_scales_stays():
    graph = two_relus(4, 3, 3)
    quant = Quant((0.1, 0.2, 0.3), (0, 0, 0), 0)
    graph = replace(graph, tensors={**graph.tensors, 1: replace(graph.tensors[1], quant=quant)})
    assert shapes(infer_shapes(graph))[1] == (3,)


def test_a_tensor_too_large_to_address_is_refused():
    tensors = [activation(0, (2**20,)), const(1, [2**12]), activation(2, (1,))]
    graph = graph_of(tensors, [op(0, "TILE", [0, 1], [2])], [0], [2])
    with pytest.raises(ModelError, match=r"TILE #0 \(`a2`\) would write \[4294967296\], more than"):
        infer_shapes(graph)
