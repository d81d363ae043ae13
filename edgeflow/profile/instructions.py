"""Executed instructions, from the basic blocks that the emulated core ran.

An instruction inside an IT block counts as executed whether or not its condition held: that is what
a block count can say, and what QEMU counts too.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from edgeflow.artifact import read_json, sha256_file
from edgeflow.errors import InternalError
from edgeflow.profile.image import Image

_SCHEMA = 1


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
    are the program around the inference.
    """

    emulator: str
    stack_bytes: int
    slots: dict[int, str]
    blocks: tuple[Block, ...]


def read_execution(path: Path, elf: Path) -> Execution:
    """The recorded run of exactly that image; InternalError if it ran another one."""
    raw = read_json(path)
    if raw["schema"] != _SCHEMA:
        raise InternalError(f"`{path.name}` has schema {raw['schema']}, expected {_SCHEMA}")
    if raw["elf_sha256"] != sha256_file(elf):
        raise InternalError(f"`{path.name}` was recorded from another image than `{elf.name}`")
    return Execution(
        emulator=raw["emulator"],
        stack_bytes=raw["stack_bytes"],
        slots={entry["slot"]: entry["function"] for entry in raw["slots"]},
        blocks=tuple(Block(*row) for row in raw["blocks"]),
    )


def instruction_count(code: bytes) -> int:
    """Number of Thumb instructions in a run of them.

    A halfword whose top five bits are 0b11101, 0b11110 or 0b11111 begins a 32-bit instruction
    (Armv7-M Architecture Reference Manual, DDI 0403, section A5.1).
    """
    count = position = 0
    while position < len(code):
        is_wide = code[position + 1] >> 3 in {0b11101, 0b11110, 0b11111}
        position += 4 if is_wide else 2
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
            lengths[key] = instruction_count(image.code(*key))
        totals[block.slot] = totals.get(block.slot, 0) + lengths[key] * block.executions
    return totals
