"""Shape functions: results written by hand, None where nothing follows, and no input that they fail on.

That they give the shape of every named case is asked by ``test_op_completeness``.
"""

from dataclasses import replace

import numpy as np
import pytest
from cases import CASES
from hypothesis import given, settings
from hypothesis import strategies as st
from op_graphs import graph_of
from test_op_rules import BASES

from edgeflow.ir.graph import Graph, Op, Tensor
from edgeflow.ops.registry import REGISTRY

UNKNOWN = object()  # an int32 vector that stands in no file


def shapes_of(kind, *inputs, outputs=1, **attrs):
    """A tuple is an activation's shape, a list an int32 constant, None an absent input."""
    tensors = [_operand(i, value) for i, value in enumerate(inputs) if value is not None]
    ids = [None if value is None else i for i, value in enumerate(inputs)]
    written = [Tensor(100 + i, "y", (9, 9, 9), "int8") for i in range(outputs)]
    op = Op(0, kind, 1, tuple(ids), tuple(t.id for t in written), attrs)
    graph = Graph({t.id: t for t in (*tensors, *written)}, (op,), (), ())
    return REGISTRY[kind].output_shapes(graph, op)


def _operand(tensor_id, value):
    if value is UNKNOWN:
        return Tensor(tensor_id, "x", (2,), "int32")
    if isinstance(value, tuple):
        return Tensor(tensor_id, "x", value, "int8")
    data = np.array(value, np.int32)
    return Tensor(tensor_id, "x", data.shape, "int32", None, data)


def window(padding, stride=1, dilation=1, **more):
    """Options of a convolution or pooling, alike along both dimensions."""
    steps = {f"stride_{axis}": stride for axis in "hw"} | {
        f"dilation_{axis}_factor": dilation for axis in "hw"
    }
    return {"padding": padding, **steps, **more}


