"""QUANTIZE: float32 to int8, uint8 or int16, and between integer types, scales and zero points."""

from __future__ import annotations

from edgeflow.ir.graph import Graph, Op
from edgeflow.ops import rules, shapes
from edgeflow.ops.lowering import SUFFIX, elementwise_overlaps, no_macs, quant_of, rescale_call, tensor_arg
from edgeflow.ops.quant_math import integer_limits, quantize_multiplier
from edgeflow.ops.spec import KernelCall, OpSpec, TensorArg

_PAIRS = {
    ("float32", "int8"),
    ("float32", "uint8"),
    ("float32", "int16"),
    ("int8", "int8"),
    ("int8", "uint8"),
    ("uint8", "int8"),
    ("uint8", "uint8"),
    ("int16", "int8"),
    ("int16", "int16"),
    ("int16", "int32"),
}


def known_types(graph: Graph, op: Op) -> bool:
    """The types are float32 to int8, uint8 or int16, int8 or uint8 to either, int16 to int8, int16, int32."""
    return _types(graph, op) in _PAIRS


def _types(graph: Graph, op: Op) -> tuple[str, str]:
    return graph.input_tensor(op, 0).dtype, graph.output_tensor(op).dtype


def one_scale(graph: Graph, op: Op) -> bool:
    """Integers have one scale and one zero point, which is 0 of int32 and from int16 to int16."""
    source, output = graph.input_tensor(op, 0), graph.output_tensor(op)
    symmetric = _types(graph, op) == ("int16", "int16")
    is_known = source.dtype == "float32" or rules.is_quantized(source, source.dtype, symmetric=symmetric)
    return is_known and rules.is_quantized(output, output.dtype)


def _ratio(graph: Graph, op: Op) -> float:
    return quant_of(graph.input_tensor(op, 0)).scale / quant_of(graph.output_tensor(op)).scale


def scale_ratio(graph: Graph, op: Op) -> bool:
    """The input scale is less than 2**30 times the output scale."""
    if graph.input_tensor(op, 0).dtype == "float32":
        return True
    return quantize_multiplier(_ratio(graph, op))[1] <= 30


def lower(graph: Graph, op: Op) -> KernelCall:
    """The call of ``ef_quantize_f32_s8``, ``_u8`` or ``_s16``, or of a rescaling kernel."""
    source, output = graph.input_tensor(op, 0), graph.output_tensor(op)
    if source.dtype != "float32":
        return rescale_call(source, output, _ratio(graph, op), integer_limits(output.dtype))
    return KernelCall(
        function=f"ef_quantize_f32_{SUFFIX[output.dtype]}",
        header="ef_quantize.h",
        args=(tensor_arg(source), TensorArg(output.id)),
        params_type="ef_quantize_params",
        params=(
            ("count", output.element_count),
            ("scale", quant_of(output).scale),
            ("zero_point", quant_of(output).zero_point),
        ),
        overlaps=elementwise_overlaps(output, source),
    )


SPEC = OpSpec(
    kind="QUANTIZE",
    max_version=3,
    rules=(rules.operand_count(1), known_types, one_scale, rules.same_shape, scale_ratio),
    output_shapes=shapes.same_as_input,
    macs=no_macs,
    lower=lower,
)
