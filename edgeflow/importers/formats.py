"""Tell a model file's format by its content; a name proves nothing. No heavy import."""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Literal

from edgeflow.archives import ArchiveError, open_zip
from edgeflow.errors import ModelError
from edgeflow.importers.limits import MAX_MEMBERS

Format = Literal["keras", "keras-h5", "saved-model", "onnx", "tflite"]

TITLES: dict[Format, str] = {
    "keras": "Keras",
    "keras-h5": "Keras HDF5",
    "saved-model": "TensorFlow SavedModel",
    "onnx": "ONNX",
    "tflite": "TensorFlow Lite",
}
SAVED_MODEL = "saved_model.pb"
_HEAD_BYTES = 16
_HDF5 = b"\x89HDF\r\n\x1a\n"
_ZIP = b"PK\x03\x04"
_TFLITE = b"TFL3"
_GZIP, _TAR, _TAR_PLACE = b"\x1f\x8b", b"ustar", 257
# Python's pickle, protocols 2 to 5: a byte 0x80 and the protocol.
_PICKLES = tuple(bytes((0x80, protocol)) for protocol in range(2, 6))
_KNOWN_HINT = (
    "give ONNX (.onnx), Keras (.keras, .h5), a SavedModel folder or .tflite; PyTorch exports to ONNX"
)
_TORCH_HINT = (
    "export it to ONNX: `torch.onnx.export(model.eval(), example_input, 'model.onnx', dynamo=False)`;"
    " a pickle runs code when it is opened, so edgeflow never does"
)
# onnx.proto3, ModelProto: ir_version = 1, graph = 7, opset_import = 8; the highest field in use is 25.
_ONNX_IR_VERSION, _ONNX_GRAPH, _ONNX_OPSETS, _ONNX_LAST_FIELD = 1, 7, 8, 25


def model_format(path: Path) -> Format:
    """The format of a model file or folder; zip and tar archives may hold a SavedModel.

    Raises ModelError when it is not there or none of the known formats.
    """
    if path.is_dir():
        if (path / SAVED_MODEL).is_file():
            return "saved-model"
        raise ModelError(f"the folder `{path}` is no SavedModel: it has no `{SAVED_MODEL}`", _KNOWN_HINT)
    if not path.is_file():
        raise ModelError(f"there is no model file `{path}`")
    with path.open("rb") as stream:
        head = stream.read(_HEAD_BYTES)
        found = _by_head(path, head)
        if found is None and _is_onnx(stream):
            found = "onnx"
    if found is None:
        raise ModelError(f"`{path}` is not a model in a known format", _KNOWN_HINT)
    return found


def _by_head(path: Path, head: bytes) -> Format | None:
    if head[4:8] == _TFLITE:
        return "tflite"
    if head.startswith(_HDF5):
        return "keras-h5"
    if head.startswith(_ZIP):
        return _zip_format(path)
    if head.startswith(_GZIP) or _is_tar(path):
        return "saved-model"
    if head.startswith(_PICKLES):
        raise ModelError(f"`{path}` is a Python pickle, as PyTorch saves models", _TORCH_HINT)
    return None


def _zip_format(path: Path) -> Format:
    try:
        with open_zip(path, MAX_MEMBERS) as archive:
            names = set(archive.namelist())
    except (ArchiveError, OSError) as error:
        raise ModelError(f"`{path}` {error}", "copy or save it again") from error
    if {"config.json", "metadata.json"} <= names:
        return "keras"
    if any(name.rpartition("/")[2] == "data.pkl" for name in names):
        raise ModelError(f"`{path}` is a PyTorch archive, which holds a Python pickle", _TORCH_HINT)
    if any(name.rpartition("/")[2] == SAVED_MODEL for name in names):
        return "saved-model"
    raise ModelError(f"`{path}` is a zip archive without a Keras model or a SavedModel", _KNOWN_HINT)


def _is_tar(path: Path) -> bool:
    with path.open("rb") as stream:
        stream.seek(_TAR_PLACE)
        return stream.read(len(_TAR)) == _TAR


def _is_onnx(stream: IO[bytes]) -> bool:
    """Whether the file is a message with an ONNX model's top-level fields, from first byte to last."""
    fields = list(itertools.islice(_fields(stream), _MOST_FIELDS))
    known = {number for number in fields if number is not None}
    is_whole = None not in fields and all(0 < number <= _ONNX_LAST_FIELD for number in known)
    return is_whole and _ONNX_GRAPH in known and bool({_ONNX_IR_VERSION, _ONNX_OPSETS} & known)


def _fields(stream: IO[bytes]) -> Iterator[int | None]:
    """Numbers of the top-level fields of a protobuf message; None where it is none, and nothing after."""
    size = stream.seek(0, os.SEEK_END)
    stream.seek(0)
    while stream.tell() < size:
        tag = _varint(stream)
        if tag is None:
            yield None
            return
        length = _content_bytes(stream, tag & 7)
        if length is None or stream.tell() + length > size:
            yield None
            return
        stream.seek(length, os.SEEK_CUR)
        yield tag >> 3


# Wire types of protobuf's encoding.
_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5
_VARINT_BYTES = 10
# A large model is one field; a file of nothing but tiny fields is none.
_MOST_FIELDS = 10_000


def _content_bytes(stream: IO[bytes], wire_type: int) -> int | None:
    """How many bytes of a field follow; None when they cannot be told."""
    if wire_type == _VARINT:
        return None if _varint(stream) is None else 0
    if wire_type == _BYTES:
        return _varint(stream)
    return {_FIXED64: 8, _FIXED32: 4}.get(wire_type)


def _varint(stream: IO[bytes]) -> int | None:
    value = 0
    for place in range(_VARINT_BYTES):
        byte = stream.read(1)
        if not byte:
            return None
        value |= (byte[0] & 0x7F) << (7 * place)
        if byte[0] < 0x80:
            return value
    return None
