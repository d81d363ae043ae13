"""What fold_constants evaluates, with results written by hand, and what it must leave alone."""

from dataclasses import replace

import numpy as np
import pytest
from small_graphs import activation, const, flatten, graph_of, op

from edgeflow.ir.text import format_graph
from edgeflow.ir.verify import first_fault
from edgeflow.passes.fold_constants import MAX_FOLDED_ELEMENTS, fold_constants

CUBE = np.arange(24).reshape(2, 3, 4)


def around(operands, kind, output, **attrs):
    """The operator on constants, its result read by an ADD so that it is no output of the graph."""
    constants = [const(i, value) if not hasattr(value, "id") else value for i, value in enumerate(operands)]
    tensors = [*constants, output, activation(100, (1,)), activation(101, (1,))]
    ops = [
        op(0, kind, [t.id for t in constants], [output.id], **attrs),
        op(1, "ADD", [100, output.id], [101]),
    ]
    return graph_of(tensors, ops, [100], [101])


def folded(operands, kind, shape, dtype="int32", **attrs):
    """The constant that the operator became, None where it stayed."""
    graph = fold_constants(around(operands, kind, activation(50, shape, dtype), **attrs))
    assert first_fault(graph) is None
    kinds = [o.kind for o in graph.ops]
    assert kinds == (["ADD"] if graph.tensors[50].is_constant else [kind, "ADD"])
    return graph.tensors[50].data


def test_a_flatten_of_a_dynamic_batch():
    graph = fold_constants(flatten())
    assert [(o.index, o.kind) for o in graph.ops] == [(3, "RESHAPE")]
    assert graph.tensors[7].data.tolist() == [1, -1]
    assert graph.ops[0].inputs == (0, 7)
    assert not graph.tensors[0].is_constant


# (data, begin, end, stride, masks, shape of the result, result)
SLICES = [
    (CUBE, [0, 0, 0], [2, 3, 4], [1, 1, 1], {}, (2, 3, 4), CUBE.tolist()),
    (CUBE, [1, 0, 1], [2, 3, 3], [1, 2, 1], {}, (1, 2, 2), [[[13, 14], [21, 22]]]),
    (CUBE, [0, 1, 3], [0, 0, 0], [1, 1, 1], {"shrink_axis_mask": 7}, (), 7),
    (CUBE, [0, -1, -4], [0, 0, 0], [1, 1, 1], {"shrink_axis_mask": 7}, (), 8),
    (CUBE, [1, 9, 9], [9, 0, 0], [1, 1, 1], {"begin_mask": 6, "end_mask": 6}, (1, 3, 4), [CUBE[1].tolist()]),
    ([1, 2, 3, 4], [-1], [-5], [-1], {}, (4,), [4, 3, 2, 1]),
    ([1, 2, 3, 4], [-1], [0], [-2], {}, (2,), [4, 2]),
    ([1, 2, 3, 4], [7], [7], [-1], {"begin_mask": 1, "end_mask": 1}, (4,), [4, 3, 2, 1]),
    ([1, 2, 3, 4], [1], [99], [2], {}, (2,), [2, 4]),
    (CUBE, [1], [2], [1], {"shrink_axis_mask": 1}, (3, 4), CUBE[1].tolist()),
]


@pytest.mark.parametrize(("data", "begin", "end", "stride", "masks", "shape", "result"), SLICES)
def test_strided_slice(data, begin, end, stride, masks, shape, result):
    found = folded([data, begin, end, stride], "STRIDED_SLICE", shape, **masks)
    assert found.tolist() == result
    assert found.shape == shape


NOT_SLICED = {
    "stride 0": ([[1, 2, 3], [0], [2], [0]], {}),
    "index out of range": ([[1, 2, 3], [3], [4], [1]], {"shrink_axis_mask": 1}),
    "index below range": ([[1, 2, 3], [-4], [4], [1]], {"shrink_axis_mask": 1}),
    "nothing left": ([[1, 2, 3], [2], [1], [1]], {}),
    "new axis": ([[1, 2, 3], [0], [1], [1]], {"new_axis_mask": 1}),
    "ellipsis": ([[1, 2, 3], [0], [1], [1]], {"ellipsis_mask": 1}),
    "offset": ([[1, 2, 3], [0], [1], [1]], {"offset": True}),
    "more ranges than dimensions": ([[1, 2, 3], [0, 0], [1, 1], [1, 1]], {}),
    "ranges of different length": ([[1, 2, 3], [0], [1, 1], [1]], {}),
    "begin not known": ([[1, 2, 3], activation(1, (1,), "int32"), [1], [1]], {}),
    "data not known": ([activation(0, (3,), "int32"), [0], [1], [1]], {}),
    "no ranges": ([[1, 2, 3]], {}),
}


