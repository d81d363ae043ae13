"""SUM, int8, over any constant set of dimensions of a tensor of rank up to four.

The arithmetic is that of TFLite's rescaling sum in fixed point, as TFLite Micro's kernel has it; the
desktop's reference resolver wraps at 8 bits where the scales are equal and rounds in float elsewhere.
"""

from __future__ import annotations

from edgeflow.ir.graph import Graph, Op
from edgeflow.ops import mean, rules
from edgeflow.ops.lowering import no_macs, quant_of
from edgeflow.ops.quant_math import quantize_multiplier
from edgeflow.ops.spec import KernelCall, OpSpec


def lower(graph: Graph, op: Op) -> KernelCall:
    """The call of ``ef_mean_s8`` with a factor that is not divided by the number of elements."""
    source, output = quant_of(graph.input_tensor(op, 0)), quant_of(graph.output_tensor(op))
    return mean.mean_call(graph, op, quantize_multiplier(source.scale / output.scale))


SPEC = OpSpec(
    kind="SUM",
    max_version=2,
    rules=(
        rules.operand_count(2),
        rules.int8_input_and_output,
        mean.constant_axes,
        mean.reduced_shape,
        mean.sum_in_int32,
        mean.scale_ratio,
    ),
    output_shapes=mean.output_shapes,
    macs=no_macs,
    lower=lower,
)