X = (1, 7, 5, 3)
POOL = {"filter_height": 2, "filter_width": 3}
FOUND = [
    ("RELU", [(2, 3)], {}, [(2, 3)]),
    ("ADD", [(2, 1, 4), (3, 1)], {}, [(2, 3, 4)]),
    ("ADD", [(2, 3), ()], {}, [(2, 3)]),
    ("ADD", [(2, 3), (2, 4)], {}, None),
    ("MUL", [(2, 3), None], {}, None),
    ("CONV_2D", [X, (8, 3, 3, 3)], window("SAME", 2), [(1, 4, 3, 8)]),
    ("CONV_2D", [X, (8, 3, 3, 3)], window("VALID"), [(1, 5, 3, 8)]),
    ("CONV_2D", [X, (8, 3, 3, 3)], window("VALID", dilation=2), [(1, 3, 1, 8)]),
    ("CONV_2D", [(7, 5, 3), (8, 3, 3, 3)], window("SAME"), None),
    ("CONV_2D", [X, (8, 3, 3, 3)], window("SAME", 0), None),
    ("DEPTHWISE_CONV_2D", [X, (1, 3, 3, 6)], window("SAME", 3), [(1, 3, 2, 6)]),
    ("MAX_POOL_2D", [X], window("VALID", 2, **POOL), [(1, 3, 2, 3)]),
    ("AVERAGE_POOL_2D", [X], window("SAME", 2, **POOL), [(1, 4, 3, 3)]),
    ("AVERAGE_POOL_2D", [X], window("SAME", 2), None),
    ("FULLY_CONNECTED", [(2, 3, 4), (5, 4)], {}, [(6, 5)]),
    ("FULLY_CONNECTED", [(2, 3, 4), (5, 12)], {}, [(2, 5)]),
    ("FULLY_CONNECTED", [(2, 3, 4), (5, 4)], {"keep_num_dims": True}, [(2, 3, 5)]),
    ("FULLY_CONNECTED", [(2, 3, 4), (5, 12)], {"keep_num_dims": True}, None),
    ("FULLY_CONNECTED", [(2, 3, 4), (5, 7)], {}, None),
    ("RESHAPE", [(2, 6), [3, -1]], {}, [(3, 4)]),
    ("RESHAPE", [(2, 6)], {"new_shape": (12,)}, [(12,)]),
    ("RESHAPE", [(2, 6), [4, 3]], {"new_shape": (12,)}, [(4, 3)]),
    ("RESHAPE", [(2, 6), [[4, 3]]], {"new_shape": (12,)}, [(12,)]),
    ("RESHAPE", [(1, 1)], {"new_shape": (0,)}, [()]),
    ("RESHAPE", [(2, 6), UNKNOWN], {"new_shape": (12,)}, None),
    ("RESHAPE", [(2, 6), [-1, -1]], {}, None),
    ("RESHAPE", [(2, 6), [5, -1]], {}, None),
    ("RESHAPE", [(2, 6), [0, -1]], {}, None),
    ("RESHAPE", [(2, 6), [5]], {}, None),
    ("RESHAPE", [(2, 6)], {"new_shape": None}, None),
    ("EXPAND_DIMS", [(2, 3), [1]], {}, [(2, 1, 3)]),
    ("EXPAND_DIMS", [(2, 3), [-1]], {}, [(2, 3, 1)]),
    ("EXPAND_DIMS", [(2, 3), [3]], {}, None),
    ("SQUEEZE", [(1, 3, 1)], {}, [(3,)]),
    ("SQUEEZE", [(1, 3, 1)], {"squeeze_dims": (-1,)}, [(1, 3)]),
    ("SQUEEZE", [(1, 3, 1)], {"squeeze_dims": (1,)}, None),
    ("SQUEEZE", [(1, 3, 1)], {"squeeze_dims": (3,)}, None),
    ("CONCATENATION", [(2, 3), (2, 4)], {"axis": -1}, [(2, 7)]),
    ("CONCATENATION", [(2, 3), (3, 4)], {"axis": 1}, None),
    ("CONCATENATION", [(2, 3), (3,)], {"axis": 1}, None),
    ("PACK", [(2, 3), (2, 3)], {"axis": -1}, [(2, 3, 2)]),
    ("PACK", [(2, 3), (3, 2)], {"axis": 0}, None),
    ("UNPACK", [(2, 3)], {"axis": 0, "outputs": 2}, [(3,), (3,)]),
    ("UNPACK", [(2, 3)], {"axis": 1, "outputs": 2}, None),
    ("SPLIT", [[-1], (2, 6)], {"outputs": 3}, [(2, 2)] * 3),
    ("SPLIT", [[1], (2, 6)], {"outputs": 4}, None),
    ("SPLIT_V", [(2, 6), [1, -1, 2], [1]], {"outputs": 3}, [(2, 1), (2, 3), (2, 2)]),
    ("SPLIT_V", [(2, 6), [1, 1], [1]], {"outputs": 2}, None),
    ("SPLIT_V", [(2, 6), [-1, -1], [1]], {"outputs": 2}, None),
    ("SPLIT_V", [(2, 6), [7, -1], [1]], {"outputs": 2}, None),
    ("SLICE", [(4, 6), [1, 2], [2, -1]], {}, [(2, 4)]),
    ("SLICE", [(4, 6), [1, 2], [4, 1]], {}, None),
    ("STRIDED_SLICE", [(4, 6), [1, 5], [4, 0], [2, -2]], {}, [(2, 3)]),
    ("STRIDED_SLICE", [(4, 6), [1, 0], [2, 6], [1, 1]], {"shrink_axis_mask": 1}, [(6,)]),
    ("STRIDED_SLICE", [(4, 6), [3, 0], [2, 6], [1, 1]], {}, None),
    ("GATHER", [(4, 6), [[0, 1], [2, 3]]], {"axis": 1}, [(4, 2, 2)]),
    ("GATHER", [(4, 6), [0]], {"axis": 2}, None),
    ("TILE", [(4, 6), [1, 2]], {}, [(4, 12)]),
    ("TRANSPOSE", [(4, 6, 5), [2, 0, 1]], {}, [(5, 4, 6)]),
    ("TRANSPOSE", [(4, 6, 5), [2, 0, 0]], {}, None),
    ("PAD", [(4, 6), [[0, 1], [2, 3]]], {}, [(5, 11)]),
    ("PAD", [(4, 6), [[0, 1]]], {}, None),
    ("SPACE_TO_BATCH_ND", [X, [2, 2], [[0, 1], [1, 0]]], {}, [(4, 4, 3, 3)]),
    ("SPACE_TO_BATCH_ND", [X, [2, 2], [[0, 0], [1, 0]]], {}, None),
    ("BATCH_TO_SPACE_ND", [(4, 4, 3, 3), [2, 2], [[0, 1], [1, 0]]], {}, [X]),
    ("BATCH_TO_SPACE_ND", [(3, 4, 3, 3), [2, 2], [[0, 1], [1, 0]]], {}, None),
    ("SPACE_TO_DEPTH", [(1, 4, 6, 3)], {"block_size": 2}, [(1, 2, 3, 12)]),
    ("SPACE_TO_DEPTH", [X], {"block_size": 2}, None),
    ("DEPTH_TO_SPACE", [(1, 4, 6, 8)], {"block_size": 2}, [(1, 8, 12, 2)]),
    ("DEPTH_TO_SPACE", [X], {"block_size": 2}, None),
    ("DEPTH_TO_SPACE", [(1, 4, 6, 8)], {"block_size": 0}, None),
    ("MEAN", [X, [1, -2]], {}, [(1, 3)]),
    ("REDUCE_MAX", [X, [1, 2]], {"keep_dims": True}, [(1, 1, 1, 3)]),
    ("MEAN", [X, [4]], {}, None),
    ("MEAN", [X, UNKNOWN], {}, None),
    ("ARG_MAX", [(2, 3, 4), [1]], {}, [(2, 4)]),
    ("ARG_MIN", [(2, 3, 4), [3]], {}, None),
    ("RESIZE_BILINEAR", [X, [9, 2]], {}, [(1, 9, 2, 3)]),
    ("RESIZE_NEAREST_NEIGHBOR", [(7, 5, 3), [9, 2]], {}, None),
    ("TRANSPOSE_CONV", [[1, 9, 9, 2], (2, 3, 3, 3), X], {}, [(1, 9, 9, 2)]),
    ("TRANSPOSE_CONV", [UNKNOWN, (2, 3, 3, 3), X], {}, None),
]


