"""The descriptor of a microcontroller board: memory map, reservations, flash timing, power."""

from __future__ import annotations

import itertools
from typing import Annotated, Literal

import msgspec

from edgeflow.strict_toml import closest
from edgeflow.target.core import ALL_CORES, INFORMATION_CORES, Core
from edgeflow.target.schema import (
    Fault,
    Kebab,
    NonNegativeInt,
    PositiveInt,
    PositiveNumber,
    Text,
    about,
    uncovered,
)

ADDRESS_SPACE_BYTES = 1 << 32
Figure = Literal["core", "clock_hz", "memory", "reserved", "flash_timing", "power"]


class Memory(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One memory region; `[[memory]]` is repeated, in order of preference.

    The first flash region holds the program, the first RAM region static data, stack and arena; an arena
    that is too large for it takes further RAM regions, in this order. Where the program is too large for
    the first flash region, the constant arrays of the model go to the second, which must be memory mapped.
    """

    name: Annotated[Kebab, about("what the data sheet calls the region")]
    kind: Annotated[Literal["flash", "ram"], about("`flash` (code and constants) or `ram`")]
    origin: Annotated[NonNegativeInt, about("first address")]
    size_bytes: Annotated[PositiveInt, about("length in bytes")]

    @property
    def end(self) -> int:
        """First address behind the region."""
        return self.origin + self.size_bytes


class Reserved(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the board keeps of one region for itself; `[[reserved]]` is repeated.

    Each takes its bytes next to those of the same region and end that stand before it in the file.
    """

    memory: Annotated[Kebab, about("name of the region")]
    size_bytes: Annotated[PositiveInt, about("length in bytes")]
    reason: Annotated[Text, about("who uses it: boot loader, radio stack, frame buffer ...")]
    at: Annotated[Literal["start", "end"], about("which end of the region, `start` if not given")] = "start"


class FlashTiming(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How the first flash region answers at `clock_hz`; a key that is left out is not known."""

    wait_states: Annotated[NonNegativeInt, about("cycles that a read of the flash takes beyond one")]
    line_bytes: Annotated[PositiveInt | None, about("bytes that one read of the flash brings")] = None
    instruction_cache_bytes: Annotated[
        NonNegativeInt | None, about("cache for instructions between core and flash; 0 for none")
    ] = None
    data_cache_bytes: Annotated[
        NonNegativeInt | None, about("cache for constants between core and flash; 0 for none")
    ] = None
    unified_cache_bytes: Annotated[
        PositiveInt | None, about("one cache for both, in place of the two above")
    ] = None


class Power(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Measured power while a network runs, never a figure of a front page; give one of the first two."""

    condition: Annotated[Text, about("what ran and how it was measured")]
    supply_mv: Annotated[PositiveInt, about("supply voltage in millivolts")]
    inference_mw: Annotated[PositiveNumber | None, about("power in milliwatts at `clock_hz`")] = None
    uw_per_mhz: Annotated[PositiveNumber | None, about("the same in microwatts per megahertz")] = None


class Source(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where figures of this file come from; `[[source]]` is repeated."""

    figures: Annotated[
        Annotated[tuple[Figure, ...], msgspec.Meta(min_length=1)],
        about("which of `core`, `clock_hz`, `memory`, `reserved`, `flash_timing`, `power` it covers"),
    ]
    document: Annotated[Text, about("data sheet or manual with its number, or project and path of a file")]


class Target(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A microcontroller board or a generic core; all keys stand at the top of the file."""

    schema: Annotated[Literal[1], about("version of this format")]
    name: Annotated[Kebab, about("equal to the file's stem")]
    title: Annotated[Text, about("one line for people: board, part, core; of a generic target its sizes")]
    core: Annotated[str, about("one of the cores listed below")]
    clock_hz: Annotated[PositiveInt, about("core clock in hertz, for milliseconds")]
    memory: Annotated[tuple[Memory, ...], about("at least one `flash` and one `ram` region")]
    source: Annotated[tuple[Source, ...], about("must cover each of the figures that the file gives")]
    kind: Annotated[Literal["mcu"], about("`mcu`, also if not given")] = "mcu"
    generic: Annotated[bool, about("true for a core with invented sizes, not a part one can buy")] = False
    reserved: Annotated[tuple[Reserved, ...], about("memory that the application cannot have")] = ()
    flash_timing: Annotated[FlashTiming | None, about("wait states and cache of the first flash")] = None
    power: Annotated[Power | None, about("measured power during inference")] = None

    @property
    def core_info(self) -> Core:
        """The core's features."""
        return ALL_CORES[self.core]

    @property
    def is_information_only(self) -> bool:
        """True if edgeflow has no compiler and emulator for the core."""
        return self.core in INFORMATION_CORES

    @property
    def rams(self) -> tuple[Memory, ...]:
        """What the application has of the RAM regions, in order of preference."""
        return self._usable("ram")

    @property
    def flashes(self) -> tuple[Memory, ...]:
        """What the application has of the flash regions, in order of preference."""
        return self._usable("flash")

    @property
    def ram(self) -> Memory:
        """What the application has of the region for arena, data and stack."""
        return self.rams[0]

    @property
    def flash(self) -> Memory:
        """What the application has of the region for code and constants."""
        return self.flashes[0]

    def reserved_bytes(self, kind: Literal["flash", "ram"]) -> int:
        """What the board keeps of all regions of a kind."""
        kinds = {memory.name: memory.kind for memory in self.memory}
        return sum(part.size_bytes for part in self.reserved if kinds[part.memory] == kind)

    @property
    def reserved_reason(self) -> str:
        """Who uses what the board keeps."""
        return "; ".join(dict.fromkeys(part.reason for part in self.reserved))

    def _usable(self, kind: str) -> tuple[Memory, ...]:
        return tuple(self._without_reserved(memory) for memory in self.memory if memory.kind == kind)

    def _without_reserved(self, memory: Memory) -> Memory:
        parts = [part for part in self.reserved if part.memory == memory.name]
        before = sum(part.size_bytes for part in parts if part.at == "start")
        size = memory.size_bytes - sum(part.size_bytes for part in parts)
        return msgspec.structs.replace(memory, origin=memory.origin + before, size_bytes=size)


TABLES: dict[str, type[msgspec.Struct]] = {
    "": Target,
    "memory": Memory,
    "reserved": Reserved,
    "flash_timing": FlashTiming,
    "power": Power,
    "source": Source,
}


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
    needed = ["clock_hz", "memory"] if target.generic else ["core", "clock_hz", "memory"]
    needed += [
        name for name in ("reserved", "flash_timing", "power") if getattr(target, name) not in {None, ()}
    ]
    return found + uncovered(needed, {figure for source in target.source for figure in source.figures})


def sourced_figures(target: Target) -> int:
    """Facts with a source: core, clock, address and length of each region, and what else is given."""
    if target.generic:
        return 0
    given = [target.flash_timing, target.power]
    values = [value for part in given if part is not None for value in msgspec.structs.astuple(part)]
    numbers = sum(isinstance(value, int | float) for value in values)
    return 2 + 2 * len(target.memory) + len(target.reserved) + numbers
