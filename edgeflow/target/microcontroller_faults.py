"""What a board's descriptor must keep that its schema cannot say."""

from __future__ import annotations

import itertools

import msgspec

from edgeflow.strict_toml import closest
from edgeflow.target.core import ALL_CORES
from edgeflow.target.microcontroller import Target
from edgeflow.target.schema import Fault, uncovered

ADDRESS_SPACE_BYTES = 1 << 32


def faults(target: Target) -> list[Fault]:
    """What the schema cannot say, each as a sentence with a hint."""
    found: list[Fault] = []
    if target.core not in ALL_CORES:
        hint = closest(target.core, ALL_CORES) or f"known: {', '.join(ALL_CORES)}"
        found.append((f"core: unknown core `{target.core}`", hint))
    return found + _memory_faults(target) + _reserved_faults(target) + _figure_faults(target)


def _memory_faults(target: Target) -> list[Fault]:
    absent = [kind for kind in ("flash", "ram") if all(m.kind != kind for m in target.memory)]
    found: list[Fault] = [
        (f"memory: no region of kind `{kind}`", "add a [[memory]] table") for kind in absent
    ]
    names = [memory.name for memory in target.memory]
    found += [
        (f"memory: two regions have the name `{name}`", "give each its own")
        for name in dict.fromkeys(name for name in names if names.count(name) > 1)
    ]
    found += [
        (f"memory: `{m.name}` ends at 0x{m.end:x}, behind the 32-bit address space", None)
        for m in target.memory
        if m.end > ADDRESS_SPACE_BYTES
    ]
    ordered = sorted(target.memory, key=lambda m: (m.origin, m.name))
    found += [
        (f"memory: `{a.name}` (to 0x{a.end - 1:x}) overlaps `{b.name}` (from 0x{b.origin:x})", None)
        for a, b in itertools.pairwise(ordered)
        if a.end > b.origin
    ]
    return found


def _reserved_faults(target: Target) -> list[Fault]:
    names = {memory.name for memory in target.memory}
    found: list[Fault] = [
        (
            f"reserved: there is no memory region `{part.memory}`",
            closest(part.memory, names) or f"regions: {', '.join(sorted(names))}",
        )
        for part in target.reserved
        if part.memory not in names
    ]
    for memory in target.memory:
        kept = sum(part.size_bytes for part in target.reserved if part.memory == memory.name)
        if kept >= memory.size_bytes:
            found.append((f"reserved: leaves nothing of `{memory.name}` for the application", None))
    return found


def _figure_faults(target: Target) -> list[Fault]:
    found: list[Fault] = []
    power, timing = target.power, target.flash_timing
    if power is not None and (power.inference_mw is None) == (power.uw_per_mhz is None):
        found.append(("power: give one of `inference_mw` and `uw_per_mhz`", None))
    if timing is not None and timing.unified_cache_bytes is not None:
        separate = (timing.instruction_cache_bytes, timing.data_cache_bytes)
        if separate != (None, None):
            found.append(("flash_timing: a unified cache stands in place of the two others", None))
    if target.programmer is not None and not any(msgspec.structs.astuple(target.programmer)):
        found.append(("programmer: gives no name", "name the board for one program, or leave it out"))
    needed = ["clock_hz", "memory"] if target.generic else ["core", "clock_hz", "memory"]
    optional = ("reserved", "flash_timing", "power", "programmer")
    needed += [name for name in optional if getattr(target, name) not in {None, ()}]
    return found + uncovered(needed, {figure for source in target.source for figure in source.figures})
