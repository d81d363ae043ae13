"""LOGISTIC, int8 or int16."""

from __future__ import annotations

import numpy as np

from edgeflow.ir.graph import Graph, Op
from edgeflow.ops import lookup, shapes, sigmoid
from edgeflow.ops.lowering import no_macs, quant_of
from edgeflow.ops.spec import KernelCall, OpSpec


def output_quantization(graph: Graph, op: Op) -> bool:
    """The output has the scale 1/256 and the zero point -128, of int16 1/32768 and 0."""
    quant = quant_of(graph.output_tensor(op))
    if graph.output_tensor(op).dtype == "int16":
        return quant.scale == 2**-15
    return quant.scale == 1 / 256 and quant.zero_point == -128


def _logistic(value: lookup.Float32s) -> lookup.Float32s:
    return np.float32(1) / (np.float32(1) + lookup.exp_float32(-value))


def lower(graph: Graph, op: Op) -> KernelCall:
    """The call of ``ef_lookup_s8`` or ``ef_logistic_s16``."""
    if graph.input_tensor(op, 0).dtype == "int16":
        return sigmoid.table_call(graph, op, "ef_logistic_s16")
    return lookup.float_call(graph, op, _logistic)


SPEC = OpSpec(
    kind="LOGISTIC",
    max_version=3,
    rules=(*lookup.WIDE_RULES, output_quantization, sigmoid.small_steps),
    output_shapes=shapes.same_as_input,
    macs=no_macs,
    lower=lower,
)
