"""The descriptor of a microcontroller board: memory map, reservations, flash timing, power."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from edgeflow.target.core import ALL_CORES, INFORMATION_CORES, Core
from edgeflow.target.schema import (
    Kebab,
    NonNegativeInt,
    PositiveInt,
    PositiveNumber,
    Text,
    about,
)

Figure = Literal["core", "clock_hz", "memory", "reserved", "flash_timing", "power", "programmer"]
# Names that become arguments of other programs: none begins with a dash.
ChipName = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.+-]*$")]
ConfigFile = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9_./][A-Za-z0-9_./+-]*\.cfg$")]
BoardName = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9_@./-]*$")]
Fqbn = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9_.]+(:[A-Za-z0-9_.-]+){2}(:[A-Za-z0-9_.,=-]+)?$")]


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


class Programmer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the programs that `edgeflow flash` calls name the board; a key that is left out is not known."""

    probe_rs_chip: Annotated[ChipName | None, about("chip as `probe-rs chip list` has it")] = None
    openocd_config: Annotated[
        tuple[ConfigFile, ...],
        about("OpenOCD's configuration files, such as a board's, or interface and target"),
    ] = ()
    zephyr_board: Annotated[BoardName | None, about("board of Zephyr, with its qualifiers")] = None
    arduino_fqbn: Annotated[Fqbn | None, about("fully qualified board name of arduino-cli")] = None
    esp_idf_target: Annotated[ChipName | None, about("target of `idf.py set-target`")] = None


class Source(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where figures of this file come from; `[[source]]` is repeated."""

    figures: Annotated[
        Annotated[tuple[Figure, ...], msgspec.Meta(min_length=1)],
        about(
            "which of `core`, `clock_hz`, `memory`, `reserved`, `flash_timing`, `power` and"
            " `programmer` it covers"
        ),
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
    programmer: Annotated[Programmer | None, about("names of the board for `edgeflow flash`")] = None

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
    "programmer": Programmer,
    "source": Source,
}


def sourced_figures(target: Target) -> int:
    """Facts with a source: core, clock, address and length of each region, and what else is given."""
    if target.generic:
        return 0
    given = [target.flash_timing, target.power]
    values = [value for part in given if part is not None for value in msgspec.structs.astuple(part)]
    numbers = sum(isinstance(value, int | float) for value in values)
    names = msgspec.structs.astuple(target.programmer) if target.programmer else ()
    return 2 + 2 * len(target.memory) + len(target.reserved) + numbers + sum(map(bool, names))
