"""What an operator does to one element, worked out for every value that an 8-bit element can have.

The arithmetic is that of the kernel the operator lowers to, with the parameters of that very call, so that
two operators can be compared, or joined, by their 256 results: a proof by enumeration.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

import numpy as np
import numpy.typing as npt

from edgeflow.ir.graph import Graph, Op, Tensor
from edgeflow.ops.quant_math import integer_limits
from edgeflow.ops.registry import broken_rule, lower
from edgeflow.ops.spec import ConstArray, KernelCall, ParamValue

# Operators that compute an element from the elements at its place, in the forms whose kernels stand below.
KINDS = frozenset(
    {
        "ABS",
        "ADD",
        "DEQUANTIZE",
        "EXP",
        "GELU",
        "HARD_SWISH",
        "LEAKY_RELU",
        "LOGISTIC",
        "MAXIMUM",
        "MINIMUM",
        "MUL",
        "QUANTIZE",
        "RELU",
        "RELU6",
        "RELU_0_TO_1",
        "RELU_N1_TO_1",
        "RSQRT",
        "SUB",
        "TANH",
    }
)

Values = npt.NDArray[np.generic]
Ints = npt.NDArray[np.int64]
_Params = Mapping[str, ParamValue]


def every_value(dtype: str) -> Values:
    """All 256 values of an 8-bit type, the smallest first."""
    low, high = integer_limits(dtype)
    return np.arange(low, high + 1).astype(dtype)


def outcome(graph: Graph, op: Op, operands: Sequence[Values]) -> Values | None:
    """The output elements for elements of each input; None where the operator is not of this kind.

    ``operands`` broadcast together; constants that the operator does not read by element (a slope in its
    attributes, a table) are no operands.
    """
    if op.updates or len(op.outputs) != 1 or broken_rule(graph, op) is not None:
        return None
    calls = lower(graph, op)
    evaluate = _EVALUATORS.get(calls[0].function)
    if evaluate is None or len(calls) != 1:
        return None
    with np.errstate(over="ignore", under="ignore", invalid="ignore"):
        return evaluate(calls[0], operands).astype(graph.output_tensor(op).dtype)


def is_elementwise(graph: Graph, op: Op) -> bool:
    """Whether an output element depends on nothing but the input elements at its place."""
    return broken_rule(graph, op) is None and all(call.function in _EVALUATORS for call in lower(graph, op))


def uniform_value(tensor: Tensor) -> Values | None:
    """The one value of all elements of a constant; None for other tensors."""
    if tensor.data is None:
        return None
    data = np.asarray(tensor.data).reshape(-1)
    return data[:1] if data.size and (data == data[0]).all() else None


def results_by_value(graph: Graph, op: Op) -> Values | None:
    """The output for each of the 256 values of the only input that is no constant; else None.

    Constants are uniform, and the input has the output's shape.
    """
    known = known_operands(graph, op, {})
    variable = [position for position, values in enumerate(known) if values is None]
    if len(variable) != 1 or op.inputs[variable[0]] is None:
        return None
    source = graph.input_tensor(op, variable[0])
    if source.dtype not in {"int8", "uint8"} or source.shape != graph.output_tensor(op).shape:
        return None
    operands = [every_value(source.dtype) if values is None else values for values in known]
    return outcome(graph, op, operands)


def known_operands(graph: Graph, op: Op, known: Mapping[int, Values]) -> list[Values | None]:
    """For each input: its known values by tensor id, its uniform constant, or None."""
    return [None if i is None else known.get(i, uniform_value(graph.tensors[i])) for i in op.inputs]


def _ints(values: Values) -> Ints:
    return values.astype(np.int64)


def _number(params: _Params, name: str) -> int:
    value = params[name]
    if not isinstance(value, int):
        raise TypeError(f"kernel parameter {name} is {value!r}, not an integer")
    return value


def _params(call: KernelCall) -> _Params:
    """The call's parameters, those of a nested struct under their own names."""
    return {name.removeprefix("scaling."): value for name, value in call.params}


