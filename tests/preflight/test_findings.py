"""Findings name the layer of the source; sizes of what cannot be compiled are at least a bound."""

from dataclasses import replace

import numpy as np
import pytest
from small_graphs import activation, const8, graph_of, op, q8

from edgeflow.preflight.finding import findings, layer
from edgeflow.preflight.fit import Fit, constant_bytes, fullest
from edgeflow.preflight.replacement import IN_FLOAT, REPLACEMENTS, replacement


def two_layers(name="StatefulPartitionedCall/net/act/Elu;net/bn/add"):
    """A RELU that compiles and an ELU left in float between DEQUANTIZE and QUANTIZE."""
    tensors = [
        q8(0, (1, 4, 4, 2)),
        q8(1, (1, 4, 4, 2)),
        activation(2, (1, 4, 4, 2), "float32"),
        activation(3, (1, 4, 4, 2), "float32"),
        q8(4, (1, 4, 4, 2)),
    ]
    ops = [
        op(0, "RELU", [0], [1]),
        op(1, "DEQUANTIZE", [1], [2]),
        op(2, "ELU", [2], [3]),
        op(3, "QUANTIZE", [3], [4]),
    ]
    graph = graph_of(tensors, ops, [0], [4])
    return replace(graph, tensors={**graph.tensors, 3: replace(graph.tensors[3], name=name)})


def test_the_operator_is_found_by_its_layer():
    (found,) = [f for f in findings(two_layers()) if f.kind == "ELU"]
    assert (found.index, found.layer, found.is_float) == (2, "net/act/Elu", True)
    assert found.replacement == REPLACEMENTS["ELU"]
    assert "float32" in found.problem


def test_what_compiles_is_not_found():
    assert "RELU" not in {f.kind for f in findings(two_layers())}


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("serving_default_x:0", "x:0"),
        ("StatefulPartitionedCall_1:0", "0"),
        ("conv1/Relu", "conv1/Relu"),
        ("", ""),
        ("model/PartitionedCall/a", "model/PartitionedCall/a"),
    ],
)
def test_wrappers_around_names_go(name, shown):
    graph = two_layers(name)
    assert layer(graph, graph.ops[2]) == shown


def test_an_operator_without_advice_is_named_as_float():
    assert replacement("SOMETHING", is_float=True) == IN_FLOAT
    assert replacement("SOMETHING", is_float=False) is None


def test_float_tensors_count_as_int8():
    graph = two_layers()
    assert fullest(graph)[0] == 2 * 32
    weights = const8(5, np.zeros((3, 7), np.int8))
    graph = graph_of(
        [q8(0, (1, 7)), weights, q8(2, (1, 3))], [op(0, "FULLY_CONNECTED", [0, 5], [2])], [0], [2]
    )
    assert constant_bytes(graph) == 21


@pytest.mark.parametrize(
    ("weights", "activations", "is_planned", "fits"),
    [
        (10, 10, True, True),
        (11, 1, True, False),
        (11, 1, False, False),
        (1, 11, True, False),
        (1, 11, False, None),
    ],
)
def test_only_a_plan_tells_that_it_fits(weights, activations, is_planned, fits):
    assert Fit(weights, activations, is_planned, "a", 10, 10).fits is fits
