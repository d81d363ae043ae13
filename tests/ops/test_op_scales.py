"""Scales that no converter writes: every operator is refused by a sentence or lowered, and never raises."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from op_graphs import case_of, graph_of
from test_op_rules import BASES

from edgeflow.codegen.literals import float_literal
from edgeflow.ops.registry import REGISTRY, broken_rule, lower
from edgeflow.ops.spec import ConstArray

EXAMPLES = 25
# Zero points of the named cases stay; scales are float32 as the file has them, subnormal ones too.
SCALES = st.builds(
    lambda mantissa, exponent: float(np.float32(mantissa * 2.0**exponent)),
    st.floats(1.0, 1.9375, width=16),
    st.integers(-149, 127) | st.integers(-35, 35),
)


@st.composite
def scaled(draw, kind):
    """The operator's base case with other scales, some of them equal."""
    graph = graph_of(case_of(kind, BASES[kind]))
    common = draw(SCALES)
    tensors = dict(graph.tensors)
    for tensor in graph.tensors.values():
        if tensor.quant is not None:
            scale = draw(SCALES | st.just(common))
            scales = tuple(scale for _ in tensor.quant.scales)
            tensors[tensor.id] = replace(tensor, quant=replace(tensor.quant, scales=scales))
    attrs = {k: draw(SCALES) if isinstance(v, float) else v for k, v in graph.ops[0].attrs.items()}
    if "fused_activation_function" in attrs:
        attrs["fused_activation_function"] = draw(st.sampled_from(["NONE", "RELU6", "RELU_N1_TO_1"]))
    return replace(graph, tensors=tensors, ops=(replace(graph.ops[0], attrs=attrs),))


def numbers(call):
    """All integer and float parameters of a call."""
    for _, value in call.params:
        if isinstance(value, tuple):
            yield from value
        elif isinstance(value, ConstArray):
            yield from np.asarray(value.values).reshape(-1).tolist()
        elif value is not None:
            yield value


@pytest.mark.parametrize("kind", REGISTRY)
def test_any_scales_are_refused_or_lowered(kind):
    @settings(max_examples=EXAMPLES, deadline=None, derandomize=True, database=None)
    @given(scaled(kind))
    def check(graph):
        if broken_rule(graph, graph.ops[0]) is not None:
            return
        for call in lower(graph, graph.ops[0]):
            for value in numbers(call):
                if isinstance(value, float):
                    float_literal(value)
                else:
                    assert -(2**31) <= value < 2**31
            shifts = [value for name, value in call.params if name.split(".")[-1].endswith("shift")]
            assert all(-31 <= s <= 31 for v in shifts for s in numbers(replace(call, params=(("s", v),))))

    check()
