"""Would a delegate take an operator? The answer of its table, with the reason."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from edgeflow.ir.graph import Graph, Op, Tensor
from edgeflow.mobile.table import Delegate, OperatorRow

Answer = Literal["yes", "if", "no", "unknown"]

_BIAS = 2  # position of a layer's bias


@dataclass(frozen=True, slots=True)
class Verdict:
    """``yes``; ``if`` conditions that only the delegate can check hold; ``no``; or ``unknown``."""

    answer: Answer
    reason: str

    @property
    def is_taken(self) -> bool:
        """True at best, with all open conditions met."""
        return self.answer in {"yes", "if"}


def verdict(delegate: Delegate, graph: Graph, op: Op) -> Verdict:
    """What the delegate's table says about one operator of a model."""
    rows = delegate.rows_of(op.kind)
    if not rows:
        if delegate.complete:
            return Verdict("no", "not in the list")
        return Verdict("unknown", "not in this list, which may lack it")
    faults = []
    for row in rows:
        fault = _fault(row, graph, op)
        if fault is None:
            return Verdict("if" if row.conditions else "yes", "; ".join(row.conditions))
        faults.append(fault)
    # A row of the same element types says more than one of others.
    return Verdict("no", next((each for each in faults if not each.startswith(_TYPES)), faults[0]))


_TYPES = "element types"


def _fault(row: OperatorRow, graph: Graph, op: Op) -> str | None:
    """The first condition that the operator does not meet."""
    return next(filter(None, (check(row, graph, op) for check in _CHECKS)), None)


def _types(row: OperatorRow, graph: Graph, op: Op) -> str | None:
    source = graph.optional_tensor(op, row.data_input)
    if source is None:
        return f"{_TYPES}: no input {row.data_input}"
    if source.dtype not in row.types:
        return f"{_TYPES}: input is {source.dtype}"
    wanted = row.output_types or row.types
    wrong = next((graph.tensors[i].dtype for i in op.outputs if graph.tensors[i].dtype not in wanted), None)
    return f"{_TYPES}: output is {wrong}" if wrong else None


def _bias(row: OperatorRow, graph: Graph, op: Op) -> str | None:
    bias = graph.optional_tensor(op, _BIAS)
    if row.bias_types is None or bias is None or bias.dtype in row.bias_types:
        return None
    return f"bias is {bias.dtype}"


def _quantization(row: OperatorRow, graph: Graph, op: Op) -> str | None:
    weights = graph.optional_tensor(op, 1)
    is_per_channel = weights is not None and weights.quant is not None and weights.quant.axis is not None
    return "weights are quantized per channel" if is_per_channel and row.per_channel is False else None


def _version(row: OperatorRow, _graph: Graph, op: Op) -> str | None:
    if row.max_version is None or op.version <= row.max_version:
        return None
    return f"version {op.version}, above {row.max_version}"


def _activation(row: OperatorRow, _graph: Graph, op: Op) -> str | None:
    found = op.attrs.get("fused_activation_function", "NONE")
    return None if row.activations is None or found in row.activations else f"fused {found}"


def _constants(row: OperatorRow, graph: Graph, op: Op) -> str | None:
    for position in row.present_inputs:
        if graph.optional_tensor(op, position) is None:
            return f"input {position} is absent"
    for position in row.constant_inputs:
        tensor = graph.optional_tensor(op, position)
        if tensor is not None and not tensor.is_constant:
            return f"input {position} is not constant"
    return None


def _counts(row: OperatorRow, _graph: Graph, op: Op) -> str | None:
    if row.input_counts is not None and len(op.inputs) not in row.input_counts:
        return f"{len(op.inputs)} inputs"
    if row.output_counts is not None and len(op.outputs) not in row.output_counts:
        return f"{len(op.outputs)} outputs"
    return None


def _ranks(row: OperatorRow, graph: Graph, op: Op) -> str | None:
    source = graph.optional_tensor(op, row.data_input)
    rank = 0 if source is None else len(source.shape)
    if row.ranks is not None and rank not in row.ranks:
        return f"input of {rank} dimensions"
    if row.max_rank is not None and rank > row.max_rank:
        return f"input of {rank} dimensions, above {row.max_rank}"
    return None


def _attributes(row: OperatorRow, _graph: Graph, op: Op) -> str | None:
    for name, value in row.attributes.items():
        if op.attrs.get(name) != value:
            return f"{name} is {op.attrs.get(name)}"
    for name, limit in row.maxima.items():
        found = op.attrs.get(name)
        if isinstance(found, int) and found > limit:
            return f"{name} is {found}, above {limit}"
    if row.refuses and _has(op, row.refuses) and not (row.unless and _has(op, row.unless)):
        return ", ".join(f"{name} is {value}" for name, value in row.refuses.items())
    return None


def _has(op: Op, attributes: dict[str, int | float | str | bool]) -> bool:
    return all(op.attrs.get(name) == value for name, value in attributes.items())


def _values(row: OperatorRow, graph: Graph, op: Op) -> str | None:
    if row.values is None:
        return None
    found = _constant_values(graph.optional_tensor(op, row.values.input))
    return None if found in row.values.allowed else f"input {row.values.input} is {list(found)}"


def _constant_values(tensor: Tensor | None) -> tuple[int, ...]:
    if tensor is None or tensor.data is None:
        return ()
    return tuple(int(value) for value in tensor.data.reshape(-1))


_CHECKS: tuple[Callable[[OperatorRow, Graph, Op], str | None], ...] = (
    _types,
    _bias,
    _quantization,
    _version,
    _activation,
    _constants,
    _counts,
    _ranks,
    _attributes,
    _values,
)
