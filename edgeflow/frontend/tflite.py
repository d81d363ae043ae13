"""Read a ``.tflite`` file, which is untrusted, into a graph."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from types import MappingProxyType

from edgeflow.errors import ModelError
from edgeflow.flatbuffer import Table, root_table
from edgeflow.frontend.forms import refuse_calls, refuse_float, refuse_subgraphs
from edgeflow.frontend.interface import AS_IN_FILE, Choice, Interface, Shape, choose
from edgeflow.frontend.intermediates import with_intermediates
from edgeflow.frontend.options import read_attrs
from edgeflow.frontend.schema import (
    BUILTIN_NAMES,
    IDENTIFIER,
    ModelField,
    OperatorCodeField,
    OperatorField,
    SubGraphField,
)
from edgeflow.frontend.tensors import read_tensor
from edgeflow.frontend.variables import called_once, resolve_handles, state_updates, variable_tensors
from edgeflow.ir.graph import Graph, Op, Tensor
from edgeflow.ir.verify import verify

MAX_FILE_BYTES = 256 * 2**20
CUSTOM = "CUSTOM"
ABSENT = -1  # for an optional input


def read_model(path: Path, choice: Choice = AS_IN_FILE) -> Graph:
    """The graph of a ``.tflite`` file, with the signature and input shapes of ``choice``.

    Raises:
        ModelError: the file cannot be read, is corrupt, or has a form that cannot be compiled.
        UsageError: the choice does not fit the model.
    """
    return parse_model(read_bytes(path), path.name, choice)


def read_operators(path: Path) -> Graph:
    """The operators and tensors of a ``.tflite`` of any element types, for a look and not to compile.

    Nothing is checked but the file's structure; of several subgraphs it is the first.

    Raises:
        ModelError: the file cannot be read, is corrupt, or has parts that are not understood.
    """
    model = root_table(read_bytes(path), path.name, IDENTIFIER, "the model")
    return _graph(model, path.name, AS_IN_FILE)


def read_interface(path: Path, choice: Choice) -> Interface:
    """What ``choice`` means in a ``.tflite`` file, of which nothing else is read.

    Raises:
        ModelError: the file cannot be read or is corrupt.
        UsageError: the choice does not fit the model.
    """
    return choose(root_table(read_bytes(path), path.name, IDENTIFIER, "the model"), choice)


def read_bytes(path: Path) -> bytes:
    """The bytes of a model file.

    Raises:
        ModelError: it cannot be read or is too large.
    """
    if not path.is_file():
        raise ModelError(f"There is no model file `{path}`.", "give the path of a .tflite file")
    if path.stat().st_size > MAX_FILE_BYTES:
        message = f"`{path.name}` has {path.stat().st_size} bytes; models of up to {MAX_FILE_BYTES} are read."
        raise ModelError(message, "give a model for a microcontroller")
    try:
        return path.read_bytes()
    except OSError as error:
        raise ModelError(f"`{path}` cannot be read: {error.strerror}.") from error


def parse_model(data: bytes, origin: str, choice: Choice = AS_IN_FILE) -> Graph:
    """The graph of the bytes of a ``.tflite``; ``origin`` names them in messages.

    Tensors that no operator, input or output names are left out. Constants are views of ``data``.

    Raises:
        ModelError: the bytes are corrupt or have a form that cannot be compiled.
        UsageError: the choice does not fit the model.
    """
    model = root_table(data, origin, IDENTIFIER, "the model")
    graph = _graph(model, origin, choice)
    refuse_float(graph, origin)
    verify(graph, origin)
    return graph


def _graph(model: Table, origin: str, choice: Choice) -> Graph:
    codes = _operator_codes(model)
    if not model.count(ModelField.SUBGRAPHS):
        raise ModelError(f"`{origin}` is empty: it has no subgraph.", "convert the model again")
    interface = choose(model, choice)
    subgraph = interface.table
    ops = _operators(subgraph, codes)
    if choice.signature is None:
        refuse_subgraphs(model, [name for name, _ in codes], called_once(ops))
    inputs = _tensor_ids(subgraph, SubGraphField.INPUTS)
    outputs = _tensor_ids(subgraph, SubGraphField.OUTPUTS)
    if not (ops and inputs and outputs):
        missing = "operator" if not ops else "input" if not inputs else "output"
        raise ModelError(f"`{origin}` is empty: it has no {missing}.", "convert the model again")
    if interface.subgraph != 0:
        refuse_calls(ops, origin)
    variables = resolve_handles(model, ops, lambda other: _operators(other, codes))
    written = {i for op in variables.ops for i in op.outputs} - {*inputs}
    named = {*inputs, *outputs, *_named(variables.ops)} - variables.tensors.keys()
    tensors = _tensors(model, subgraph, named, interface.shapes, written)
    values = {**variable_tensors(subgraph, tensors), **variables.values}
    return Graph(
        MappingProxyType({**variables.tensors, **tensors}),
        tuple(state_updates(op, values) for op in variables.ops),
        inputs,
        outputs,
        MappingProxyType(values),
    )


def _operator_codes(model: Table) -> list[tuple[str, int]]:
    """Kind and version of each entry of the operator table.

    Codes below 127 stand in either field, older files have only the deprecated one: the larger holds.

    Raises:
        ModelError: the model has custom operators, or ones that the schema does not know.
    """
    codes, custom = [], []
    for entry in model.elements(ModelField.OPERATOR_CODES, "operator code"):
        number = max(
            entry.integer(OperatorCodeField.BUILTIN_CODE, "i"),
            entry.integer(OperatorCodeField.DEPRECATED_BUILTIN_CODE, "b"),
        )
        kind = BUILTIN_NAMES.get(number)
        if kind is None:
            raise ModelError(
                f"`{model.file.origin}` has an operator of the unknown code {number}.",
                "the file is corrupt or newer than this version of edgeflow",
            )
        if kind == CUSTOM:
            custom.append(entry.text(OperatorCodeField.CUSTOM_CODE) or "without a name")
        codes.append((kind, entry.integer(OperatorCodeField.VERSION, "i", 1)))
    if custom:
        names = ", ".join(f"`{name}`" for name in sorted(set(custom)))
        raise ModelError(
            f"`{model.file.origin}` has custom operators, which are not supported: {names}.",
            "convert the model again with builtin operators only",
        )
    return codes


def _operators(subgraph: Table, codes: list[tuple[str, int]]) -> tuple[Op, ...]:
    return tuple(
        with_intermediates(subgraph, table, _operator(table, index, codes))
        for index, table in enumerate(subgraph.elements(SubGraphField.OPERATORS, "operator"))
    )


def _operator(table: Table, index: int, codes: list[tuple[str, int]]) -> Op:
    code = table.integer(OperatorField.OPCODE_INDEX, "I")
    if code >= len(codes):
        raise table.file.corrupt(f"operator {index} names operator code {code} of {len(codes)}")
    kind, version = codes[code]
    inputs = tuple(None if i == ABSENT else i for i in _tensor_ids(table, OperatorField.INPUTS, ABSENT))
    outputs = _tensor_ids(table, OperatorField.OUTPUTS)
    return Op(index, kind, version, inputs, outputs, read_attrs(table, kind))


def _tensor_ids(table: Table, slot: int, least: int = 0) -> tuple[int, ...]:
    """A list of tensors, none below ``least``: negative numbers are those of variables here."""
    ids = table.integers(slot, "i") or ()
    if min(ids, default=0) < least:
        raise table.file.corrupt(f"{table.what} names tensor {min(ids)}")
    return ids


def _named(ops: Iterable[Op]) -> set[int]:
    """Ids of all tensors that operators name."""
    return {i for op in ops for i in (*op.inputs, *op.outputs) if i is not None}


def _tensors(
    model: Table, subgraph: Table, ids: set[int], given: Mapping[int, Shape], written: set[int]
) -> dict[int, Tensor]:
    tensors = {}
    for tensor_id in sorted(ids):
        table = subgraph.element(SubGraphField.TENSORS, tensor_id, f"tensor {tensor_id}")
        if table is None:
            count = subgraph.count(SubGraphField.TENSORS)
            raise model.file.corrupt(f"an operator, input or output names tensor {tensor_id} of {count}")
        tensors[tensor_id] = read_tensor(
            model, table, tensor_id, given=given.get(tensor_id), is_inferred=tensor_id in written
        )
    return tensors
