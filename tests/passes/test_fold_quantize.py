"""fold_quantize: graph in, graph out, and the same bytes from the C kernels."""

from dataclasses import replace

import numpy as np
import pytest
from small_graphs import activation, assert_same_outputs, graph_of, op, q8, text_of

from edgeflow.ir.text import format_graph
from edgeflow.passes.fold_quantize import fold_quantize

SHAPE = (2, 128)


def chain(*types, middle="ABS", shown=()):
    """Conversions from type to type, then an operator; a type is (dtype, scale, zero), or float32."""
    tensors = [
        activation(i, SHAPE, "float32") if kind == "float32" else q8(i, SHAPE, kind[1], kind[2], kind[0])
        for i, kind in enumerate(types)
    ]
    ops = [
        op(i, "DEQUANTIZE" if types[i + 1] == "float32" else "QUANTIZE", [i], [i + 1])
        for i in range(len(types) - 1)
    ]
    last = len(types) - 1
    if middle:
        ops.append(op(last, middle, [last], [last + 1]))
        tensors.append(q8(last + 1, SHAPE, 0.2, 1))
        last += 1
    return graph_of(tensors, ops, [0], [last, *shown])


def folded(graph, kernels):
    result = fold_quantize(graph)
    assert_same_outputs(graph, result, kernels)
    return text_of(result)


A, B = ("int8", 0.1, -5), ("int8", 0.07, 9)
UNSIGNED = ("uint8", 0.1, 123)


def test_the_text_before_and_after():
    graph = chain(A, "float32", A)
    assert text_of(graph) == ["#0 DEQUANTIZE v1 (%0)", "#1 QUANTIZE v1 (%1)", "#2 ABS v1 (%2)"]
    assert text_of(fold_quantize(graph)) == ["#2 ABS v1 (%0)"]


# What is left of the conversions before ABS.
FOLDED = {
    "equal_parameters": ((A, A), []),
    "there_and_back_through_float": ((A, "float32", A), []),
    "through_float_to_another_scale": ((A, "float32", B), ["#1 QUANTIZE v1 (%0) absorbed DEQUANTIZE #0"]),
    "to_unsigned_and_back": ((A, UNSIGNED, A), []),
    "through_a_finer_scale": (
        (("int8", 4.0, 0), ("int8", 2.0, 0), ("int8", 4.0, 0)),  # saturates on the way: not the identity
        ["#0 QUANTIZE v1 (%0)", "#1 QUANTIZE v1 (%1)"],
    ),
    "two_offset_flips": (
        (("uint8", 0.1, 128), ("int8", 0.1, 0), ("uint8", 0.1, 128), ("int8", 0.1, 0)),
        ["#2 QUANTIZE v1 (%0)"],
    ),
    "three_of_equal_parameters": ((A, A, A, B), ["#2 QUANTIZE v1 (%0)"]),
    "an_unsigned_stop": ((A, UNSIGNED, B), ["#1 QUANTIZE v1 (%0) absorbed QUANTIZE #0"]),
    "rounds_on_the_way": ((A, B, A), ["#0 QUANTIZE v1 (%0)", "#1 QUANTIZE v1 (%1)"]),
    "from_float": (("float32", A, B), ["#0 QUANTIZE v1 (%0)", "#1 QUANTIZE v1 (%1)"]),
}


@pytest.mark.parametrize("name", FOLDED)
def test_folded(name, kernels):
    types, left = FOLDED[name]
    if types[0] == "float32":
        graph = chain(*types)
        assert text_of(fold_quantize(graph))[:-1] == left
        return
    assert folded(chain(*types), kernels)[:-1] == left


def test_a_float_output_of_equal_parameters(kernels):
    graph = chain(A, A, "float32", middle=None)
    assert folded(graph, kernels) == ["#1 DEQUANTIZE v1 (%0)"]


def test_an_output_that_equals_an_input_keeps_its_operator(kernels):
    graph = chain(A, A, middle=None)
    assert folded(graph, kernels) == ["#0 QUANTIZE v1 (%0)"]


def test_an_output_is_written_by_what_wrote_the_equal_tensor(kernels):
    graph = chain(A, B, B, middle=None)
    assert folded(graph, kernels) == ["#0 QUANTIZE v1 (%0)"]
    assert fold_quantize(graph).ops[0].outputs == (2,)


def test_what_others_read_stays_for_them(kernels):
    graph = chain(A, "float32", A, shown=(1,))
    assert folded(graph, kernels) == ["#0 DEQUANTIZE v1 (%0)", "#2 ABS v1 (%0)"]


def test_a_variable_may_change_before_it_is_read_again():
    graph = chain(A, "float32", A)
    state = replace(graph, inputs=(), variables={0: np.zeros(SHAPE, np.int8)})
    assert format_graph(fold_quantize(state)) == format_graph(state)


def test_an_operator_that_breaks_its_rules_stays():
    graph = chain(A, ("int8", 0.0, 0), A)
    assert fold_quantize(graph).ops == graph.ops
