"""Kernels for the DSP extension: the same bytes as their plain twins."""

import pytest
from cases import CASES
from op_graphs import assert_same_bytes, graph_of, run_all

from edgeflow.ops.registry import lower

KINDS = ("ADD", "CONV_2D", "DEPTHWISE_CONV_2D", "FULLY_CONNECTED")
FUNCTIONS = {
    *("ef_add_s8_dsp", "ef_conv_2d_s8_dsp", "ef_pointwise_s8_dsp", "ef_fully_connected_s8_dsp"),
    *("ef_depthwise_3x3_s8_dsp", "ef_depthwise_conv_2d_s8_dsp"),
}
AFFECTED = [case for case in CASES if case.kind in KINDS]


def functions_of(graph):
    """The kernels that the set for DSP chooses."""
    return {call.function for call in lower(graph, graph.ops[0], "dsp")}


@pytest.mark.parametrize("case", AFFECTED, ids=lambda case: f"{case.kind}-{case.name}")
def test_equals_the_plain_kernel(case, kernels):
    graph = graph_of(case)
    assert_same_bytes(
        run_all(kernels, graph, case.feeds, "dsp"), run_all(kernels, graph, case.feeds, "plain")
    )


def test_every_kernel_has_cases_and_few_fall_back():
    used = [functions_of(graph_of(case)) for case in AFFECTED]
    assert set().union(*used) & FUNCTIONS == FUNCTIONS
    fast = sum(bool(functions & FUNCTIONS) for functions in used)
    assert fast >= 60  # most of the others are of extreme scales and sums, or int16
