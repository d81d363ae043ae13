"""Bounds-checked reading of a FlatBuffers file that nobody vouches for.

The library's generated classes follow any offset and let ``struct`` or NumPy fail somewhere else;
here every position is checked before it is read, and a budget bounds the whole walk even where
parts of the file overlap. Layout: https://flatbuffers.dev/internals/ (little-endian; a table begins
with the signed distance to its vtable, a vector with its count, an offset points forward).
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from edgeflow.errors import ModelError

HINT = "copy the file again, or convert the model again"

# Bytes of structure (not of weights) that one file may make us read. Real files need about one
# tenth of the first; the second keeps the worst hostile file to some seconds.
BUDGET_PER_FILE_BYTE = 16
BUDGET_MAX = 32 * 2**20

_U16, _I32, _U32 = struct.Struct("<H"), struct.Struct("<i"), struct.Struct("<I")


class FlatFile:
    """The bytes of one file and what remains of its reading budget."""

    def __init__(self, data: bytes, origin: str) -> None:
        self.data = data
        self.origin = origin
        self._budget = min(BUDGET_PER_FILE_BYTE * len(data) + 4096, BUDGET_MAX)

    def corrupt(self, what: str) -> ModelError:
        """The error of a file whose structure is broken."""
        return ModelError(f"`{self.origin}` is corrupt: {what}.", HINT)

    def check(self, position: int, size_bytes: int, what: str) -> None:
        """Refuse a range that does not lie inside the file."""
        if position < 0 or position + size_bytes > len(self.data):
            message = f"{what} at byte {position} lies outside its {len(self.data)} bytes"
            raise self.corrupt(message)

    def unpack(self, layout: struct.Struct, position: int, what: str) -> tuple[int | float | bool, ...]:
        """Read numbers, checked and counted against the budget."""
        self.check(position, layout.size, what)
        self._budget -= layout.size
        if self._budget < 0:
            raise self.corrupt("its parts overlap or are too many")
        return layout.unpack_from(self.data, position)

    def integer(self, layout: struct.Struct, position: int, what: str) -> int:
        """Read one integer."""
        return int(self.unpack(layout, position, what)[0])

    def table(self, position: int, what: str) -> Table:
        """The table whose offset stands at ``position``."""
        start = position + self.integer(_U32, position, what)
        vtable = start - self.integer(_I32, start, what)
        vtable_bytes = self.integer(_U16, vtable, what)
        if vtable_bytes < 4 or vtable_bytes % 2:
            raise self.corrupt(f"the field list of {what} has {vtable_bytes} bytes")
        self.check(vtable, vtable_bytes, what)
        return Table(self, start, vtable, vtable_bytes, what)


@dataclass(frozen=True, slots=True)
class Table:
    """One table; fields are asked for by their slot, their number in the schema from 0."""

    file: FlatFile
    start: int
    vtable: int
    vtable_bytes: int
    what: str

    def position(self, slot: int) -> int | None:
        """Where a field stands in the file, None when it is absent."""
        entry = 4 + 2 * slot
        if entry + 2 > self.vtable_bytes:
            return None
        offset = self.file.integer(_U16, self.vtable + entry, self.what)
        return self.start + offset if offset else None

    def scalar(self, slot: int, code: str, default: float) -> int | float | bool:
        """A number of ``struct`` code ``code``; absent fields have the schema's default."""
        position = self.position(slot)
        if position is None:
            return default
        return self.file.unpack(struct.Struct(f"<{code}"), position, self.what)[0]

    def integer(self, slot: int, code: str, default: int = 0) -> int:
        """An integer field."""
        return int(self.scalar(slot, code, default))

    def has(self, slot: int) -> bool:
        """True if the field stands in the file."""
        return self.position(slot) is not None

    def table(self, slot: int, what: str) -> Table | None:
        """A table field."""
        position = self.position(slot)
        return None if position is None else self.file.table(position, what)

    def vector(self, slot: int, element_bytes: int) -> tuple[int, int] | None:
        """Position of the first element and the count of a vector that lies inside the file."""
        field = self.position(slot)
        if field is None:
            return None
        start = field + self.file.integer(_U32, field, self.what)
        count = self.file.integer(_U32, start, self.what)
        self.file.check(start + 4, count * element_bytes, f"a list of {self.what}")
        return start + 4, count

    def numbers(self, slot: int, code: str) -> tuple[int | float | bool, ...] | None:
        """A vector of numbers of ``struct`` code ``code``, None when absent."""
        vector = self.vector(slot, struct.calcsize(f"<{code}"))
        if vector is None:
            return None
        return self.file.unpack(struct.Struct(f"<{vector[1]}{code}"), vector[0], self.what)

    def integers(self, slot: int, code: str) -> tuple[int, ...] | None:
        """A vector of integers."""
        values = self.numbers(slot, code)
        return None if values is None else tuple(map(int, values))

    def bytes_view(self, slot: int) -> memoryview | None:
        """A vector of bytes without copying it."""
        vector = self.vector(slot, 1)
        if vector is None:
            return None
        return memoryview(self.file.data)[vector[0] : vector[0] + vector[1]]

    def text(self, slot: int) -> str:
        """A string on one line; what is not printable UTF-8 becomes `?`, an absent one is empty."""
        vector = self.vector(slot, 1)
        if vector is None:
            return ""
        (raw,) = self.file.unpack(struct.Struct(f"<{vector[1]}s"), vector[0], self.what)
        decoded = bytes(raw).decode(errors="replace")  # type: ignore[arg-type]  # code `s` gives bytes
        return "".join(c if c.isprintable() else "?" for c in decoded)

    def count(self, slot: int) -> int:
        """Number of elements of a vector of tables."""
        vector = self.vector(slot, 4)
        return 0 if vector is None else vector[1]

    def element(self, slot: int, index: int, what: str) -> Table | None:
        """One table of a vector of tables, None where there are not so many."""
        vector = self.vector(slot, 4)
        if vector is None or not 0 <= index < vector[1]:
            return None
        return self.file.table(vector[0] + 4 * index, what)

    def elements(self, slot: int, what: str) -> Iterator[Table]:
        """The tables of a vector of tables, named ``what`` and their number."""
        vector = self.vector(slot, 4)
        if vector is None:
            return
        for index in range(vector[1]):
            yield self.file.table(vector[0] + 4 * index, f"{what} {index}")


def root_table(data: bytes, origin: str, identifier: bytes, what: str) -> Table:
    """The root of a file with a four-byte identifier.

    Raises:
        ModelError: the identifier is missing or the root lies outside the file.
    """
    if len(data) < 8 or data[4:8] != identifier:
        raise ModelError(
            f"`{origin}` is not a TFLite model: it lacks the mark `{identifier.decode()}`.",
            "give a .tflite file",
        )
    return FlatFile(data, origin).table(0, what)
