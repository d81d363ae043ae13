"""Put metadata into a ``.tflite`` without touching what it computes.

A flatbuffer's offsets point forward, so a new root table stands in front of the old file, which follows
byte for byte: operators, tensors and weights are the same bytes, only further back. The associated files are
an uncompressed zip at the end, which readers of flatbuffers do not look at.
"""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Mapping
from typing import Any

from edgeflow.errors import ModelError
from edgeflow.export.archive import add_files

ENTRY_NAME = "TFLITE_METADATA"
# Tensors' data keep their alignment when everything moves by a multiple of this.
_ALIGNMENT = 64
# Fields of `Model` in tensorflow/lite/schema/schema.fbs; field 0 is a number, the others are offsets.
_FIELDS = 8
_VERSION, _BUFFERS, _METADATA = 0, 4, 6


def with_metadata(model: bytes, metadata: bytes, files: Mapping[str, bytes]) -> bytes:
    """The model with this flatbuffer as its metadata, in place of any that it has.

    Raises ModelError for a model of a newer format, or one whose weights stand outside the flatbuffer.
    """
    import tflite

    root = tflite.Model.GetRootAs(model)
    _refuse_unmovable(root)
    buffers = [root.Buffers(index)._tab.Pos for index in range(root.BuffersLength())]  # noqa: SLF001  no other way
    entries = [root.Metadata(index) for index in range(root.MetadataLength())]
    kept = [entry._tab.Pos for entry in entries if entry.Name() != ENTRY_NAME.encode()]  # noqa: SLF001  as above
    front = _front(_old_fields(root), buffers, kept, metadata)
    return add_files(front + model, files) if files else front + model


def _refuse_unmovable(root: Any) -> None:  # noqa: ANN401  the generated classes are untyped
    table = root._tab  # noqa: SLF001  as above
    vtable = table.Pos - struct.unpack_from("<i", table.Bytes, table.Pos)[0]
    entries = (struct.unpack_from("<H", table.Bytes, vtable)[0] - 4) // 2
    if any(struct.unpack_from("<H", table.Bytes, vtable + 4 + 2 * i)[0] for i in range(_FIELDS, entries)):
        raise ModelError("the model has fields that edgeflow does not know", "export with a newer edgeflow")
    if any(root.Buffers(index).Offset() > 1 for index in range(root.BuffersLength())):
        raise ModelError("the model's weights stand outside its flatbuffer", "models below 2 GiB need not")


def _old_fields(root: Any) -> dict[int, int]:  # noqa: ANN401  the generated classes are untyped
    """What each field of the old root has: the number of the first, places of the others."""
    table = root._tab  # noqa: SLF001  as above
    found = {}
    for slot in range(_FIELDS):
        offset = table.Offset(4 + 2 * slot)
        if offset:
            place = table.Pos + offset
            value = struct.unpack_from("<I", table.Bytes, place)[0]
            found[slot] = value if slot == _VERSION else place + value
    return found


def _front(fields: Mapping[int, int], buffers: list[int], entries: list[int], metadata: bytes) -> bytes:
    """What stands before the old file: identifier, root, list of buffers, list of metadata, the new ones."""
    vtable, table = 8, 8 + 4 + 2 * _FIELDS
    buffer_list = table + 4 + 4 * _FIELDS
    entry_list = buffer_list + 4 + 4 * (len(buffers) + 1)
    # Two small tables, each behind its list of fields: Buffer with `data`, Metadata with `name` and `buffer`.
    new_buffer = entry_list + 4 + 4 * (len(entries) + 1) + 8
    new_entry = new_buffer + 8 + 8
    name = new_entry + 12
    data = _aligned(name + 4 + len(ENTRY_NAME) + 1 + 4, 16) - 4  # the bytes after the count are aligned
    size = _aligned(data + 4 + len(metadata), _ALIGNMENT)

    block = bytearray(size)
    present = {slot: size + place for slot, place in fields.items()} | {
        _BUFFERS: buffer_list,
        _METADATA: entry_list,
    }
    struct.pack_into("<I4s", block, 0, table, b"TFL3")
    offsets = [4 + 4 * slot if slot in present else 0 for slot in range(_FIELDS)]
    struct.pack_into(f"<HH{_FIELDS}H", block, vtable, 4 + 2 * _FIELDS, 4 + 4 * _FIELDS, *offsets)
    struct.pack_into("<i", block, table, table - vtable)
    for slot, target in present.items():
        place = table + offsets[slot]
        struct.pack_into("<I", block, place, fields[slot] if slot == _VERSION else target - place)
    _pack_list(block, buffer_list, [*(size + old for old in buffers), new_buffer])
    _pack_list(block, entry_list, [*(size + old for old in entries), new_entry])
    struct.pack_into("<HHHH", block, new_buffer - 8, 6, 8, 4, 0)
    struct.pack_into("<iI", block, new_buffer, 8, data - (new_buffer + 4))
    struct.pack_into("<HHHH", block, new_entry - 8, 8, 12, 4, 8)
    struct.pack_into("<iII", block, new_entry, 8, name - (new_entry + 4), len(buffers))
    struct.pack_into(f"<I{len(ENTRY_NAME)}s", block, name, len(ENTRY_NAME), ENTRY_NAME.encode())
    struct.pack_into(f"<I{len(metadata)}s", block, data, len(metadata), metadata)
    return bytes(block)


def _pack_list(block: bytearray, place: int, targets: list[int]) -> None:
    struct.pack_into("<I", block, place, len(targets))
    for at, target in enumerate(targets):
        element = place + 4 + 4 * at
        struct.pack_into("<I", block, element, target - element)


def _aligned(size: int, alignment: int) -> int:
    return -(-size // alignment) * alignment


def associated_files(model: bytes) -> dict[str, bytes]:
    """The files at the end of a model; empty without any."""
    if not zipfile.is_zipfile(io.BytesIO(model)):
        return {}
    with zipfile.ZipFile(io.BytesIO(model)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}
