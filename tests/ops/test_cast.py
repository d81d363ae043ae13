"""CAST of every pair of types against numpy, what is undefined in C, and a network of uint8 that casts."""

import numpy as np
import pytest
from cases_cast import TYPES, values
from kernel_harness import run_graph
from op_graphs import assert_same_bytes
from tflite_builder import Node, T, build_model

from edgeflow.frontend.tflite import parse_model
from edgeflow.ir.graph import Graph, Op, Tensor
from edgeflow.ops.registry import broken_rule, check_ops, lower
from edgeflow.passes.run import run_passes


def cast(kernels, held, target):
    tensors = {i: Tensor(i, f"t{i}", held.shape, dtype) for i, dtype in enumerate((held.dtype.name, target))}
    graph = Graph(tensors, (Op(0, "CAST", 1, (0,), (1,)),), (0,), (1,))
    assert broken_rule(graph, graph.ops[0]) is None
    return run_graph(kernels, graph, lower, [held])[1]


@pytest.mark.parametrize("target", TYPES)
@pytest.mark.parametrize("source", TYPES)
def test_every_pair_is_as_numpy_has_it(source, target, kernels):
    held = values(source, target)
    assert_same_bytes([[cast(kernels, held, target)]], [[held.astype(target)]])


def test_floats_beyond_int32_are_limited(kernels):
    held = np.array([np.inf, -np.inf, np.nan, 3e9, -3e9], np.float32)
    assert cast(kernels, held, "int32").tolist() == [2**31 - 1, -(2**31), -(2**31), 2**31 - 1, -(2**31)]
    assert cast(kernels, held, "bool").tolist() == [True] * 5


def test_pixels_of_uint8_cast_scaled_and_quantized(kernels, oracle):
    pixels, scale = (1, 16, 16), np.float32([1 / 255])
    tensors = [
        T("pixels", pixels, "uint8", None),
        T("real", pixels, "float32", None),
        T("scale", (1,), "float32", None, data=scale),
        T("scaled", pixels, "float32", None),
        T("x", pixels, "int8", 0.004, -128),
    ]
    nodes = [
        Node("CAST", [0], [1], "CastOptions", {}, 1),
        Node("MUL", [1, 2], [3], "MulOptions", {}, 1),
        Node("QUANTIZE", [3], [4], "QuantizeOptions", {}, 1),
    ]
    model = build_model(tensors, nodes, [0], [4])
    graph = run_passes(parse_model(model, "net"))
    check_ops(graph, "net")
    feed = (np.arange(256).astype(np.uint8).reshape(pixels),)
    found = run_graph(kernels, graph, lower, feed)
    assert_same_bytes([[found[i] for i in graph.outputs]], oracle.run(model, [feed]))
