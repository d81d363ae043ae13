"""Small graphs for tests of passes, put together from tensors and operators."""

import numpy as np

from edgeflow.ir.graph import Graph, Op, Quant, Tensor
from edgeflow.ir.verify import first_fault
from edgeflow.ops.registry import check_ops, lower


def const(tensor_id, values, dtype="int32"):
    data = np.asarray(values, dtype)
    data.flags.writeable = False
    return Tensor(tensor_id, f"c{tensor_id}", data.shape, dtype, None, data)


def activation(tensor_id, shape, dtype="int8"):
    return Tensor(tensor_id, f"a{tensor_id}", tuple(shape), dtype)


def q8(tensor_id, shape, scale=0.1, zero=0, dtype="int8"):
    """A quantized activation."""
    return Tensor(tensor_id, f"q{tensor_id}", tuple(shape), dtype, Quant((scale,), (zero,)))


def const8(tensor_id, values, scale=0.1, zero=0):
    """A quantized constant."""
    data = np.asarray(values, np.int8)
    data.flags.writeable = False
    return Tensor(tensor_id, f"c{tensor_id}", data.shape, "int8", Quant((scale,), (zero,)), data)


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


def feeds_of(graph):
    """Input sets: every 8-bit value in turn, the extremes, and random values."""
    random = np.random.default_rng(7)
    tensors = [graph.tensors[i] for i in graph.inputs]

    def feed(make):
        return [make(t.element_count).astype(np.uint8).view(t.dtype).reshape(t.shape) for t in tensors]

    makers = [
        lambda count: np.arange(count) % 256,
        lambda count: np.full(count, 128),
        lambda count: np.full(count, 127),
        lambda count: random.integers(0, 256, count),
    ]
    return [feed(make) for make in makers]


def assert_same_outputs(before, after, kernels):
    """Both graphs are legal, keep the operators' rules, and compute the same bytes with the C kernels."""
    from kernel_harness import run_graph

    for graph in (before, after):
        assert first_fault(graph) is None
        check_ops(graph, "small graph")
    assert before.inputs == after.inputs
    assert before.outputs == after.outputs
    for feed in feeds_of(before):
        first, second = (run_graph(kernels, graph, lower, feed) for graph in (before, after))
        for tensor_id in before.outputs:
            np.testing.assert_array_equal(second[tensor_id], first[tensor_id])
        shared = {i for i in set(first) & set(second) if i >= 0 and not before.tensors[i].is_constant}
        for tensor_id in shared:  # what a trace compares with TFLite's tensors
            np.testing.assert_array_equal(second[tensor_id], first[tensor_id])


def text_of(graph):
    """The operators' lines of the graph's text form."""
    from edgeflow.ir.text import format_op

    return [format_op(o) for o in graph.ops]
