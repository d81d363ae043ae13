"""SOFTMAX, int8 or int16, or int8 to int16, over the last dimension."""

from __future__ import annotations

import math
from collections.abc import Mapping
from types import MappingProxyType

from edgeflow.ir.graph import Graph, Op
from edgeflow.ops import lookup, rules, shapes
from edgeflow.ops.lowering import elementwise_overlaps, no_macs, quant_of, tensor_arg
from edgeflow.ops.quant_math import quantize_multiplier, softmax_scaling
from edgeflow.ops.spec import ConstArray, KernelCall, OpSpec, TensorArg

# By the types of input and output the output's scale and zero point.
_OUTPUTS: Mapping[tuple[str, str], tuple[float, int]] = MappingProxyType(
    {("int8", "int8"): (2**-8, -128), ("int16", "int16"): (2**-15, 0), ("int8", "int16"): (2**-16, -(2**15))}
)


def known_types(graph: Graph, op: Op) -> bool:
    """The input is int8 and the output int8 or int16, or both are int16; an input has one scale."""
    source, output = graph.input_tensor(op, 0), graph.output_tensor(op)
    return (source.dtype, output.dtype) in _OUTPUTS and rules.is_quantized(source, source.dtype)


def _expected(graph: Graph, op: Op) -> tuple[float, int]:
    return _OUTPUTS[graph.input_tensor(op, 0).dtype, graph.output_tensor(op).dtype]


def output_scale(graph: Graph, op: Op) -> bool:
    """The output has scale 1/256 (int16: 1/32768, of int8 inputs 1/65536), within 0.1 percent."""
    quant, scale = graph.output_tensor(op).quant, _expected(graph, op)[0]
    return quant is not None and len(quant.scales) == 1 and math.isclose(quant.scale, scale, rel_tol=1e-3)


def output_zero_point(graph: Graph, op: Op) -> bool:
    """The output has zero point -128 (int16: 0, of int8 inputs -32768)."""
    return quant_of(graph.output_tensor(op)).zero_points == (_expected(graph, op)[1],)


def class_count(graph: Graph, op: Op) -> bool:
    """The last dimension has 1 to 4095 elements."""
    return graph.input_tensor(op, 0).shape[-1:] < (4096,) and graph.input_tensor(op, 0).shape != ()


def _factor(graph: Graph, op: Op) -> float:
    beta = op.attrs.get("beta", 1.0)
    return float(beta if isinstance(beta, int | float) else 0.0) * quant_of(graph.input_tensor(op, 0)).scale


def steep_enough(graph: Graph, op: Op) -> bool:
    """Beta times the input scale is more than 2**-26."""
    return _factor(graph, op) * 2.0**26 > 1.0


def _table_scaling(graph: Graph, op: Op) -> tuple[int, int]:
    """(multiplier, shift) that bring int16 differences to steps of 10/65535, as the table counts."""
    return quantize_multiplier(_factor(graph, op) / (10.0 / 65535.0))


def gentle_enough(graph: Graph, op: Op) -> bool:
    """With an int16 input beta times its scale is less than 2.5."""
    return graph.input_tensor(op, 0).dtype != "int16" or _factor(graph, op) < 2.5


def _table_call(graph: Graph, op: Op) -> KernelCall:
    source, output = graph.input_tensor(op, 0), graph.output_tensor(op)
    multiplier, shift = _table_scaling(graph, op)
    classes = source.shape[-1]
    return KernelCall(
        function="ef_softmax_s16",
        header="ef_softmax.h",
        args=(tensor_arg(source), TensorArg(output.id)),
        params_type="ef_softmax_table_params",
        params=(
            ("rows", source.element_count // classes),
            ("classes", classes),
            ("input_multiplier", multiplier),
            ("input_shift", shift),
            ("exp_table", ConstArray("table", lookup.interpolation_table(math.exp, -10.0, 0.0))),
            ("reciprocal_table", ConstArray("table", lookup.interpolation_table(_reciprocal, 0.0, 1.0))),
        ),
        overlaps=elementwise_overlaps(output, source),
    )


def _reciprocal(value: float) -> float:
    return 1.0 / (1.0 + value)


def lower(graph: Graph, op: Op) -> KernelCall:
    """The call of ``ef_softmax_s8``, ``ef_softmax_s8_s16`` or ``ef_softmax_s16``."""
    source, output = graph.input_tensor(op, 0), graph.output_tensor(op)
    if source.dtype == "int16":
        return _table_call(graph, op)
    multiplier, left_shift, difference_min = softmax_scaling(_factor(graph, op))
    classes = source.shape[-1]
    return KernelCall(
        function="ef_softmax_s8" if output.dtype == "int8" else "ef_softmax_s8_s16",
        header="ef_softmax.h",
        args=(tensor_arg(source), TensorArg(output.id)),
        params_type="ef_softmax_params",
        params=(
            ("rows", source.element_count // classes),
            ("classes", classes),
            ("input_multiplier", multiplier),
            ("input_left_shift", left_shift),
            ("difference_min", difference_min),
        ),
        overlaps=elementwise_overlaps(output, source),  # a row is read again, element by element, to the end
    )


SPEC = OpSpec(
    kind="SOFTMAX",
    max_version=3,
    rules=(
        rules.operand_count(1),
        known_types,
        rules.same_shape,
        class_count,
        output_scale,
        output_zero_point,
        steep_enough,
        gentle_enough,
    ),
    output_shapes=shapes.same_as_input,
    macs=no_macs,
    lower=lower,
)
