"""LOGISTIC, int8."""

from __future__ import annotations

import numpy as np

from edgeflow.ir.graph import Graph, Op
from edgeflow.ops import lookup, shapes
from edgeflow.ops.lowering import no_macs, quant_of
from edgeflow.ops.spec import KernelCall, OpSpec


def output_quantization(graph: Graph, op: Op) -> bool:
    """The output has the scale 1/256 and the zero point -128."""
    quant = quant_of(graph.output_tensor(op))
    return quant.scale == 1 / 256 and quant.zero_point == -128


def _logistic(value: lookup.Float32s) -> lookup.Float32s:
    return np.float32(1) / (np.float32(1) + lookup.exp_float32(-value))


def lower(graph: Graph, op: Op) -> KernelCall:
    """The call of ``ef_lookup_s8``."""
    return lookup.float_call(graph, op, _logistic)


SPEC = OpSpec(
    kind="LOGISTIC",
    max_version=3,
    rules=(*lookup.RULES, output_quantization),
    output_shapes=shapes.same_as_input,
    macs=no_macs,
    lower=lower,
)
