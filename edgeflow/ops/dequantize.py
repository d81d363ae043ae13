"""DEQUANTIZE: int8, uint8 or int16 to float32."""

from __future__ import annotations

from edgeflow.ir.graph import Graph, Op
from edgeflow.ops import rules, shapes
from edgeflow.ops.lowering import SUFFIX, elementwise_overlaps, no_macs, quant_of, tensor_arg
from edgeflow.ops.spec import KernelCall, OpSpec, TensorArg


def known_types(graph: Graph, op: Op) -> bool:
    """The input is int8, uint8 or int16 with one scale and zero point, and the output is float32."""
    source = graph.input_tensor(op, 0)
    known = source.dtype in {"int8", "uint8", "int16"} and rules.is_quantized(source, source.dtype)
    return known and graph.output_tensor(op).dtype == "float32"


def lower(graph: Graph, op: Op) -> KernelCall:
    """The call of ``ef_dequantize_s8_f32``, ``ef_dequantize_u8_f32`` or ``ef_dequantize_s16_f32``."""
    source, output = graph.input_tensor(op, 0), graph.output_tensor(op)
    return KernelCall(
        function=f"ef_dequantize_{SUFFIX[source.dtype]}_f32",
        header="ef_dequantize.h",
        args=(tensor_arg(source), TensorArg(output.id)),
        params_type="ef_dequantize_params",
        params=(
            ("count", output.element_count),
            ("scale", quant_of(source).scale),
            ("zero_point", quant_of(source).zero_point),
        ),
        overlaps=elementwise_overlaps(output, source),
    )


SPEC = OpSpec(
    kind="DEQUANTIZE",
    max_version=6,
    rules=(rules.operand_count(1), known_types, rules.same_shape),
    output_shapes=shapes.same_as_input,
    macs=no_macs,
    lower=lower,
)
