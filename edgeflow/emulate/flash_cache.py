"""The flash behind its caches: which lines an emulated run finds there, and which it has to wait for.

Caches are modelled as fully associative with the line used longest ago replaced first, which is what ST's
manuals say of their flash accelerator; a cache of few ways has some more misses. Nothing is fetched ahead.
"""

from __future__ import annotations

import ctypes
from dataclasses import dataclass

from edgeflow.emulate.image import Image
from edgeflow.errors import InternalError
from edgeflow.target.microcontroller import FlashTiming

_MOST_ENTRIES = 0xFFFE


class _Cache(ctypes.Structure):
    _fields_ = (
        ("entries", ctypes.c_uint32),
        ("used", ctypes.c_uint32),
        ("entry_of", ctypes.POINTER(ctypes.c_uint16)),
        ("line", ctypes.POINTER(ctypes.c_uint32)),
        ("newer", ctypes.POINTER(ctypes.c_uint16)),
        ("older", ctypes.POINTER(ctypes.c_uint16)),
    )


class FlashState(ctypes.Structure):
    """``ef_flash`` of flash_cache.h."""

    _fields_ = (
        ("start", ctypes.c_uint32),
        ("byte_count", ctypes.c_uint32),
        ("line_bytes", ctypes.c_uint32),
        ("instructions", ctypes.POINTER(_Cache)),
        ("data", ctypes.POINTER(_Cache)),
        ("instruction_misses", ctypes.POINTER(ctypes.c_uint64)),
        ("data_misses", ctypes.POINTER(ctypes.c_uint64)),
    )


@dataclass(frozen=True, slots=True)
class Misses:
    """Lines of the flash that instructions and data had to be read from it for."""

    instructions: int
    data: int


class FlashCache:
    """The caches of a flash, empty at first; a run that it is attached to fills them.

    ``data_bytes`` is None where one cache holds both.
    """

    def __init__(
        self,
        region: tuple[int, int],
        line_bytes: int,
        instruction_bytes: int,
        data_bytes: int | None,
        slots: int,
    ) -> None:
        start, end = region
        instructions = _cache(end - start, line_bytes, instruction_bytes)
        data = instructions if data_bytes is None else _cache(end - start, line_bytes, data_bytes)
        self.span = (start, end - 1)
        self._counts = ((ctypes.c_uint64 * slots)(), (ctypes.c_uint64 * slots)())
        self.state = FlashState(
            start=start,
            byte_count=end - start,
            line_bytes=line_bytes,
            instructions=ctypes.pointer(instructions),
            data=ctypes.pointer(data),
            instruction_misses=self._counts[0],
            data_misses=self._counts[1],
        )

    def misses(self) -> list[Misses]:
        """Those of every slot."""
        return [Misses(*both) for both in zip(*self._counts, strict=True)]


def flash_cache(image: Image, timing: FlashTiming | None, slots: int) -> FlashCache | None:
    """The caches of a descriptor; None where a read takes one cycle, or the descriptor leaves one out.

    Without a cache for instructions the line read last is kept, as the core's fetch does word by word;
    data without a cache waits at every read.
    """
    if timing is None or not timing.wait_states or timing.line_bytes is None:
        return None
    line = timing.line_bytes
    if timing.unified_cache_bytes is not None:
        return FlashCache(image.flash, line, timing.unified_cache_bytes, None, slots)
    if timing.instruction_cache_bytes is None or timing.data_cache_bytes is None:
        return None
    kept = max(line, timing.instruction_cache_bytes)
    return FlashCache(image.flash, line, kept, timing.data_cache_bytes, slots)


def _cache(flash_bytes: int, line_bytes: int, cache_bytes: int) -> _Cache:
    entries = cache_bytes // line_bytes
    if entries > _MOST_ENTRIES:
        raise InternalError(f"a cache of {cache_bytes} bytes has too many lines to simulate")
    return _Cache(
        entries=entries,
        entry_of=(ctypes.c_uint16 * -(-flash_bytes // line_bytes))(),
        line=(ctypes.c_uint32 * (entries + 1))(),
        newer=(ctypes.c_uint16 * (entries + 1))(),
        older=(ctypes.c_uint16 * (entries + 1))(),
    )
