"""What an ONNX file is refused for, read at the wire level.

Field numbers: https://github.com/onnx/onnx/blob/main/onnx/onnx.proto. Weights may stand in other files
(`external_data`): these have to lie in the model's folder. Operators of other domains would need
libraries that the file names, functions of the model can multiply each other without bound.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from math import prod
from pathlib import Path, PurePosixPath

from edgeflow.errors import ModelError
from edgeflow.importers.inspection.files import file_bytes, inside
from edgeflow.importers.inspection.sizes import SIZE_HINT, checked_bytes
from edgeflow.importers.inspection.wire import Message, WireFile, int64s, signed
from edgeflow.importers.limits import MAX_MODEL_BYTES, MAX_UNPACKED_BYTES

DOMAINS = frozenset({"", "ai.onnx"})
# TensorProto.DataType -> bits of an element; 8 is text.
ELEMENT_BITS = {
    **dict.fromkeys((1, 6, 12), 32),
    **dict.fromkeys((7, 11, 13, 14), 64),
    **dict.fromkeys((4, 5, 10, 16), 16),
    **dict.fromkeys((2, 3, 9, 17, 18, 19, 20, 24), 8),
    **dict.fromkeys((21, 22, 23), 4),
    15: 128,
}
TEXT, INT64 = 8, 7
# Operators whose result is as large as the numbers in one of their inputs say.
SIZED_BY_INPUT = {"ConstantOfShape": 0, "Expand": 1, "Tile": 1, "Resize": 3}
FEW = 64  # bytes of an initializer that may be such a shape


@dataclass
class _Model:
    path: Path
    file: WireFile
    shapes: dict[str, tuple[int, ...]] = field(default_factory=dict)
    external_bytes: int = 0
    files: set[Path] = field(default_factory=set)


def inspect_onnx(path: Path) -> None:
    """Raise ModelError for a file that is corrupt, too large or asks for more than computing numbers."""
    weight_files(path)


def weight_files(path: Path) -> tuple[Path, ...]:
    """The files beside the model that hold its weights; raises what ``inspect_onnx`` raises."""
    data = memoryview(file_bytes(path))
    model = _Model(path, WireFile(path.name))
    root = Message(model.file, data, "the model")
    graphs = 0
    for number, value in root.fields():
        if number == 7:
            _graph(model, root.child(value, "the graph"), 0)
            graphs += 1
        elif number == 25:
            raise ModelError(
                f"`{path.name}` has functions of its own, which are not read.",
                "export again with functions inlined (`onnx.inliner.inline_local_functions`)",
            )
        elif number == 20:
            raise ModelError(f"`{path.name}` holds training information.", "export it for inference")
    if graphs != 1:
        raise model.file.corrupt(f"it has {graphs} graphs, not one")
    return tuple(sorted(model.files))


def _graph(model: _Model, graph: Message, depth: int) -> None:
    model.file.check_depth(depth, "a graph")
    nodes = []
    for number, value in graph.fields():
        if number == 1:
            nodes.append(graph.child(value, "a node"))
        elif number == 5:
            _tensor(model, graph.child(value, "a tensor"))
        elif number == 15:
            raise ModelError(f"`{model.file.origin}` has sparse weights.", "export with dense weights")
        elif number in {11, 12, 13}:
            _value(model, graph.child(value, "a value"))
    for node in nodes:
        _node(model, node, depth)


def _node(model: _Model, node: Message, depth: int) -> None:
    kind = name = domain = ""
    inputs: list[str] = []
    attributes = []
    for number, value in node.fields():
        if number == 1:
            inputs.append(node.text(value))
        elif number == 3:
            name = node.text(value)
        elif number == 4:
            kind = node.text(value)
        elif number == 5:
            attributes.append(node.child(value, "an attribute"))
        elif number == 7:
            domain = node.text(value)
    if domain not in DOMAINS:
        raise ModelError(
            f"`{model.file.origin}`: node `{name or kind}` is the operator `{kind}` of the custom domain"
            f" `{domain}`.",
            "export with operators of ONNX only",
        )
    for attribute in attributes:
        _attribute(model, attribute, depth)
    place = SIZED_BY_INPUT.get(kind)
    if place is not None and place < len(inputs) and inputs[place] in model.shapes:
        checked_bytes(model.file.origin, f"node `{name or kind}`", model.shapes[inputs[place]], 32)


def _attribute(model: _Model, attribute: Message, depth: int) -> None:
    for number, value in attribute.fields():
        if number in {6, 11}:
            _graph(model, attribute.child(value, "a graph"), depth + 1)
        elif number in {5, 10}:
            _tensor(model, attribute.child(value, "a tensor"))


def _value(model: _Model, value: Message) -> None:
    """A declared input, output or intermediate: its type and shape."""
    name = ""
    for number, content in value.fields():
        if number == 1:
            name = value.text(content)
        elif number == 2:
            for tensor in value.child(content, "a type").messages(1, "a tensor's type"):
                _declared(model, tensor, name)


def _declared(model: _Model, tensor: Message, name: str) -> None:
    shape: list[int] = []
    for axis in (a for s in tensor.messages(2, "a shape") for a in s.messages(1, "a dimension")):
        shape += [signed(v) for number, v in axis.fields() if number == 1 and isinstance(v, int)]
    checked_bytes(model.file.origin, f"value `{name}`", shape, 32)


@dataclass
class _Tensor:
    dims: list[int] = field(default_factory=list)
    name: str = ""
    element: int = 0
    raw: memoryview | None = None
    value_bytes: int = 0
    external: dict[str, str] = field(default_factory=dict)
    # Its values where they may be a shape.
    shape: tuple[int, ...] = ()


def _tensor(model: _Model, message: Message) -> None:
    tensor = _read_tensor(message)
    what = f"tensor `{tensor.name}`"
    if tensor.element not in ELEMENT_BITS and tensor.element != TEXT:
        raise model.file.corrupt(f"{what} has the unknown element type {tensor.element}")
    if any(size < 0 for size in tensor.dims):
        raise model.file.corrupt(f"{what} has a negative dimension")
    bits = ELEMENT_BITS.get(tensor.element, 8)
    size_bytes = checked_bytes(model.file.origin, what, tensor.dims, bits) if 0 not in tensor.dims else 0
    if tensor.external:
        _external(model, what, tensor.external, size_bytes)
    elif tensor.element != TEXT:
        _check_stored(model, what, tensor, size_bytes)
    if tensor.raw is not None and len(tensor.raw) <= FEW:
        tensor.shape = int64s(tensor.raw)
    if tensor.element == INT64:
        model.shapes[tensor.name] = tensor.shape


def _read_tensor(message: Message) -> _Tensor:
    tensor = _Tensor()
    for number, value in message.fields():
        if number == 1:
            tensor.dims += message.integers(value)
        elif number == 2 and isinstance(value, int):
            tensor.element = value
        elif number == 8:
            tensor.name = message.text(value)
        elif number == 9:
            tensor.raw = message.octets(value)
        elif number == 13:
            tensor.external.update([_pair(message.child(value, "external data"))])
        elif number in {4, 5, 6, 7, 10, 11}:
            tensor.value_bytes += 1 if isinstance(value, int) else len(value)
            if number == 7 and tensor.value_bytes <= FEW:
                tensor.shape += tuple(message.integers(value))
    return tensor


def _pair(entry: Message) -> tuple[str, str]:
    key = value = ""
    for number, content in entry.fields():
        if number == 1:
            key = entry.text(content)
        elif number == 2:
            value = entry.text(content)
    return key, value


def _check_stored(model: _Model, what: str, tensor: _Tensor, size_bytes: int) -> None:
    """The declared size against what the file holds of it."""
    if tensor.raw is not None and len(tensor.raw) != size_bytes:
        raise model.file.corrupt(f"{what} declares {size_bytes} bytes and holds {len(tensor.raw)}")
    elements = prod(tensor.dims)
    # A packed integer takes a byte or more, one of four bits half of that.
    if tensor.raw is None and tensor.value_bytes * 2 < elements:
        raise model.file.corrupt(f"{what} declares {elements} numbers and holds {tensor.value_bytes} bytes")


def _external(model: _Model, what: str, entries: dict[str, str], size_bytes: int) -> None:
    origin, location = model.file.origin, entries.get("location", "")
    folder = model.path.parent
    parts = PurePosixPath(location).parts
    place = folder / location
    leaves = not parts or location.startswith("/") or ".." in parts or "\\" in location or ":" in location
    if leaves or not inside(folder, place):
        raise ModelError(
            f"`{origin}`: {what} takes its values from `{location}`, which is outside its folder.",
            "do not trust this file, or save it with its weights inside",
        )
    if not place.is_file():
        raise ModelError(
            f"`{origin}`: {what} takes its values from `{location}`, which is not there.",
            "put the file beside the model",
        )
    offset, length = (
        _number(model, what, entries, "offset", 0),
        _number(model, what, entries, "length", size_bytes),
    )
    if length != size_bytes or offset + length > min(place.stat().st_size, MAX_MODEL_BYTES):
        raise model.file.corrupt(f"{what} does not fit into `{location}`")
    model.files.add(place)
    model.external_bytes += length
    if model.external_bytes > MAX_UNPACKED_BYTES:
        raise ModelError(f"`{origin}` takes more than {MAX_UNPACKED_BYTES} bytes from files.", SIZE_HINT)


def _number(model: _Model, what: str, entries: dict[str, str], key: str, default: int) -> int:
    text = entries.get(key, str(default))
    if not re.fullmatch("[0-9]{1,15}", text):
        raise model.file.corrupt(f"{what} has the {key} `{text}`")
    return int(text)
