"""The arena of a program: which RAM of a target it may take, and where each of its parts is put."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from edgeflow.errors import BuildError
from edgeflow.firmware.machine import Machine
from edgeflow.firmware.sources import MINIMUM_STACK_BYTES
from edgeflow.target.descriptor import Target

# Kept free beside arena and stack for what the program around the model keeps in RAM: the shared main
# and its platform have some ten bytes, so that this leaves room for alignment and a user's own few.
STATIC_ALLOWANCE_BYTES = 1024


@dataclass(frozen=True, slots=True)
class ArenaPart:
    """One part: its array in the program, its size, and which RAM region of the target it is for."""

    symbol: str
    byte_count: int
    region: int


def arena_regions(target: Target) -> tuple[int, ...]:
    """What an arena may take of each RAM region of a target, in bytes; nothing where there is only one.

    The first also holds static data and stack; with a single region the linker says what is too much.
    """
    if len(target.rams) < 2:
        return ()
    first = target.ram.size_bytes - MINIMUM_STACK_BYTES - STATIC_ALLOWANCE_BYTES
    return (max(first, 1), *(region.size_bytes for region in target.rams[1:]))


def arena_parts(network: Mapping[str, Any]) -> tuple[ArenaPart, ...]:
    """The parts of a ``network.json``: ``ef_arena``, then ``ef_arena1`` ..."""
    return tuple(
        ArenaPart(f"ef_arena{position or ''}", part["byte_count"], part["region"])
        for position, part in enumerate(network["arena_parts"])
    )


def part_section(part: ArenaPart, machine: Machine) -> str | None:
    """The section of a part that is not in the first RAM region; gcc leaves out what `.bss.*` holds."""
    return f".bss.ef_ram{part.region}" if part.region > 0 and machine.more_ram else None


def check_parts(parts: Sequence[ArenaPart], target: Target) -> None:
    """Raise BuildError when the arena was cut for more or larger RAM regions than the target has."""
    needed, present = max(part.region for part in parts) + 1, len(target.rams)
    if needed > present:
        raise BuildError(
            f"the arena was cut over {needed} memory regions but target `{target.name}` has {present} of RAM",
            "leave `regions` out of [codegen]: a build takes those of its target",
        )
    for region in sorted({part.region for part in parts if part.region > 0}):
        held = sum(part.byte_count for part in parts if part.region == region)
        if held > target.rams[region].size_bytes:
            raise BuildError(
                f"the arena has {held} bytes for the RAM region `{target.rams[region].name}` of target"
                f" `{target.name}`, which has {target.rams[region].size_bytes}",
                "leave `regions` out of [codegen]: a build takes those of its target",
            )
