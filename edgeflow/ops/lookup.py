"""Functions of one int8 element: a table of 256 values made here, one kernel for all of them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from edgeflow.ir.graph import Graph, Op
from edgeflow.ops import rules
from edgeflow.ops.lowering import elementwise_overlaps, quant_of, tensor_arg
from edgeflow.ops.quant_math import INT8_MAX, INT8_MIN, integer_limits, round_half_away
from edgeflow.ops.spec import ConstArray, KernelCall, Rule, TensorArg

RULES: tuple[Rule, ...] = (rules.operand_count(1), rules.int8_input_and_output, rules.same_shape)
# Of functions that have an int16 form, too, by a kernel of its own.
WIDE_RULES: tuple[Rule, ...] = (rules.operand_count(1), rules.quantized_input_and_output, rules.same_shape)

Float32s = npt.NDArray[np.float32]
Int16s = npt.NDArray[np.int16]


def clamp_int8(value: int) -> int:
    """The value limited to int8."""
    return max(INT8_MIN, min(INT8_MAX, value))


def table_call(graph: Graph, op: Op, table: npt.NDArray[np.int8]) -> KernelCall:
    """The call of ``ef_lookup_s8`` with a table of 256 values, that of -128 first."""
    source, output = graph.input_tensor(op, 0), graph.output_tensor(op)
    return KernelCall(
        function="ef_lookup_s8",
        header="ef_lookup.h",
        args=(tensor_arg(source), ConstArray("table", table), TensorArg(output.id)),
        params_type="ef_lookup_params",
        params=(("count", output.element_count),),
        overlaps=elementwise_overlaps(output, source),
    )


def integer_call(graph: Graph, op: Op, function: Callable[[int], int]) -> KernelCall:
    """The call of ``ef_lookup_s8`` with the table of ``function``, from stored int8 to stored int8."""
    values = [function(value) for value in range(INT8_MIN, INT8_MAX + 1)]
    return table_call(graph, op, np.array(values, np.int8))


def float_call(graph: Graph, op: Op, function: Callable[[Float32s], Float32s]) -> KernelCall:
    """The call of ``ef_lookup_s8`` with the table of ``function``, from real to real.

    Every step is a float32, as in the reference's tables: ``scale * (q - zero_point)``, the function,
    times the inverse of the output scale, rounded with halves away from zero, plus the zero point.
    """
    source, output = quant_of(graph.input_tensor(op, 0)), quant_of(graph.output_tensor(op))
    stored = np.arange(INT8_MIN, INT8_MAX + 1)
    with np.errstate(over="ignore", under="ignore", invalid="ignore"):
        real = np.float32(source.scale) * (stored - source.zero_point).astype(np.float32)
        steps = (function(real) * (np.float32(1) / np.float32(output.scale))).astype(np.float64)
        rounded = np.trunc(steps + np.copysign(0.5, steps)) + output.zero_point
    return table_call(graph, op, np.clip(rounded, INT8_MIN, INT8_MAX).astype(np.int8))


def exp_float32(value: Float32s) -> Float32s:
    """The exponential rounded to float32 once, as good C libraries do; NumPy's own is less exact."""
    with np.errstate(over="ignore", under="ignore"):
        return np.exp(value.astype(np.float64)).astype(np.float32)


def interpolation_table(function: Callable[[float], float], low: float, high: float) -> Int16s:
    """513 values of a function from ``low`` to ``high`` in Q0.15, for interpolation between neighbours.

    As in the reference each is lowered by half the error that the straight line to the next one makes in
    the middle, rounded with halves away from zero.
    """
    step = (high - low) / 512

    def stored(place: float) -> int:
        return round_half_away(function(low + place * step) * 2.0**15)

    values = []
    for i in range(512):
        following = function(low + (i + 1) * step) * 2.0**15
        line = round_half_away((following + stored(i)) / 2)
        values.append(stored(i) - round_half_away((line - stored(i + 0.5)) / 2))
    low_limit, high_limit = integer_limits("int16")
    return np.clip([*values, stored(512)], low_limit, high_limit).astype(np.int16)