@pytest.mark.parametrize("name", NOT_SLICED)
def test_strided_slice_that_stays(name):
    operands, masks = NOT_SLICED[name]
    unknown = [t for t in operands if hasattr(t, "id")]
    graph = around(operands, "STRIDED_SLICE", activation(50, (1,), "int32"), **masks)
    graph = replace(graph, inputs=(*graph.inputs, *(t.id for t in unknown)))
    assert [o.kind for o in fold_constants(graph).ops] == ["STRIDED_SLICE", "ADD"]


@pytest.mark.parametrize(
    ("parts", "axis", "result"),
    [
        ([1, 2, 3], 0, [1, 2, 3]),
        ([[1, 2], [3, 4]], 0, [[1, 2], [3, 4]]),
        ([[1, 2], [3, 4]], 1, [[1, 3], [2, 4]]),
        ([[1, 2], [3, 4]], -1, [[1, 3], [2, 4]]),
        ([[1, 2], [3, 4]], -2, [[1, 2], [3, 4]]),
        ([[5]], 0, [[5]]),
    ],
)
def test_pack(parts, axis, result):
    found = folded(parts, "PACK", np.shape(result), axis=axis)
    assert found.tolist() == result


@pytest.mark.parametrize(
    ("parts", "axis"),
    [
        ([[1, 2], [3]], 0),  # different shapes
        ([1, 2], 1),  # axis out of range
        ([1, 2], -2),
        ([1, 2], None),
        ([], 0),
        ([np.zeros(MAX_FOLDED_ELEMENTS // 2 + 1)] * 2, 0),  # too large to be shape arithmetic
    ],
)
def test_pack_that_stays(parts, axis):
    assert folded(parts, "PACK", (2,), axis=axis) is None


def test_pack_of_two_element_types_stays():
    assert folded([const(0, 1), const(1, 2, "int64")], "PACK", (2,), axis=0) is None


@pytest.mark.parametrize("dtype", ["int32", "int64"])
def test_shape_of_an_input(dtype):
    graph = around([activation(0, (2, 5))], "SHAPE", activation(50, (2,), dtype))
    graph = fold_constants(replace(graph, inputs=(100, 0)))
    assert graph.tensors[50].data.tolist() == [2, 5]
    assert graph.tensors[50].data.dtype == dtype
    assert [o.kind for o in graph.ops] == ["ADD"]
    assert first_fault(graph) is None


def test_shape_as_a_narrow_type_stays():
    graph = around([activation(0, (2, 300))], "SHAPE", activation(50, (2,), "int8"))
    assert [o.kind for o in fold_constants(replace(graph, inputs=(100, 0))).ops] == ["SHAPE", "ADD"]


def test_shape_of_a_scalar_stays():
    """A list of no elements would be a tensor of dimension 0."""
    assert folded([5], "SHAPE", (1,)) is None


def test_reshape_of_a_constant_takes_the_static_shape():
    assert folded([[1, 2, 3, 4], [2, -1]], "RESHAPE", (2, 2)).tolist() == [[1, 2], [3, 4]]
    assert folded([[1, 2, 3, 4], [2, 3]], "RESHAPE", (2, 3)) is None


def test_another_element_type_of_the_result_stays():
    assert folded([1, 2], "PACK", (2,), dtype="int64", axis=0) is None
    assert folded([[1, 2]], "RESHAPE", (2,), dtype="int8") is None


def test_a_wrong_static_shape_is_corrected():
    assert folded([1, 2, 3], "PACK", (7,), axis=0).shape == (3,)


def test_an_output_of_the_graph_is_not_folded():
    graph = graph_of(
        [activation(0, (2, 5)), activation(1, (2,), "int32")], [op(0, "SHAPE", [0], [1])], [0], [1]
    )
    assert fold_constants(graph).ops == graph.ops


def test_reshape_of_an_activation_stays():
    graph = graph_of(
        [activation(0, (2, 5)), const(1, [10]), activation(2, (10,))],
        [op(0, "RESHAPE", [0, 1], [2])],
        [0],
        [2],
    )
    assert format_graph(fold_constants(graph)) == format_graph(graph)


def test_the_given_graph_is_not_changed():
    graph = flatten()
    before = format_graph(graph)
    fold_constants(graph)
    assert format_graph(graph) == before


def test_folded_constants_cannot_be_written():
    found = folded([1, 2], "PACK", (2,), axis=0)
    with pytest.raises(ValueError, match="read-only"):
        found[0] = 9


def test_fill():
    assert folded([[2, 3], -3], "FILL", (2, 3)).tolist() == [[-3, -3, -3]] * 2


@pytest.mark.parametrize("dims", [[3, 2], [6], [MAX_FOLDED_ELEMENTS + 1]], ids=["turned", "flat", "long"])
def test_fill_that_stays(dims):
    """The shape is not the output's, or large."""
    shape = (MAX_FOLDED_ELEMENTS + 1,) if dims == [MAX_FOLDED_ELEMENTS + 1] else (2, 3)
    assert folded([dims, 1], "FILL", shape) is None