def _requantize(value: Ints, multiplier: int, shift: int) -> Ints:
    """As ``ef_requantize`` on 32-bit integers."""
    if shift > 0:
        wrapped = ((value << shift) + 2**31) % 2**32 - 2**31
        return (wrapped * multiplier + (1 << 30)) >> 31
    high = (value * multiplier + (1 << 30)) >> 31
    half = (1 << -shift) >> 1
    return np.where(high >= 0, (high + half) >> -shift, -((half - high) >> -shift))


def _scaled(params: _Params, prefix: str, value: Ints) -> Ints:
    return _requantize(value, _number(params, f"{prefix}multiplier"), _number(params, f"{prefix}shift"))


def _clamped(params: _Params, value: Ints) -> Ints:
    moved = value + _number(params, "output_offset")
    return np.clip(moved, _number(params, "activation_min"), _number(params, "activation_max"))


def _lookup(call: KernelCall, operands: Sequence[Values]) -> Values:
    table = next(arg.values for arg in call.args if isinstance(arg, ConstArray))
    return np.asarray(table[_ints(operands[0]) + 128])


def _rescale(call: KernelCall, operands: Sequence[Values]) -> Values:
    params = _params(call)
    value = _scaled(params, "", _ints(operands[0]) + _number(params, "input_offset"))
    moved = value + _number(params, "output_offset")
    return np.clip(moved, _number(params, "output_min"), _number(params, "output_max"))


def _common_scale(params: _Params, operands: Sequence[Values]) -> tuple[Ints, Ints]:
    left, right = (
        _scaled(params, f"input{k}_", (_ints(operands[k - 1]) + _number(params, f"input{k}_offset")) << 20)
        for k in (1, 2)
    )
    return left, right


def _add(call: KernelCall, operands: Sequence[Values]) -> Values:
    params = _params(call)
    left, right = _common_scale(params, operands)
    return _clamped(params, _scaled(params, "output_", left + right))


def _sub(call: KernelCall, operands: Sequence[Values]) -> Values:
    params = _params(call)
    left, right = _common_scale(params, operands)
    return _clamped(params, _scaled(params, "output_", left - right))


def _mul(call: KernelCall, operands: Sequence[Values]) -> Values:
    params = _params(call)
    left, right = (_ints(operands[k - 1]) + _number(params, f"input{k}_offset") for k in (1, 2))
    return _clamped(params, _scaled(params, "", left * right))


def _maximum(_call: KernelCall, operands: Sequence[Values]) -> Values:
    return np.maximum(operands[0], operands[1])


def _minimum(_call: KernelCall, operands: Sequence[Values]) -> Values:
    return np.minimum(operands[0], operands[1])


def _dequantize(call: KernelCall, operands: Sequence[Values]) -> Values:
    params = _params(call)
    steps = _ints(operands[0]) - _number(params, "zero_point")
    return np.float32(_real(params, "scale")) * steps.astype(np.float32)


def _quantize(call: KernelCall, operands: Sequence[Values]) -> Values:
    params = _params(call)
    steps = (operands[0].astype(np.float32) / np.float32(_real(params, "scale"))).astype(np.float64)
    nearest = np.trunc(steps + np.copysign(0.5, steps)) + _number(params, "zero_point")
    return np.where(np.isnan(nearest), -128, np.clip(nearest, -128, 127))


def _real(params: _Params, name: str) -> float:
    value = params[name]
    if not isinstance(value, float):
        raise TypeError(f"kernel parameter {name} is {value!r}, not a float")
    return value


_EVALUATORS: Mapping[str, Callable[[KernelCall, Sequence[Values]], Values]] = MappingProxyType(
    {
        "ef_add_broadcast_s8": _add,
        "ef_add_s8": _add,
        "ef_dequantize_s8_f32": _dequantize,
        "ef_dequantize_u8_f32": _dequantize,
        "ef_lookup_s8": _lookup,
        "ef_maximum_s8": _maximum,
        "ef_minimum_s8": _minimum,
        "ef_mul_s8": _mul,
        "ef_quantize_f32_s8": _quantize,
        "ef_rescale_s8_s8": _rescale,
        "ef_rescale_s8_u8": _rescale,
        "ef_rescale_u8_s8": _rescale,
        "ef_rescale_u8_u8": _rescale,
        "ef_sub_broadcast_s8": _sub,
    }
)
