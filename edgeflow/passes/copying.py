"""Operators that only move bytes, carried out on arrays with the parameters of their kernel calls."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np
import numpy.typing as npt

from edgeflow.ir.graph import Graph, Op
from edgeflow.ops.registry import broken_rule, lower
from edgeflow.ops.spec import ConstArray, ParamValue, TensorArg

# One entry per byte of a tensor: the byte itself, or anything that stands for it.
Slots = npt.NDArray[np.generic]
_Params = Mapping[str, ParamValue]

# Work here takes a multiple of a tensor's size; what runs on microcontrollers is smaller.
MAX_MOVED_BYTES = 2**20


def moved(graph: Graph, op: Op, inputs: Mapping[int, Slots]) -> dict[int, Slots] | None:
    """The bytes of every output, by tensor id, from those of the inputs; None if the operator computes.

    None, too, of tensors that are too large to be worth it.
    """
    sizes = [graph.tensors[i].byte_count for i in (*inputs, *op.outputs)]
    if op.updates or max(sizes) > MAX_MOVED_BYTES or broken_rule(graph, op) is not None:
        return None
    calls = lower(graph, op)
    if any(call.function not in _COPIES for call in calls):
        return None
    kind = next(iter(inputs.values())).dtype
    outputs: dict[int, Slots] = {i: np.zeros(graph.tensors[i].byte_count, kind) for i in op.outputs}
    for call in calls:
        source, output = (arg.tensor_id for arg in call.args if isinstance(arg, TensorArg))
        if source not in inputs:
            return None
        _COPIES[call.function](dict(call.params), inputs[source], outputs[output])
    return outputs


def keeps_order(graph: Graph, op: Op, source_id: int) -> bool:
    """Whether the only output has the bytes of that input, in the same order."""
    byte_count = graph.tensors[source_id].byte_count
    if len(op.outputs) != 1 or byte_count != graph.output_tensor(op).byte_count:
        return False
    places = np.arange(min(byte_count, MAX_MOVED_BYTES))
    outputs = moved(graph, op, {source_id: places})
    return outputs is not None and np.array_equal(outputs[op.outputs[0]], places)


def _number(params: _Params, name: str) -> int:
    value = params[name]
    if not isinstance(value, int):
        raise TypeError(f"kernel parameter {name} is {value!r}, not an integer")
    return value


def _numbers(params: _Params, name: str) -> tuple[int, ...]:
    value = params[name]
    if not isinstance(value, tuple):
        raise TypeError(f"kernel parameter {name} is {value!r}, not a list")
    return value


def _copy(params: _Params, source: Slots, output: Slots) -> None:
    count = _number(params, "byte_count")
    output[:count] = source[:count]


def _places(counts: tuple[int, ...], steps: tuple[int, ...], first: int) -> npt.NDArray[np.int64]:
    """Where the runs begin."""
    places = np.array([first], np.int64)
    for count, step in zip(counts, steps, strict=True):
        places = (places[:, None] + np.arange(count) * step).reshape(-1)
    return places


def _strided_copy(params: _Params, source: Slots, output: Slots) -> None:
    counts, run = _numbers(params, "count"), np.arange(_number(params, "run_bytes"))
    read = _places(counts, _numbers(params, "input_step"), _number(params, "input_first"))
    written = _places(counts, _numbers(params, "output_step"), _number(params, "output_first"))
    output[(written[:, None] + run).reshape(-1)] = source[(read[:, None] + run).reshape(-1)]


def _table_copy(params: _Params, source: Slots, output: Slots) -> None:
    read = np.zeros(1, np.int64)
    for d, (count, step) in enumerate(
        zip(_numbers(params, "count"), _numbers(params, "input_step"), strict=True)
    ):
        table = params[f"index{d}"]
        index = table.values.astype(np.int64) if isinstance(table, ConstArray) else np.arange(count)
        read = (read[:, None] + index * step).reshape(-1)
    run = np.arange(_number(params, "run_bytes"))
    output[:] = source[(read[:, None] + run).reshape(-1)]


def _pad(params: _Params, source: Slots, output: Slots) -> None:
    shape, before = _numbers(params, "input_shape"), _numbers(params, "before")
    inner = tuple(slice(first, first + count) for first, count in zip(before, shape, strict=True))
    value = np.array(_number(params, "value"), np.int8)
    output[:] = value.view(np.uint8) if output.dtype == np.uint8 else -1
    output.reshape(_numbers(params, "output_shape"))[inner] = source.reshape(shape)


_COPIES: Mapping[str, Callable[[_Params, Slots, Slots], None]] = MappingProxyType(
    {
        "ef_copy": _copy,
        "ef_pad_s8": _pad,
        "ef_strided_copy": _strided_copy,
        "ef_table_copy": _table_copy,
    }
)
