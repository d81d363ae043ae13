"""GELU, int8, exact or by the approximation with tanh."""

from __future__ import annotations

import math

import numpy as np

from edgeflow.ir.graph import Graph, Op
from edgeflow.ops import lookup, shapes
from edgeflow.ops.lowering import no_macs, quant_of
from edgeflow.ops.spec import KernelCall, OpSpec


def _exact(value: lookup.Float32s) -> lookup.Float32s:
    """``x / 2 * erfc(-x / sqrt(2))``, each step a float32."""
    scaled = value * np.float32(-math.sqrt(0.5))
    erfc = np.array([math.erfc(x) for x in scaled.tolist()]).astype(np.float32)
    return np.float32(0.5) * value * erfc


def _approximate(value: lookup.Float32s) -> lookup.Float32s:
    """``x / 2 * (1 + tanh(sqrt(2 / pi) * (x + 0.044715 x**3)))``, each step a float32."""
    cube = np.float32(0.044715) * value * value * value
    inner = np.float32(2.0 / math.sqrt(math.pi) * math.sqrt(0.5)) * (value + cube)
    tanh = np.tanh(inner.astype(np.float64)).astype(np.float32)
    return np.float32(0.5) * value * (np.float32(1) + tanh)


def scales(graph: Graph, op: Op) -> bool:
    """The input scale is less than 2**64, and less than 2**20 times the output scale."""
    source, output = quant_of(graph.input_tensor(op, 0)).scale, quant_of(graph.output_tensor(op)).scale
    return source < 2.0**64 and source < 2.0**20 * output


def lower(graph: Graph, op: Op) -> KernelCall:
    """The call of ``ef_lookup_s8``."""
    return lookup.float_call(graph, op, _approximate if op.attrs.get("approximate") else _exact)


SPEC = OpSpec(
    kind="GELU",
    max_version=2,
    rules=(*lookup.RULES, scales),
    output_shapes=shapes.same_as_input,
    macs=no_macs,
    lower=lower,
)
