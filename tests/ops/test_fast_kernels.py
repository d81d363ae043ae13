"""Kernels for DSP, for Helium and for cores without SIMD: the same bytes as their plain twins."""

import re

import pytest
from cases import CASES
from cases_weights import conv, depthwise
from hypothesis import given, settings
from hypothesis import strategies as st
from kernel_harness import KERNELS, SCALARS, SOURCES, STRUCTS, host_library, run_graph
from layers import averages, convolutions, dense_layers, feed_of, poolings
from op_graphs import assert_same_bytes, graph_of, outputs_at, plain_outputs, run_all

from edgeflow.codegen.kernels import kernel_files
from edgeflow.ir.overlap import Overlap
from edgeflow.ops.call_overlap import operator_overlaps
from edgeflow.ops.dsp import fields
from edgeflow.ops.registry import choices

KINDS = ("ADD", "CONV_2D", "DEPTHWISE_CONV_2D", "FULLY_CONNECTED")
KINDS += ("AVERAGE_POOL_2D", "MAX_POOL_2D", "MEAN", "SUM")
POOLS = {"ef_average_pool_2d_s8_dsp", "ef_max_pool_2d_s8_dsp", "ef_mean_s8_dsp"}
FUNCTIONS = {
    "dsp": {
        *("ef_add_s8_dsp", "ef_conv_2d_s8_dsp", "ef_pointwise_s8_dsp", "ef_fully_connected_s8_dsp"),
        *("ef_depthwise_3x3_s8_dsp", "ef_depthwise_conv_2d_s8_dsp", *POOLS),
    },
    "mve": {
        *("ef_add_s8_mve", "ef_conv_2d_s8_mve", "ef_dense_s8_mve", *POOLS),
        *("ef_depthwise_conv_2d_s8_mve", "ef_depthwise_lines_s8_mve"),
        "ef_dense_in_place_s8_mve",
    },
    "scalar": {
        *("ef_conv_2d_s8_scalar", "ef_fully_connected_s8_scalar"),
        *("ef_add_s8_dsp", "ef_depthwise_3x3_s8_dsp", "ef_depthwise_conv_2d_s8_dsp"),
        "ef_depthwise_3x3_s8_scalar",
    },
}
# Most of the others are of extreme scales and sums, or int16, or for Helium of a kind it leaves to DSP.
LEAST_FAST = {"dsp": 60, "mve": 60, "scalar": 60}
CALL = re.compile(r"\b(ef_\w+)\(")
AFFECTED = [case for case in CASES if case.kind in KINDS]


@pytest.mark.parametrize("kernel_set", FUNCTIONS)
@pytest.mark.parametrize("case", AFFECTED, ids=lambda case: f"{case.kind}-{case.name}")
def test_equals_the_plain_kernel(case, kernel_set, kernels):
    graph = graph_of(case)
    expected = plain_outputs(case)
    for calls in choices(graph, graph.ops[0], kernel_set):
        found = [run_graph(kernels, graph, lambda *_, calls=calls: calls, feed) for feed in case.feeds]
        assert_same_bytes([[arrays[i] for i in graph.outputs] for arrays in found], expected)


@pytest.mark.parametrize("kernel_set", FUNCTIONS)
def test_every_kernel_has_cases_and_its_files_and_few_fall_back(kernel_set):
    functions = FUNCTIONS[kernel_set]
    graphs = [graph_of(case) for case in AFFECTED]
    offered = [[call for calls in choices(g, g.ops[0], kernel_set) for call in calls] for g in graphs]
    used = [{call.function for call in calls} for calls in offered]
    assert set().union(*used) & functions == functions
    assert sum(bool(found & functions) for found in used) >= LEAST_FAST[kernel_set]
    for call in {call.function: call for calls in offered for call in calls}.values():
        files = kernel_files([call], KERNELS)
        sources = [files[name].decode() for name in files if name.endswith(".c")]
        called = {name for text in sources for name in CALL.findall(text)}
        assert {f"{name}.c" for name in called & {path.stem for path in SOURCES}} <= set(files)


def places_of(graph, calls):
    """Where output or scratch may lie: apart from the input, at the least distance, beyond, in place."""
    source, output = graph.tensors[graph.inputs[0]], graph.tensors[graph.outputs[0]]
    yield Overlap(source.id, output.id, output.byte_count), output.byte_count
    for overlap in operator_overlaps(graph, calls):
        least = overlap.distance_bytes
        beyond = {least + 4, max(least, output.byte_count // 2)}
        if overlap.output_id is not None:
            beyond |= {0} if overlap.in_place else {least + 1}
        for distance in {least, *beyond}:
            yield overlap, distance


@settings(max_examples=120, deadline=None, derandomize=True, database=None)
@given(st.one_of(convolutions(), convolutions(), dense_layers()))
def test_any_layer_equals_the_plain_kernel_wherever_its_output_may_lie(graph):
    op = graph.ops[0]
    expected = run_all(host_library(), graph, [feed_of(graph)])
    source, output = (graph.tensors[places[0]] for places in (op.inputs, op.outputs))
    is_single = output.shape[1:3] == (1, 1) and source.shape[3] == output.shape[3]
    skipped = op.kind == "DEPTHWISE_CONV_2D" and (op.attrs["dilation_h_factor"] > 1 or is_single)
    for calls in choices(graph, op, "dsp"):
        assert (calls[0].function in FUNCTIONS["dsp"]) != skipped
    for kernel_set in FUNCTIONS:
        check_all_places(graph, choices(graph, op, kernel_set), expected)


def check_all_places(graph, alternatives, expected):
    """Each of the calls gives these bytes wherever output and scratch may lie."""
    kernels, feed = host_library(), feed_of(graph)
    for calls in alternatives:
        for overlap, distance in places_of(graph, calls):
            assert_same_bytes([outputs_at(kernels, graph, calls, feed, overlap, distance)], expected)


@settings(max_examples=60, deadline=None, derandomize=True, database=None)
@given(st.one_of(poolings(), averages()))
def test_any_pooling_equals_the_plain_kernel_wherever_its_output_may_lie(graph):
    expected = run_all(host_library(), graph, [feed_of(graph)])
    check_all_places(graph, choices(graph, graph.ops[0], "dsp"), expected)


@pytest.mark.parametrize("params", fields.NARROW)
def test_the_narrow_fields_are_those_of_the_header(params):
    """A value that passes the check of the lowering is one that the C type holds."""
    types = dict(STRUCTS[params]._fields_)
    expected = {name: fields.NARROW[params].get(name, "int32_t") for name in types}
    assert set(fields.NARROW[params]) <= set(types)
    assert types == {name: SCALARS[c_type] for name, c_type in expected.items()}


TOO_LARGE = {
    "ef_conv_2d_s8_dsp": conv("high_filter", (1, 300, 1, 2), (1, 257, 1, 2), padding="VALID"),
    "ef_depthwise_3x3_s8_dsp": depthwise("wide_line", (1, 3, 300, 220), (3, 3), 1),
}


@pytest.mark.parametrize("function", TOO_LARGE)
def test_a_value_that_a_narrow_field_does_not_hold_is_left_to_another_kernel(function):
    graph = graph_of(TOO_LARGE[function])
    for kernel_set in ("dsp", "scalar", "mve"):
        found = {call.function for calls in choices(graph, graph.ops[0], kernel_set) for call in calls}
        assert found
        assert function not in found
