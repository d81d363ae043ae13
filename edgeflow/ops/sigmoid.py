"""What LOGISTIC and TANH share on int16: the table of the logistic function, and the input's scaling.

The kernels count places of the table in steps of 1/12288: 24 table entries to 1, 512 steps to an entry.
"""

from __future__ import annotations

import math

import numpy as np

from edgeflow.ir.graph import Graph, Op
from edgeflow.ops.lookup import Int16s
from edgeflow.ops.lowering import elementwise_overlaps, quant_of, tensor_arg
from edgeflow.ops.quant_math import power_of_two_exponent, round_half_away
from edgeflow.ops.spec import ConstArray, KernelCall, TensorArg

_STEPS = 3 * 2**12


def small_steps(graph: Graph, op: Op) -> bool:
    """The scale of an int16 input is less than 2.6."""
    source = graph.input_tensor(op, 0)
    return source.dtype != "int16" or quant_of(source).scale < 2.6


def _scaling(scale: float) -> tuple[int, int]:
    """(multiplier, right shift) from input steps to steps of 1/12288.

    Scales of 2**-12 and 2**-11 are exact; others keep 15 bits, rounded down.
    """
    exponent = power_of_two_exponent(scale)
    if exponent in {-12, -11}:
        return 3 << exponent + 12, 0
    multiplier, shift = scale * _STEPS, 0
    while multiplier <= 32767.0 / 2.0 and shift <= 30:
        multiplier *= 2.0
        shift += 1
    return int(multiplier), shift


def _logistic(place: float) -> float:
    return 65536.0 / (1.0 + math.exp(-place / 24.0))


def _table() -> Int16s:
    """The logistic function less a half, of 0 to 255 twenty-fourths, in steps of 1/65536.

    The reference's table follows from this rule but for the last entry, 1: an entry is moved by half the
    error that the straight line to the next one makes in the middle.
    """
    values = []
    for i in range(255):
        line = (_logistic(i) + _logistic(i + 1)) / 2
        values.append(round_half_away(_logistic(i) - (line - _logistic(i + 0.5)) / 2))
    return (np.array([*values, 65535]) - 32768).astype(np.int16)


def table_call(graph: Graph, op: Op, function: str) -> KernelCall:
    """The call of ``ef_logistic_s16`` or ``ef_tanh_s16``."""
    source, output = graph.input_tensor(op, 0), graph.output_tensor(op)
    multiplier, shift = _scaling(quant_of(source).scale)
    return KernelCall(
        function=function,
        header="ef_sigmoid.h",
        args=(tensor_arg(source), ConstArray("table", _table()), TensorArg(output.id)),
        params_type="ef_sigmoid_params",
        params=(("count", output.element_count), ("multiplier", multiplier), ("right_shift", shift)),
        overlaps=elementwise_overlaps(output, source),
    )
