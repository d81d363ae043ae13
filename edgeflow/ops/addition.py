"""What ADD and SUB share: rules, and the factors that bring both inputs to one scale."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from edgeflow.ir.graph import Graph, Op
from edgeflow.ops import broadcast, rules
from edgeflow.ops.lowering import Params, activation_limits, elementwise_overlaps, quant_of, tensor_arg
from edgeflow.ops.quant_math import add_factors, power_of_two_exponent, quantize_multiplier
from edgeflow.ops.spec import KernelCall, Rule, TensorArg

# By which the kernels shift their inputs before they are scaled and added.
EXTRA_BITS: Mapping[str, int] = MappingProxyType({"int8": 20, "int16": 15})


def _factors(graph: Graph, op: Op) -> tuple[float, float, float]:
    tensors = (graph.input_tensor(op, 0), graph.input_tensor(op, 1), graph.output_tensor(op))
    left, right, output = (quant_of(tensor).scale for tensor in tensors)
    return add_factors(left, right, output, EXTRA_BITS[tensors[0].dtype])


def output_scale(graph: Graph, op: Op) -> bool:
    """The output scale is more than 2**-19, of int16 2**-14, of the larger input scale."""
    return are_powers_of_two(graph, op) or _factors(graph, op)[2] < 1.0


def _exponents(graph: Graph, op: Op) -> list[int | None]:
    """The scales' logarithms to base 2, as the reference finds them, None where that is no integer."""
    tensors = (graph.input_tensor(op, 0), graph.input_tensor(op, 1), graph.output_tensor(op))
    return [power_of_two_exponent(quant_of(tensor).scale) for tensor in tensors]


def are_powers_of_two(graph: Graph, op: Op) -> bool:
    """Whether the reference takes int16 scales as powers of two and shifts instead of scaling."""
    wanted = graph.output_tensor(op).dtype == "int16" and bool(op.attrs.get("pot_scale_int16", True))
    return wanted and None not in _exponents(graph, op)


def right_shifts(graph: Graph, op: Op) -> tuple[int, int]:
    """How far each input is shifted to the output's scale, when all are powers of two."""
    left, right, output = (exponent or 0 for exponent in _exponents(graph, op))
    return output - left, output - right


def finer_input(graph: Graph, op: Op) -> bool:
    """Of int16 scales that are powers of two one input's is the output's, the other's 1 to 2**-15 of it."""
    if not are_powers_of_two(graph, op):
        return True
    shifts = right_shifts(graph, op)
    return min(shifts) == 0 and max(shifts) <= 15


def same_shapes(graph: Graph, op: Op) -> bool:
    """With int16 scales that are powers of two the inputs have one shape."""
    return not are_powers_of_two(graph, op) or not broadcast.is_repeated(graph, op)


RULES: tuple[Rule, ...] = (*broadcast.RULES, rules.known_activation, output_scale, finer_input, same_shapes)


def scaling(graph: Graph, op: Op) -> Params:
    """The fields of ``ef_add_scaling``."""
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
        *activation_limits(op, graph.output_tensor(op)),
    )


def shifted_call(graph: Graph, op: Op, sign: int) -> KernelCall:
    """The call of ``ef_add_shifted_s16``, which adds (1) or subtracts (-1) the second input."""
    left, right, output = graph.input_tensor(op, 0), graph.input_tensor(op, 1), graph.output_tensor(op)
    shifts = right_shifts(graph, op)
    return KernelCall(
        function="ef_add_shifted_s16",
        header="ef_add.h",
        args=(tensor_arg(left), tensor_arg(right), TensorArg(output.id)),
        params_type="ef_add_shifted_params",
        params=(
            ("count", output.element_count),
            ("input1_right_shift", shifts[0]),
            ("input2_right_shift", shifts[1]),
            ("input2_sign", sign),
            *activation_limits(op, output),
        ),
        overlaps=elementwise_overlaps(output, left, right),
    )
