"""Executed instructions, from the basic blocks that the emulated core ran.

An instruction inside an IT block counts as executed whether or not its condition held: that is what
a block count can say, and what QEMU counts too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from edgeflow.artifact import read_json, sha256_file
from edgeflow.errors import InternalError
from edgeflow.profile.image import Image
from edgeflow.target.core import ARM, RISCV

_SCHEMA = 2


def _is_wide_thumb(halfword: int) -> bool:
    """Top five bits 0b11101 or more (Armv7-M Architecture Reference Manual, DDI 0403, section A5.1)."""
    return halfword >> 11 >= 0b11101


def _is_wide_riscv(halfword: int) -> bool:
    """Low bits 0b11; longer instructions are reserved (RISC-V unprivileged architecture, section 1.5)."""
    return halfword & 3 == 3


# By the machine of an image: does this halfword begin an instruction of four bytes and not two?
_IS_WIDE: Mapping[str, Callable[[int], bool]] = MappingProxyType(
    {ARM.elf_machine: _is_wide_thumb, RISCV.elf_machine: _is_wide_riscv}
)


@dataclass(frozen=True, slots=True)
class Block:
    """A basic block: how often it ran, and how often what followed was not the next address."""

    slot: int
    address: int
    byte_count: int
    executions: int
    taken: int


@dataclass(frozen=True, slots=True)
class Execution:
    """One inference on the emulated core.

    ``slots`` says which function a slot belongs to: the operators' and invoke. Blocks of another slot
    are the program around the inference. ``misses`` are lines of the flash that its caches did not hold,
    for instructions and for data of each slot; None where nobody simulated them.
    """

    emulator: str
    stack_bytes: int
    slots: dict[int, str]
    blocks: tuple[Block, ...]
    misses: Mapping[int, tuple[int, int]] | None = None


def read_execution(path: Path, elf: Path) -> Execution:
    """The recorded run of exactly that image; InternalError if it ran another one."""
    raw = read_json(path)
    if raw["schema"] != _SCHEMA:
        raise InternalError(f"`{path.name}` has schema {raw['schema']}, expected {_SCHEMA}")
    if raw["elf_sha256"] != sha256_file(elf):
        raise InternalError(f"`{path.name}` was recorded from another image than `{elf.name}`")
    misses = raw["misses"]
    return Execution(
        emulator=raw["emulator"],
        stack_bytes=raw["stack_bytes"],
        slots={entry["slot"]: entry["function"] for entry in raw["slots"]},
        blocks=tuple(Block(*row) for row in raw["blocks"]),
        misses=None if misses is None else {slot: (code, data) for slot, code, data in misses},
    )


def instruction_count(code: bytes, machine: str) -> int:
    """Number of instructions in a run of them, for the machine of an image."""
    is_wide = _IS_WIDE[machine]
    count = position = 0
    while position < len(code):
        position += 4 if is_wide(int.from_bytes(code[position : position + 2], "little")) else 2
        count += 1
    if position != len(code):
        raise InternalError("a basic block ends within an instruction")
    return count


def instructions_by_slot(image: Image, blocks: Iterable[Block]) -> dict[int, int]:
    """Executed instructions of every slot."""
    lengths: dict[tuple[int, int], int] = {}
    totals: dict[int, int] = {}
    for block in blocks:
        key = (block.address, block.byte_count)
        if key not in lengths:
            lengths[key] = instruction_count(image.code(*key), image.machine)
        totals[block.slot] = totals.get(block.slot, 0) + lengths[key] * block.executions
    return totals


def code_bytes_by_slot(blocks: Iterable[Block]) -> dict[int, int]:
    """Bytes of code that ran in every slot; kernels that several operators share count for each."""
    totals: dict[int, int] = {}
    reached: dict[int, int] = {}
    for slot, start, end in sorted((b.slot, b.address, b.address + b.byte_count) for b in blocks):
        totals[slot] = totals.get(slot, 0) + max(0, end - max(start, reached.get(slot, 0)))
        reached[slot] = max(end, reached.get(slot, 0))
    return totals
