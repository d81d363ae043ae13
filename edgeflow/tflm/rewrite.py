"""A ``.tflite`` with another order of operators and with a memory plan among its metadata.

Nothing of the old file moves against the rest of it: what is new (the root table, its lists of
metadata and buffers, and the plan) is put before the old bytes, because FlatBuffers' offsets only
point forward; the operators' list is permuted in place. Their layout: https://flatbuffers.dev/internals/.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence

from edgeflow.errors import ModelError
from edgeflow.flatbuffer import Table, root_table
from edgeflow.frontend.schema import IDENTIFIER, BufferField, ModelField, SubGraphField
from edgeflow.tflm.source import METADATA_NAME

# The old bytes are moved by a multiple of this, so that what was aligned stays so.
_SHIFT_BYTES = 64
_PLAN_VERSION, _PLAN_SUBGRAPH = 1, 0
_VERSION_SLOT = 0
_MODEL_SLOTS = 8  # of version 3 of the schema
_NAME_SLOT = 0  # of Metadata
_PLAN_ALIGNMENT_BYTES = 16
_COUNT_BYTES = 4  # before the elements of a vector


def with_offline_plan(
    data: bytes, origin: str, offsets: Sequence[int], order: Sequence[int] | None = None
) -> bytes:
    """The bytes of a model with one subgraph, its operators in that order, with these offsets.

    Args:
        data: the bytes of a ``.tflite``.
        origin: what to call it in messages.
        offsets: of every tensor, in bytes from the arena's start; -1 leaves a tensor to the runtime.
        order: old places of the operators in their new order; None keeps the old one.

    Raises:
        ModelError: the bytes are corrupt, or of a form that this cannot be written into.
    """
    model = root_table(data, origin, IDENTIFIER, "the model")
    _check_form(model)
    old = bytearray(data)
    if order is not None:
        _permute_operators(model, old, order)
    plan = struct.pack(f"<3i{len(offsets)}i", _PLAN_VERSION, _PLAN_SUBGRAPH, len(offsets), *offsets)
    return _head(model, plan) + bytes(old)


def _check_form(model: Table) -> None:
    origin = model.file.origin
    if model.count(ModelField.SUBGRAPHS) != 1:
        raise ModelError(
            f"`{origin}` has {model.count(ModelField.SUBGRAPHS)} subgraphs; only one can be planned."
        )
    for buffer in model.elements(ModelField.BUFFERS, "buffer"):
        if buffer.integer(BufferField.OFFSET, "Q") > 1:
            raise ModelError(f"`{origin}` stores data behind the model, a form for files above 2 GiB.")
    if model.vtable_bytes > 4 + 2 * _MODEL_SLOTS:
        raise ModelError(f"`{origin}` is of a newer form than this version of edgeflow can write.")


def _permute_operators(model: Table, data: bytearray, order: Sequence[int]) -> None:
    subgraph = model.element(ModelField.SUBGRAPHS, 0, "the subgraph")
    start, count = (subgraph.vector(SubGraphField.OPERATORS, 4) if subgraph else None) or (0, 0)
    places = [start + 4 * index for index in range(count)]
    targets = [place + int(struct.unpack_from("<I", data, place)[0]) for place in places]
    for place, index in zip(places, order, strict=True):
        struct.pack_into("<I", data, place, targets[index] - place)


class _Writer:
    """Bytes that grow, with places for offsets that are known later."""

    def __init__(self) -> None:
        self.data = bytearray()

    def put(self, layout: str, *values: int) -> int:
        """Append numbers at a multiple of 4; where they begin."""
        self.align(4)
        start = len(self.data)
        self.data += struct.pack(f"<{layout}", *values)
        return start

    def align(self, alignment_bytes: int) -> None:
        """Fill up with zeros."""
        self.data += bytes(-len(self.data) % alignment_bytes)

    def point(self, place: int, target: int) -> None:
        """Let the offset at ``place`` lead to ``target``."""
        struct.pack_into("<I", self.data, place, target - place)

    def vector(self, count: int) -> int:
        """A list of offsets to fill in; where it begins, with its count."""
        return self.put(f"I{count}I", count, *[0] * count)

    def fill(self, vector: int, targets: Sequence[int]) -> None:
        """Let the offsets of a list lead to these places."""
        for index, target in enumerate(targets):
            self.point(vector + _COUNT_BYTES + 4 * index, target)

    def table(self, slots: Sequence[int]) -> int:
        """A table with 32-bit fields in these slots, all 0; field k of them is 4 + 4 * k behind its begin."""
        count = max(slots, default=-1) + 1
        places = {slot: 4 + 4 * number for number, slot in enumerate(slots)}
        fields = [places.get(slot, 0) for slot in range(count)]
        vtable = self.put(f"HH{count}H", 4 + 2 * count, 4 + 4 * len(slots), *fields)
        self.align(4)
        return self.put(f"i{len(slots)}I", len(self.data) - vtable, *[0] * len(slots))


def _head(model: Table, plan: bytes) -> bytes:
    """What goes before the old bytes: root table, lists of metadata and buffers, and the plan."""
    old_metadata = model.elements(ModelField.METADATA, "metadata")
    metadata = [table.start for table in old_metadata if table.text(_NAME_SLOT) != METADATA_NAME]
    buffers = [table.start for table in model.elements(ModelField.BUFFERS, "buffer")]
    writer = _Writer()
    writer.put("I", 0)
    writer.data += IDENTIFIER
    slots = [s for s in range(_MODEL_SLOTS) if model.has(s) or s in {_VERSION_SLOT, ModelField.METADATA}]
    root = writer.table(slots)
    lists = {
        int(ModelField.METADATA): writer.vector(len(metadata) + 1),
        int(ModelField.BUFFERS): writer.vector(len(buffers) + 1),
    }
    entry, holder = _plan_tables(writer, plan, buffer_index=len(buffers))
    writer.align(_SHIFT_BYTES)
    shift = len(writer.data)
    writer.point(0, root)
    for number, slot in enumerate(slots):
        place = root + 4 + 4 * number
        if slot == _VERSION_SLOT:
            struct.pack_into("<I", writer.data, place, model.integer(slot, "I"))
        else:
            writer.point(place, lists[slot] if slot in lists else _target(model, slot) + shift)
    writer.fill(lists[ModelField.METADATA], [*(start + shift for start in metadata), entry])
    writer.fill(lists[ModelField.BUFFERS], [*(start + shift for start in buffers), holder])
    return bytes(writer.data)


def _plan_tables(writer: _Writer, plan: bytes, *, buffer_index: int) -> tuple[int, int]:
    """The plan as a buffer and the entry of the metadata that names it."""
    entry = writer.table((0, 1))  # name, buffer
    struct.pack_into("<I", writer.data, entry + 8, buffer_index)
    writer.point(entry + 4, writer.put("I", len(METADATA_NAME)))
    writer.data += METADATA_NAME.encode() + b"\0"
    holder = writer.table((0,))  # data
    writer.data += bytes(-(len(writer.data) + _COUNT_BYTES) % _PLAN_ALIGNMENT_BYTES)
    writer.point(holder + 4, writer.put("I", len(plan)))
    writer.data += plan
    return entry, holder


def _target(model: Table, slot: int) -> int:
    """Where an offset of the root table leads."""
    place = model.position(slot)
    if place is None:
        raise model.file.corrupt(f"field {slot} of {model.what} is absent")
    return place + int(struct.unpack_from("<I", model.file.data, place)[0])
