"""LOG_SOFTMAX, int8, over the last dimension."""

from __future__ import annotations

from edgeflow.ir.graph import Graph, Op
from edgeflow.ops import rules, shapes, softmax
from edgeflow.ops.lowering import elementwise_overlaps, no_macs, quant_of, tensor_arg
from edgeflow.ops.quant_math import quantize_multiplier, softmax_scaling
from edgeflow.ops.spec import KernelCall, OpSpec, TensorArg


def output_quantization(graph: Graph, op: Op) -> bool:
    """The output has the scale 1/16 and the zero point 127."""
    quant = quant_of(graph.output_tensor(op))
    return quant.scale == 1 / 16 and quant.zero_point == 127


def steep_enough(graph: Graph, op: Op) -> bool:
    """The input scale is more than 2**-25."""
    return quant_of(graph.input_tensor(op, 0)).scale > 2.0**-25


def lower(graph: Graph, op: Op) -> KernelCall:
    """The call of ``ef_log_softmax_s8``."""
    source, output = graph.input_tensor(op, 0), graph.output_tensor(op)
    multiplier, shift, difference_min = softmax_scaling(quant_of(source).scale)
    reverse_multiplier, reverse_shift = quantize_multiplier(2.0 ** (31 - shift) / multiplier)
    classes = source.shape[-1]
    return KernelCall(
        function="ef_log_softmax_s8",
        header="ef_log_softmax.h",
        args=(tensor_arg(source), TensorArg(output.id)),
        params_type="ef_log_softmax_params",
        params=(
            ("rows", source.element_count // classes),
            ("classes", classes),
            ("input_multiplier", multiplier),
            ("input_shift", shift),
            ("reverse_multiplier", reverse_multiplier),
            ("reverse_shift", reverse_shift),
            ("difference_min", difference_min),
        ),
        overlaps=elementwise_overlaps(output, source),  # a row is read again, element by element, to the end
    )


SPEC = OpSpec(
    kind="LOG_SOFTMAX",
    max_version=2,
    rules=(
        rules.operand_count(1),
        rules.int8_input_and_output,
        rules.same_shape,
        softmax.class_count,
        output_quantization,
        steep_enough,
    ),
    output_shapes=shapes.same_as_input,
    macs=no_macs,
    lower=lower,
)
