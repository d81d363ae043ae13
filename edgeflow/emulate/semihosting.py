"""The debugger's side of Arm semihosting, with files in memory.

Operation numbers and argument blocks: Arm's "Semihosting for AArch32 and AArch64"
(github.com/ARM-software/abi-aa, semihosting.rst). Only what the firmware and small test programs use;
any other operation ends the run with a sentence.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from edgeflow.errors import InternalError

_FAILED = 0xFFFFFFFF
_APPLICATION_EXIT = 0x20026
_FIRST_WRITING_MODE = 4  # modes 0 to 3 read, 4 to 11 write or append


class Memory(Protocol):
    """The core's memory."""

    def read(self, address: int, byte_count: int) -> bytes:
        """Bytes from an address on."""

    def write(self, address: int, data: bytes) -> None:
        """Put bytes at an address."""


@dataclass
class _OpenFile:
    name: str
    position: int = 0


@dataclass
class Semihosting:
    """Answers calls; ``exit_code`` is None until the program ends itself."""

    memory: Memory
    files: dict[str, bytearray] = field(default_factory=dict)
    exit_code: int | None = None
    _open: dict[int, _OpenFile] = field(default_factory=dict)

    def call(self, operation: int, argument: int) -> int:
        """Perform one call; the value for R0. Raises InternalError for an operation that is not here."""
        action = self._actions().get(operation)
        if action is None:
            raise InternalError(
                f"the program makes the semihosting call 0x{operation:02x}, which is not supported"
            )
        return action(argument) & _FAILED

    def _actions(self) -> dict[int, Callable[[int], int]]:
        return {
            0x01: self._open_file,
            0x02: self._close,
            0x05: self._write,
            0x06: self._read,
            0x09: self._is_terminal,
            0x0A: self._seek,
            0x0C: self._length,
            0x18: self._exit,
            0x20: self._exit_extended,
        }

    def _words(self, address: int, count: int) -> tuple[int, ...]:
        return struct.unpack(f"<{count}I", self.memory.read(address, 4 * count))

    def _open_file(self, argument: int) -> int:
        name_address, mode, length = self._words(argument, 3)
        name = self.memory.read(name_address, length).decode("latin-1")
        if mode >= _FIRST_WRITING_MODE:
            self.files[name] = bytearray()
        elif name not in self.files:
            return _FAILED
        handle = max(self._open, default=0) + 1
        self._open[handle] = _OpenFile(name)
        return handle

    def _close(self, argument: int) -> int:
        return 0 if self._open.pop(self._words(argument, 1)[0], None) else _FAILED

    def _write(self, argument: int) -> int:
        handle, address, count = self._words(argument, 3)
        opened = self._open.get(handle)
        if opened is None:
            return count
        content = self.files[opened.name]
        content[opened.position : opened.position + count] = self.memory.read(address, count)
        opened.position += count
        return 0

    def _read(self, argument: int) -> int:
        handle, address, count = self._words(argument, 3)
        opened = self._open.get(handle)
        if opened is None:
            return count
        data = bytes(self.files[opened.name][opened.position : opened.position + count])
        self.memory.write(address, data)
        opened.position += len(data)
        return count - len(data)

    def _is_terminal(self, argument: int) -> int:
        return 0 if self._words(argument, 1)[0] in self._open else _FAILED

    def _seek(self, argument: int) -> int:
        handle, position = self._words(argument, 2)
        opened = self._open.get(handle)
        if opened is None or position > len(self.files[opened.name]):
            return _FAILED
        opened.position = position
        return 0

    def _length(self, argument: int) -> int:
        opened = self._open.get(self._words(argument, 1)[0])
        return _FAILED if opened is None else len(self.files[opened.name])

    def _exit(self, argument: int) -> int:
        self.exit_code = 0 if argument == _APPLICATION_EXIT else 1
        return 0

    def _exit_extended(self, argument: int) -> int:
        reason, code = self._words(argument, 2)
        self.exit_code = code if reason == _APPLICATION_EXIT else 1
        return 0