@pytest.mark.parametrize(("kind", "inputs", "attrs", "expected"), FOUND)
def test_shapes(kind, inputs, attrs, expected):
    assert shapes_of(kind, *inputs, **attrs) == (None if expected is None else tuple(expected))


def broken_operand(draw, tensor):
    """The tensor with another shape, or without its constant."""
    if tensor.is_constant and draw(st.booleans()):
        values = draw(st.lists(st.integers(-(2**31), 2**31 - 1), max_size=5))
        data = np.array(values, np.int64).astype(tensor.dtype)
        return replace(tensor, shape=data.shape, data=data)
    shape = tuple(draw(st.lists(st.integers(0, 9), max_size=6)))
    return replace(tensor, shape=shape, data=None)


ATTR_VALUES = st.integers(-9, 9) | st.sampled_from([None, "SAME", (3, -1), 2.5, True])


@given(data=st.data())
@settings(max_examples=400, deadline=None)
def test_no_graph_makes_a_shape_function_fail(data):
    """Shape functions run before the rules: operands, options and shapes may be anything."""
    kind = data.draw(st.sampled_from(sorted(BASES)))
    graph = graph_of(next(case for case in CASES if (case.kind, case.name) == (kind, BASES[kind])))
    op = graph.ops[0]
    tensors = {
        i: broken_operand(data.draw, t) if data.draw(st.booleans()) else t for i, t in graph.tensors.items()
    }
    inputs = [None if data.draw(st.integers(0, 5)) == 0 else i for i in op.inputs]
    inputs = inputs[: data.draw(st.integers(0, len(inputs)))] if data.draw(st.booleans()) else inputs
    attrs = {k: data.draw(ATTR_VALUES) if data.draw(st.booleans()) else v for k, v in op.attrs.items()}
    outputs = op.outputs * data.draw(st.integers(0, 2))
    op = replace(op, inputs=tuple(inputs), outputs=outputs, attrs=attrs)
    found = REGISTRY[kind].output_shapes(Graph(tensors, (op,), (), ()), op)
    assert found is None or all(isinstance(dim, int) for shape in found for dim in shape)
