"""SQUARED_DIFFERENCE, int8, of two tensors that broadcast to the output's shape."""

from __future__ import annotations

from edgeflow.ir.graph import Graph, Op
from edgeflow.ops import broadcast, shapes
from edgeflow.ops.lowering import Params, no_macs, quant_of
from edgeflow.ops.quant_math import quantize_multiplier
from edgeflow.ops.spec import KernelCall, OpSpec


def _factors(graph: Graph, op: Op) -> tuple[float, float, float]:
    """Each input to twice the larger scale, and the square with 14 more bits to the output; float64."""
    tensors = (graph.input_tensor(op, 0), graph.input_tensor(op, 1), graph.output_tensor(op))
    left, right, output = (quant_of(tensor).scale for tensor in tensors)
    twice_larger = 2.0 * max(left, right)
    return left / twice_larger, right / twice_larger, twice_larger * twice_larger / (2.0**14 * output)


def output_scale(graph: Graph, op: Op) -> bool:
    """The output scale is more than 2**-12 of the square of the larger input scale."""
    return _factors(graph, op)[2] < 1.0


def _scaling(graph: Graph, op: Op) -> Params:
    left, right, output = (quantize_multiplier(factor) for factor in _factors(graph, op))
    return (
        ("input1_offset", -quant_of(graph.input_tensor(op, 0)).zero_point),
        ("input1_multiplier", left[0]),
        ("input1_shift", left[1]),
        ("input2_offset", -quant_of(graph.input_tensor(op, 1)).zero_point),
        ("input2_multiplier", right[0]),
        ("input2_shift", right[1]),
        ("output_offset", quant_of(graph.output_tensor(op)).zero_point),
        ("output_multiplier", output[0]),
        ("output_shift", output[1]),
    )


def lower(graph: Graph, op: Op) -> KernelCall:
    """The call of ``ef_squared_difference_s8``."""
    function, struct = "ef_squared_difference_s8", "ef_squared_difference_params"
    scaling = _scaling(graph, op)
    return broadcast.broadcast_call(graph, op, function, "ef_squared_difference.h", struct, scaling)


SPEC = OpSpec(
    kind="SQUARED_DIFFERENCE",
    max_version=2,
    rules=(*broadcast.INT8_RULES, output_scale),
    output_shapes=shapes.broadcast,
    macs=no_macs,
    lower=lower,
)
