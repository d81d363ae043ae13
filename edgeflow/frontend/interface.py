"""What the user fixes of a model: which signature is compiled, and the shapes of its inputs.

A file gives a dynamic dimension as -1 in an input's `shape_signature`, and some static size, mostly 1, in
its `shape`. A signature names the inputs of one subgraph, often better than the tensors do.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from edgeflow.errors import ModelError, UsageError
from edgeflow.flatbuffer import Table
from edgeflow.frontend.schema import (
    ModelField,
    SignatureField,
    SubGraphField,
    TensorField,
    TensorMapField,
)
from edgeflow.frontend.tensors import listed, pattern_text

Shape = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """Shapes by the names of inputs, of tensors or of the signature's, and the signature's own name."""

    shapes: Mapping[str, Shape] = field(default_factory=lambda: MappingProxyType({}))
    signature: str | None = None


AS_IN_FILE = Choice()


@dataclass(frozen=True, slots=True)
class Interface:
    """What was chosen: a subgraph and its number, and the shapes of some of its inputs by tensor index."""

    table: Table
    subgraph: int
    shapes: Mapping[int, Shape]


@dataclass(frozen=True, slots=True)
class _Signature:
    name: str
    subgraph: int
    inputs: tuple[tuple[str, int], ...]


def choose(model: Table, choice: Choice) -> Interface:
    """The subgraph and input shapes that the choice means in this model.

    Raises:
        UsageError: there is no such signature or input, or a shape contradicts the model.
        ModelError: signatures name several subgraphs and none is chosen, or the file is corrupt.
    """
    signatures = _signatures(model)
    subgraph = _subgraph(model, signatures, choice.signature)
    table = model.element(ModelField.SUBGRAPHS, subgraph, f"subgraph {subgraph}")
    if table is None:
        raise model.file.corrupt(
            f"a signature names subgraph {subgraph} of {model.count(ModelField.SUBGRAPHS)}"
        )
    names = [pair for found in signatures if found.subgraph == subgraph for pair in found.inputs]
    return Interface(table, subgraph, _shapes(table, names, choice.shapes))


def _signatures(model: Table) -> list[_Signature]:
    return [
        _Signature(
            table.text(SignatureField.KEY),
            table.integer(SignatureField.SUBGRAPH_INDEX, "I"),
            tuple(
                (entry.text(TensorMapField.NAME), entry.integer(TensorMapField.TENSOR_INDEX, "I"))
                for entry in table.elements(SignatureField.INPUTS, "input of a signature")
            ),
        )
        for table in model.elements(ModelField.SIGNATURES, "signature")
    ]


def _subgraph(model: Table, signatures: Sequence[_Signature], name: str | None) -> int:
    origin, known = model.file.origin, [found.name for found in signatures]
    if name is None:
        if len({found.subgraph for found in signatures}) > 1:
            message = f"`{origin}` has several signatures: {listed(known)}."
            raise ModelError(message, "compile one of them with `--signature NAME`")
        return 0
    if name not in known:
        raise UsageError(
            f"`{origin}` has no signature `{name}`", f"signatures: {listed(known) if known else 'none'}"
        )
    return signatures[known.index(name)].subgraph


def _shapes(
    subgraph: Table, names: Sequence[tuple[str, int]], wanted: Mapping[str, Shape]
) -> dict[int, Shape]:
    if not wanted:
        return {}
    inputs = subgraph.integers(SubGraphField.INPUTS, "i") or ()
    tensors = {i: _tensor(subgraph, i) for i in inputs}
    pairs = [*((table.text(TensorField.NAME), i) for i, table in tensors.items()), *names]
    shapes: dict[int, Shape] = {}
    for name, shape in wanted.items():
        found = {i for known, i in pairs if known == name and i in tensors}
        known = list(dict.fromkeys(known for known, i in pairs if i in tensors))
        if not found:
            raise UsageError(
                f"`{subgraph.file.origin}` has no input `{name}` to shape", f"inputs: {listed(known)}"
            )
        if len(found) > 1:
            message = f"`{subgraph.file.origin}` has {len(found)} inputs of the name `{name}`"
            raise UsageError(message, f"inputs: {listed(known)}")
        index = found.pop()
        if shapes.setdefault(index, shape) != shape:
            raise UsageError(f"`{name}` has two shapes, {list(shapes[index])} and {list(shape)}")
        _check(tensors[index], name, shape)
    return shapes


def _tensor(subgraph: Table, index: int) -> Table:
    table = subgraph.element(SubGraphField.TENSORS, index, f"tensor {index}")
    if table is None:
        raise subgraph.file.corrupt(
            f"an input names tensor {index} of {subgraph.count(SubGraphField.TENSORS)}"
        )
    return table


def _check(tensor: Table, name: str, shape: Shape) -> None:
    """Refuse a shape that is none, or that changes a dimension which the file fixes."""
    static = tensor.integers(TensorField.SHAPE, "i") or ()
    pattern = tensor.integers(TensorField.SHAPE_SIGNATURE, "i") or static
    if min(shape, default=1) < 1:
        raise UsageError(f"the shape {list(shape)} of `{name}` has a dimension below 1")
    fits = len(shape) == len(pattern) and all(
        fixed < 1 or dim == fixed for dim, fixed in zip(shape, pattern, strict=True)
    )
    if not fits:
        raise UsageError(
            f"the input `{name}` of `{tensor.file.origin}` is {pattern_text(pattern)}:"
            f" it cannot become {pattern_text(shape)}",
            "give a size where there is a `?`, and the same sizes elsewhere"
            if min(pattern, default=1) < 1
            else "the model fixes this shape; convert it again with another one",
        )
