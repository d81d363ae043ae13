"""TANH, int8 or int16."""

from __future__ import annotations

import numpy as np

from edgeflow.ir.graph import Graph, Op
from edgeflow.ops import lookup, shapes, sigmoid
from edgeflow.ops.lowering import no_macs, quant_of
from edgeflow.ops.spec import KernelCall, OpSpec


def output_quantization(graph: Graph, op: Op) -> bool:
    """The output has the scale 1/128 and the zero point 0, of int16 1/32768 and 0."""
    quant = quant_of(graph.output_tensor(op))
    if graph.output_tensor(op).dtype == "int16":
        return quant.scale == 2**-15
    return quant.scale == 1 / 128 and quant.zero_point == 0


def _tanh(value: lookup.Float32s) -> lookup.Float32s:
    """Rounded to float32 once."""
    return np.tanh(value.astype(np.float64)).astype(np.float32)


def lower(graph: Graph, op: Op) -> KernelCall:
    """The call of ``ef_lookup_s8`` or ``ef_tanh_s16``."""
    if graph.input_tensor(op, 0).dtype == "int16":
        return sigmoid.table_call(graph, op, "ef_tanh_s16")
    return lookup.float_call(graph, op, _tanh)


SPEC = OpSpec(
    kind="TANH",
    max_version=3,
    rules=(*lookup.WIDE_RULES, output_quantization, sigmoid.small_steps),
    output_shapes=shapes.same_as_input,
    macs=no_macs,
    lower=lower,
)
