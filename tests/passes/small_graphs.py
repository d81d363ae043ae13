"""Small graphs for tests of passes, put together from tensors and operators."""

import numpy as np

from edgeflow.ir.graph import Graph, Op, Tensor


def const(tensor_id, values, dtype="int32"):
    data = np.asarray(values, dtype)
    data.flags.writeable = False
    return Tensor(tensor_id, f"c{tensor_id}", data.shape, dtype, None, data)


def activation(tensor_id, shape, dtype="int8"):
    return Tensor(tensor_id, f"a{tensor_id}", tuple(shape), dtype)


def op(index, kind, inputs, outputs, **attrs):
    return Op(index, kind, 1, tuple(inputs), tuple(outputs), attrs)


def graph_of(tensors, ops, inputs, outputs):
    return Graph({t.id: t for t in tensors}, tuple(ops), tuple(inputs), tuple(outputs))


def flatten():
    """What a Keras Flatten of a dynamic batch leaves: [1, 2, 3, 4] -> [1, 24] by SHAPE to RESHAPE."""
    tensors = [
        activation(0, (1, 2, 3, 4)),
        const(1, [0]),
        const(2, [1]),
        const(3, [1]),
        const(4, -1),
        activation(5, (4,), "int32"),
        activation(6, (), "int32"),
        activation(7, (2,), "int32"),
        activation(8, (1, 24)),
    ]
    ops = [
        op(0, "SHAPE", [0], [5], out_type="int32"),
        op(1, "STRIDED_SLICE", [5, 1, 2, 3], [6], shrink_axis_mask=1),
        op(2, "PACK", [6, 4], [7], axis=0, values_count=2),
        op(3, "RESHAPE", [0, 7], [8]),
    ]
    return graph_of(tensors, ops, [0], [8])
