"""Operators on constants: the same bytes as the C kernels, on all named cases that know no more."""

from dataclasses import replace

import numpy as np
import pytest
from cases import CASES
from kernel_harness import run_graph
from op_graphs import graph_of as graph_of_case
from small_graphs import activation, const, const8, graph_of, op, q8

from edgeflow.ops.registry import lower
from edgeflow.passes.evaluate import MAX_GROWN_BYTES, evaluated
from edgeflow.passes.fold_constants import fold_constants
from edgeflow.passes.remove_dead import remove_dead

EVALUATED = [
    "ADD",
    "CONCATENATION",
    "DEQUANTIZE",
    "EXPAND_DIMS",
    "GATHER",
    "LOGISTIC",
    "MUL",
    "PACK",
    "PAD",
    "QUANTIZE",
    "RELU",
    "SLICE",
    "SQUEEZE",
    "STRIDED_SLICE",
    "TILE",
    "TRANSPOSE",
]


def frozen(graph, feed):
    """The graph with its inputs as constants."""
    tensors = dict(graph.tensors)
    for i, array in zip(graph.inputs, feed, strict=True):
        data = np.ascontiguousarray(array).reshape(tensors[i].shape)
        data.flags.writeable = False
        tensors[i] = replace(tensors[i], data=data)
    return replace(graph, tensors=tensors)


@pytest.mark.parametrize("kind", EVALUATED)
def test_the_same_bytes_as_the_kernels(kind, kernels):
    compared = 0
    for case in (case for case in CASES if case.kind == kind):
        graph = graph_of_case(case)
        arrays = run_graph(kernels, graph, lower, case.feeds[-1])
        found = evaluated(frozen(graph, case.feeds[-1]), graph.ops[0])
        expected = arrays[graph.ops[0].outputs[0]]
        if found is not None:
            assert (found.dtype, found.shape) == (expected.dtype, expected.shape), case.name
            assert found.tobytes() == expected.tobytes(), case.name
            compared += 1
    assert compared > 0


def value(kind, operands, shape, dtype="int32", **attrs):
    """What the operator on constants gives."""
    constants = [const(i, *v) if isinstance(v, tuple) else const(i, v) for i, v in enumerate(operands)]
    ids = [c.id for c in constants]
    graph = graph_of([*constants, activation(9, shape, dtype)], [op(0, kind, ids, [9], **attrs)], [], [9])
    found = evaluated(graph, graph.ops[0])
    return None if found is None else (found.dtype.name, found.tolist())


def test_shape_arithmetic():
    assert value("MUL", [[3, 4], 5], (2,)) == ("int32", [15, 20])
    assert value("SUB", [7, 9], ()) == ("int32", -2)
    assert value("MAXIMUM", [[1, 9], [4, 4]], (2,)) == ("int32", [4, 9])
    assert value("MUL", [(2**40, "int64"), (3, "int64")], (), "int64") == ("int64", 3 * 2**40)


def test_shape_arithmetic_that_stays():
    assert value("MUL", [2**30, 2], ()) is None  # leaves the type
    assert value("ADD", [[1, 2], [1, 2, 3]], (2,)) is None
    assert value("ADD", [1, (1, "int64")], ()) is None
    assert value("ADD", [-1, 0], (), fused_activation_function="RELU") is None


def test_cast():
    assert value("CAST", [[1, -2, 300]], (3,), "int8") == ("int8", [1, -2, 44])
    assert value("CAST", [[0, 2]], (2,), "bool") == ("bool", [False, True])
    assert value("CAST", [3], (), "float32") == ("float32", 3.0)
    assert value("CAST", [([1.5], "float32")], (1,), "int32") is None


def test_an_input_that_is_not_known():
    graph = graph_of([q8(0, (4,)), const8(1, [3]), q8(2, (4,))], [op(0, "ADD", [0, 1], [2])], [0], [2])
    assert evaluated(graph, graph.ops[0]) is None


def test_constants_grow_to_a_limit():
    few = const8(0, np.arange(64))
    for repeats, known in ((MAX_GROWN_BYTES // 64, True), (MAX_GROWN_BYTES // 64 + 1, False)):
        tensors = [few, const(1, [repeats]), q8(2, (64 * repeats,))]
        graph = graph_of(tensors, [op(0, "TILE", [0, 1], [2])], [], [2])
        assert (evaluated(graph, graph.ops[0]) is not None) == known


def test_weights_that_are_transposed_at_run_time(kernels):
    """A FULLY_CONNECTED of TRANSPOSE of a constant can only be compiled when that is folded."""
    weights = const8(1, np.arange(12).reshape(4, 3), 0.02)
    tensors = [q8(0, (1, 4)), weights, const(2, [1, 0]), replace(weights, id=3, shape=(3, 4), data=None)]
    ops = [op(0, "TRANSPOSE", [1, 2], [3]), op(1, "FULLY_CONNECTED", [0, 3], [4])]
    graph = remove_dead(fold_constants(graph_of([*tensors, q8(4, (1, 3), 0.3)], ops, [0], [4])))
    assert [o.kind for o in graph.ops] == ["FULLY_CONNECTED"]
    assert graph.tensors[3].data.tolist() == np.arange(12).reshape(4, 3).T.tolist()
