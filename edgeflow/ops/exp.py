"""EXP, int8."""

from __future__ import annotations

import math

from edgeflow.ir.graph import Graph, Op
from edgeflow.ops import lookup, shapes
from edgeflow.ops.lowering import no_macs, quant_of
from edgeflow.ops.quant_math import INT8_MAX
from edgeflow.ops.spec import KernelCall, OpSpec


def largest_result(graph: Graph, op: Op) -> bool:
    """The exponential of the largest input is less than 2**30 output steps."""
    source, output = quant_of(graph.input_tensor(op, 0)), quant_of(graph.output_tensor(op))
    largest = source.scale * (INT8_MAX - source.zero_point)
    return largest < math.log(output.scale) + 30 * math.log(2)


def lower(graph: Graph, op: Op) -> KernelCall:
    """The call of ``ef_lookup_s8``."""
    return lookup.float_call(graph, op, lookup.exp_float32)


SPEC = OpSpec(
    kind="EXP",
    max_version=2,
    rules=(*lookup.RULES, largest_result),
    output_shapes=shapes.same_as_input,
    macs=no_macs,
    lower=lower,
)
