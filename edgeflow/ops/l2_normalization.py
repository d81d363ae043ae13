"""L2_NORMALIZATION, int8, over the last dimension."""

from __future__ import annotations

from edgeflow.ir.graph import Graph, Op
from edgeflow.ops import rules, shapes
from edgeflow.ops.lowering import elementwise_overlaps, no_macs, quant_of, tensor_arg
from edgeflow.ops.spec import KernelCall, OpSpec, TensorArg


def output_quantization(graph: Graph, op: Op) -> bool:
    """The output has the scale 1/128 and the zero point 0."""
    quant = quant_of(graph.output_tensor(op))
    return quant.scale == 1 / 128 and quant.zero_point == 0


def row_length(graph: Graph, op: Op) -> bool:
    """The last dimension has at most 33025 elements, so that the sum of their squares fits 32 bits."""
    shape = graph.input_tensor(op, 0).shape
    return len(shape) >= 1 and shape[-1] <= 33025


def no_activation(_graph: Graph, op: Op) -> bool:
    """There is no fused activation."""
    return op.attrs.get("fused_activation_function", "NONE") == "NONE"


def lower(graph: Graph, op: Op) -> KernelCall:
    """The call of ``ef_l2_normalization_s8``."""
    source, output = graph.input_tensor(op, 0), graph.output_tensor(op)
    channels = source.shape[-1]
    return KernelCall(
        function="ef_l2_normalization_s8",
        header="ef_l2_normalization.h",
        args=(tensor_arg(source), TensorArg(output.id)),
        params_type="ef_l2_normalization_params",
        params=(
            ("rows", source.element_count // channels),
            ("channels", channels),
            ("input_offset", -quant_of(source).zero_point),
        ),
        overlaps=elementwise_overlaps(output, source),  # a row is read again, element by element, to the end
    )


SPEC = OpSpec(
    kind="L2_NORMALIZATION",
    max_version=2,
    rules=(
        rules.operand_count(1),
        rules.int8_input_and_output,
        rules.same_shape,
        row_length,
        output_quantization,
        no_activation,
    ),
    output_shapes=shapes.same_as_input,
    macs=no_macs,
    lower=lower,
)
