"""Variables that a model reads and assigns through handles, and those that are tensors of their own.

TFLite keeps a variable under two names, its container and its own; VAR_HANDLE makes a handle to it,
READ_VARIABLE copies what it holds at that moment, ASSIGN_VARIABLE replaces it. CALL_ONCE runs another
subgraph before the first run, which assigns the first values. Here each variable becomes one tensor of
the graph, and handles and calls are gone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from edgeflow.errors import ModelError
from edgeflow.flatbuffer import Table
from edgeflow.frontend.forms import STATE_HINT
from edgeflow.frontend.schema import ModelField, SubGraphField, TensorField
from edgeflow.frontend.tensors import read_tensor, short
from edgeflow.ir.graph import Op, Tensor

Array = npt.NDArray[np.generic]
Name = tuple[str, str]  # container and name
ReadOperators = Callable[[Table], tuple[Op, ...]]

# Inputs that an operator overwrites with its state for the next run.
STATE_INPUTS: Mapping[str, tuple[int, ...]] = {"SVDF": (4,), "UNIDIRECTIONAL_SEQUENCE_LSTM": (18, 19)}


@dataclass(frozen=True, slots=True)
class Variables:
    """The main subgraph's operators with variables for handles, and the variables' tensors and values."""

    ops: tuple[Op, ...]
    tensors: Mapping[int, Tensor]
    values: Mapping[int, Array]


def called_once(ops: Sequence[Op]) -> frozenset[int]:
    """Numbers of the subgraphs that give the variables their first values."""
    calls = (op.attrs["init_subgraph_index"] for op in ops if op.kind == "CALL_ONCE")
    return frozenset(index for index in calls if isinstance(index, int))


def resolve_handles(model: Table, ops: tuple[Op, ...], read_operators: ReadOperators) -> Variables:
    """The operators of the main subgraph without handles and calls.

    Raises:
        ModelError: a variable has no first value, or is used in a way that is not supported.
    """
    _check_call_order(ops, model.file.origin)
    first: dict[Name, Tensor] = {}
    for index in sorted(called_once(ops)):
        first |= _first_values(model, index, read_operators)
    ids = {name: -1 - place for place, name in enumerate(first)}
    handles = _handles(ops)
    kept = []
    for op in ops:
        if op.kind in {"READ_VARIABLE", "ASSIGN_VARIABLE"}:
            kept.append(_direct(op, ids, handles, model))
        elif op.kind not in {"CALL_ONCE", "VAR_HANDLE"}:
            kept.append(op)
    tensors = {
        ids[name]: replace(value, id=ids[name], name=name[1] or value.name, data=None)
        for name, value in first.items()
    }
    values = {ids[name]: value.data for name, value in first.items() if value.data is not None}
    return Variables(tuple(kept), tensors, values)


def _check_call_order(ops: Sequence[Op], origin: str) -> None:
    """Refuse a call that would reset what the first run has assigned or read already."""
    seen: Op | None = None
    for op in ops:
        if op.kind == "CALL_ONCE" and seen is not None:
            message = f"`{origin}` uses variables in {seen.kind} #{seen.index} before CALL_ONCE #{op.index}"
            raise ModelError(f"{message} gives them their first values.", STATE_HINT)
        if op.kind in {"READ_VARIABLE", "ASSIGN_VARIABLE"}:
            seen = op


def _handles(ops: Sequence[Op]) -> dict[int, Name]:
    """The variable that each handle stands for, by the handle's tensor."""
    return {
        op.outputs[0]: (str(op.attrs["container"]), str(op.attrs["shared_name"]))
        for op in ops
        if op.kind == "VAR_HANDLE" and op.outputs
    }


def _direct(op: Op, ids: Mapping[Name, int], handles: Mapping[int, Name], model: Table) -> Op:
    """READ_VARIABLE or ASSIGN_VARIABLE of the variable itself."""
    handle = op.inputs[0] if op.inputs else None
    if handle is None or handle not in handles:
        raise model.file.corrupt(f"{op.kind} #{op.index} has no handle of a variable")
    name = handles[handle]
    if name not in ids:
        raise ModelError(
            f"`{model.file.origin}` has no first value for its variable `{short(name[1])}`,"
            f" which {op.kind} #{op.index} uses.",
            "export the model with the initial values of its variables",
        )
    if op.kind == "READ_VARIABLE":
        return replace(op, inputs=(ids[name], *op.inputs[1:]))
    return replace(op, inputs=op.inputs[1:], updates=(ids[name],))


def _first_values(model: Table, index: int, read_operators: ReadOperators) -> dict[Name, Tensor]:
    """The constants that a subgraph assigns."""
    subgraph = model.element(ModelField.SUBGRAPHS, index, f"subgraph {index}") if index > 0 else None
    if subgraph is None:
        raise model.file.corrupt(f"CALL_ONCE names subgraph {index} of {model.count(ModelField.SUBGRAPHS)}")
    ops = read_operators(subgraph)
    handles, found = _handles(ops), {}
    for op in ops:
        if op.kind == "VAR_HANDLE":
            continue
        operands = [i for i in op.inputs if i is not None]
        if op.kind != "ASSIGN_VARIABLE" or len(operands) != 2 or operands[0] not in handles:
            message = f"`{model.file.origin}` computes first values of variables with {op.kind} #{op.index}"
            raise ModelError(f"{message} of subgraph {index}; only constants are supported.", STATE_HINT)
        found[handles[operands[0]]] = _constant(model, subgraph, operands[1], index)
    return found


def _constant(model: Table, subgraph: Table, tensor_id: int, index: int) -> Tensor:
    table = subgraph.element(SubGraphField.TENSORS, tensor_id, f"tensor {tensor_id} of subgraph {index}")
    if table is None:
        raise model.file.corrupt(f"subgraph {index} has no tensor {tensor_id}")
    tensor = read_tensor(model, table, tensor_id, given=None, is_inferred=False)
    if tensor.data is None:
        message = f"`{model.file.origin}`: tensor {tensor_id} (`{short(tensor.name)}`) of subgraph {index}"
        raise ModelError(f"{message} is the first value of a variable, but no constant.", STATE_HINT)
    return tensor


def state_updates(op: Op, variables: Mapping[int, Array]) -> Op:
    """The operator with the variables among its state inputs named as updated."""
    places = STATE_INPUTS.get(op.kind, ())
    named = (op.inputs[place] for place in places if place < len(op.inputs))
    updated = tuple(i for i in named if i is not None and i in variables)
    return replace(op, updates=updated) if updated else op


def variable_tensors(subgraph: Table, tensors: Mapping[int, Tensor]) -> dict[int, Array]:
    """First values of the tensors that the file marks as variable.

    The runtime fills them before the first run: int8 with the zero point, others with zeros.

    Raises:
        ModelError: such a tensor has data in the file, which the runtime refuses, too.
    """
    values: dict[int, Array] = {}
    for tensor_id, tensor in tensors.items():
        table = subgraph.element(SubGraphField.TENSORS, tensor_id, f"tensor {tensor_id}")
        if table is None or not table.integer(TensorField.IS_VARIABLE, "B"):
            continue
        if tensor.data is not None:
            message = f"`{subgraph.file.origin}`: the variable tensor {tensor_id} (`{short(tensor.name)}`)"
            raise ModelError(f"{message} has data in the file, which is not supported.", STATE_HINT)
        fill = tensor.quant.zero_point if tensor.dtype == "int8" and tensor.quant else 0
        value = np.full(tensor.shape, fill, tensor.dtype)
        value.flags.writeable = False
        values[tensor_id] = value
    return values
