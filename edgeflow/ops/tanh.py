"""TANH, int8."""

from __future__ import annotations

import numpy as np

from edgeflow.ir.graph import Graph, Op
from edgeflow.ops import lookup, shapes
from edgeflow.ops.lowering import no_macs, quant_of
from edgeflow.ops.spec import KernelCall, OpSpec


def output_quantization(graph: Graph, op: Op) -> bool:
    """The output has the scale 1/128 and the zero point 0."""
    quant = quant_of(graph.output_tensor(op))
    return quant.scale == 1 / 128 and quant.zero_point == 0


def _tanh(value: lookup.Float32s) -> lookup.Float32s:
    """Rounded to float32 once."""
    return np.tanh(value.astype(np.float64)).astype(np.float32)


def lower(graph: Graph, op: Op) -> KernelCall:
    """The call of ``ef_lookup_s8``."""
    return lookup.float_call(graph, op, _tanh)


SPEC = OpSpec(
    kind="TANH",
    max_version=3,
    rules=(*lookup.RULES, output_quantization),
    output_shapes=shapes.same_as_input,
    macs=no_macs,
    lower=lower,
)
