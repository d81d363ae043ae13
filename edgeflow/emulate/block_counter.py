"""Basic-block counts of a unicorn run, attributed to the operator that was entered last."""

from __future__ import annotations

import ctypes
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from edgeflow.emulate.flash_cache import FlashCache, FlashState, Misses
from edgeflow.emulate.image import Image
from edgeflow.emulate.native import NO_C_LIBRARY, build_tool
from edgeflow.emulate.network import Network
from edgeflow.errors import InternalError

if TYPE_CHECKING:
    from unicorn import Uc

COUNTER_SOURCES = ("block_counter.c", "flash_cache.c")
_CAPACITY = 1 << 18
OUTSIDE = 0


class _Block(ctypes.Structure):
    _fields_ = (
        ("slot", ctypes.c_uint32),
        ("address", ctypes.c_uint32),
        ("byte_count", ctypes.c_uint32),
        ("used", ctypes.c_uint32),
        ("executions", ctypes.c_uint64),
        ("taken", ctypes.c_uint64),
    )


class _Counter(ctypes.Structure):
    _fields_ = (
        ("code_start", ctypes.c_uint32),
        ("code_halfwords", ctypes.c_uint32),
        ("slot_of", ctypes.POINTER(ctypes.c_int16)),
        ("table", ctypes.POINTER(_Block)),
        ("capacity", ctypes.c_uint32),
        ("used", ctypes.c_uint32),
        ("block_limit", ctypes.c_uint64),
        ("block_count", ctypes.c_uint64),
        ("previous", ctypes.POINTER(_Block)),
        ("stop", ctypes.c_void_p),
        ("slot", ctypes.c_uint32),
        ("is_full", ctypes.c_uint32),
        ("flash", ctypes.POINTER(FlashState)),
    )


@dataclass(frozen=True, slots=True)
class Block:
    """A basic block within a slot: how often it ran, and how often another than the next address followed."""

    slot: int
    address: int
    byte_count: int
    executions: int
    taken: int


def slot_names(network: Network) -> dict[int, str]:
    """Slots from 1 on: each operator's function in order, then invoke's own code."""
    functions = [operator.function for operator in network.operators if operator.function]
    return dict(enumerate([*functions, f"{network.model}_invoke"], start=1))


def slot_entries(image: Image, names: Mapping[int, str]) -> dict[int, tuple[int, int]]:
    """Slot to [start, end) of the function that enters it; ``main`` enters slot 0, outside.

    Kernels and library functions enter none: they count for the operator that called them.
    """
    entries = {}
    for slot, name in ((OUTSIDE, "main"), *names.items()):
        symbol = image.function(name)
        if symbol is None:
            raise InternalError(f"the image has no function `{name}`", "it was not built from this model")
        entries[slot] = (symbol.address, symbol.address + symbol.byte_count)
    return entries


def slot_table(image: Image, entries: Mapping[int, tuple[int, int]]) -> ctypes.Array[ctypes.c_int16]:
    """For every halfword of flash the slot that running it enters, or -1."""
    start, end = image.flash
    table = (ctypes.c_int16 * ((end - start) // 2))()
    ctypes.memset(table, 0xFF, ctypes.sizeof(table))
    for slot, (first, last) in entries.items():
        for halfword in range((first - start) // 2, (last - start) // 2):
            table[halfword] = slot
    return table


def read_blocks(table: bytes | memoryview) -> list[Block]:
    """The used entries of a table, or of a file of entries, by slot and address."""
    import numpy as np

    words = np.frombuffer(table, np.uint64).reshape(-1, ctypes.sizeof(_Block) // 8)
    used = words[words[:, 2] > 0]  # executions: at least one in every entry that is used
    fields = used.view(np.uint32)[:, :3].tolist()
    rows = [(*place, *counts) for place, counts in zip(fields, used[:, 2:].tolist(), strict=True)]
    return [Block(*row) for row in sorted(rows)]


class BlockCounter:
    """Counts until ``block_limit`` blocks have run, then stops the emulator.

    With ``flash`` it counts as well what the flash's caches do not hold.
    """

    def __init__(
        self,
        image: Image,
        entries: Mapping[int, tuple[int, int]],
        block_limit: int,
        flash: FlashCache | None = None,
    ) -> None:
        self._slot_of = slot_table(image, entries)
        self._table = (_Block * _CAPACITY)()
        self._flash = flash
        self._state = _Counter(
            code_start=image.flash[0],
            code_halfwords=len(self._slot_of),
            slot_of=self._slot_of,
            table=self._table,
            capacity=_CAPACITY,
            block_limit=block_limit,
            flash=ctypes.pointer(flash.state) if flash else None,
        )
        self._library = ctypes.CDLL(str(build_tool(COUNTER_SOURCES, NO_C_LIBRARY)))

    def attach(self, engine: Uc) -> None:
        """Hook the engine's basic blocks and, with a flash, reads of it.

        No other reads: a hook on all memory corrupts IT blocks (unicorn's issue 2309).
        """
        from unicorn import UC_HOOK_BLOCK, UC_HOOK_MEM_READ
        from unicorn.unicorn_py3.unicorn import uclib

        self._state.stop = ctypes.cast(uclib.uc_emu_stop, ctypes.c_void_p)
        self._hook(engine, UC_HOOK_BLOCK, "ef_count_block", (1, 0))  # everywhere: the end is before the start
        if self._flash is not None:
            self._hook(engine, UC_HOOK_MEM_READ, "ef_count_read", self._flash.span)

    def _hook(self, engine: Uc, kind: int, function: str, span: tuple[int, int]) -> None:
        from unicorn.unicorn_py3.unicorn import uclib

        hook = ctypes.c_size_t()
        # The handle is private, but unicorn's own hook_add takes Python callables only.
        handle = engine._uch  # noqa: SLF001
        status = uclib.uc_hook_add(
            handle,
            ctypes.byref(hook),
            ctypes.c_int(kind),
            ctypes.cast(getattr(self._library, function), ctypes.c_void_p),
            ctypes.byref(self._state),
            *(ctypes.c_uint64(border) for border in span),
        )
        if status != 0:
            raise InternalError(f"unicorn refused a hook with status {status}")

    def misses(self) -> list[Misses] | None:
        """What each slot had to wait for, None without a flash."""
        return self._flash.misses() if self._flash else None

    @property
    def is_at_limit(self) -> bool:
        """True when the limit stopped the run."""
        return bool(self._state.block_count >= self._state.block_limit)

    @property
    def is_full(self) -> bool:
        """True when the program has more blocks than the table takes."""
        return bool(self._state.is_full)

    def blocks(self) -> list[Block]:
        """What ran, by slot and address."""
        return read_blocks(memoryview(self._table))
