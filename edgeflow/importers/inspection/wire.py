"""Walk protobuf files at the wire level, without the classes that would build all of them in memory.

A message is a range of bytes; each field is a number and either an integer or a range. Encoding:
https://protobuf.dev/programming-guides/encoding/. Groups, which nobody writes any more, are refused.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

from edgeflow.errors import ModelError
from edgeflow.importers.limits import MAX_DEPTH, MAX_FIELDS

VARINT, FIXED64, BYTES, FIXED32 = 0, 1, 2, 5
MAX_NAME_BYTES = 1024
HINT = "copy the file again, or export the model again"


@dataclass
class WireFile:
    """One file: its name for messages, and how much of it may still be looked at."""

    origin: str
    fields_left: int = field(default=MAX_FIELDS)

    def corrupt(self, what: str) -> ModelError:
        """The error of a file whose structure is broken."""
        return ModelError(f"`{self.origin}` is corrupt: {what}.", HINT)

    def check_depth(self, depth: int, what: str) -> None:
        """Refuse nesting that no exporter writes."""
        if depth > MAX_DEPTH:
            raise ModelError(
                f"`{self.origin}`: {what} is nested more than {MAX_DEPTH} deep.", "export the model again"
            )


@dataclass(frozen=True, slots=True)
class Message:
    """A message's bytes; ``what`` names it in messages."""

    file: WireFile
    data: memoryview
    what: str

    def fields(self) -> Iterator[tuple[int, int | memoryview]]:
        """Number and value of each field in turn; raises ModelError where the bytes are no message."""
        position, end = 0, len(self.data)
        while position < end:
            self.file.fields_left -= 1
            if self.file.fields_left < 0:
                raise self.file.corrupt(f"it has more than {MAX_FIELDS} entries")
            key, position = self._varint(position)
            kind = key & 7
            if kind == VARINT:
                value, position = self._varint(position)
                yield key >> 3, value
                continue
            if kind == BYTES:
                size, position = self._varint(position)
            elif kind in {FIXED64, FIXED32}:
                size = 8 if kind == FIXED64 else 4
            else:
                raise self.file.corrupt(f"{self.what} has a field of the unknown kind {kind}")
            if size > end - position:
                raise self.file.corrupt(f"a field of {self.what} ends outside it")
            yield key >> 3, self.data[position : position + size]
            position += size

    def _varint(self, position: int) -> tuple[int, int]:
        value = shift = 0
        while position < len(self.data) and shift < 70:
            byte = self.data[position]
            position += 1
            value |= (byte & 127) << shift
            if byte < 128:
                return value & (2**64 - 1), position
            shift += 7
        raise self.file.corrupt(f"a number in {self.what} has no end")

    def messages(self, number: int, what: str) -> Iterator[Message]:
        """The messages in a repeated field."""
        for found, value in self.fields():
            if found == number:
                yield self.child(value, what)

    def child(self, value: int | memoryview, what: str) -> Message:
        """A field's value as a message."""
        return Message(self.file, self.octets(value), what)

    def octets(self, value: int | memoryview) -> memoryview:
        """A field's value as bytes."""
        if isinstance(value, int):
            raise self.file.corrupt(f"{self.what} has a number where text or a message belongs")
        return value

    def text(self, value: int | memoryview) -> str:
        """A field's value as a name, in full: names that a message would cut or replace are refused."""
        data = self.octets(value)
        try:
            decoded = bytes(data[: MAX_NAME_BYTES + 1]).decode()
        except UnicodeDecodeError as error:
            raise self.file.corrupt(f"a name in {self.what} is not UTF-8") from error
        if len(decoded) > MAX_NAME_BYTES or not decoded.isprintable():
            raise self.file.corrupt(f"a name in {self.what} is longer than {MAX_NAME_BYTES} or not printable")
        return decoded

    def only(self, number: int, what: str) -> Message | None:
        """The message in a field that stands at most once: readers would join two."""
        found = list(self.messages(number, what))
        if len(found) > 1:
            raise self.file.corrupt(f"{self.what} has {what} twice")
        return found[0] if found else None

    def integers(self, value: int | memoryview) -> list[int]:
        """A repeated integer field's value: one, or several that are packed; signed."""
        if isinstance(value, int):
            return [signed(value)]
        found, position = [], 0
        packed = Message(self.file, value, self.what)
        while position < len(value):
            self.file.fields_left -= 1
            if self.file.fields_left < 0:
                raise self.file.corrupt(f"it has more than {MAX_FIELDS} entries")
            number, position = packed._varint(position)
            found.append(signed(number))
        return found


def signed(value: int) -> int:
    """A varint as the int64 it encodes."""
    return value - 2**64 if value >= 2**63 else value


def printable(data: memoryview | bytes) -> str:
    """Text on one line of bounded length; what is not printable UTF-8 becomes `?`."""
    decoded = bytes(data[:300]).decode(errors="replace")
    return "".join(c if c.isprintable() else "?" for c in decoded)


def int64s(data: memoryview | bytes) -> tuple[int, ...]:
    """Little-endian int64 values; what is left over at the end is left out."""
    return struct.unpack(f"<{len(data) // 8}q", bytes(data[: len(data) // 8 * 8]))
