"""The target descriptor: schema and strict loader of ``targets/*.toml``.

Facts carry sources; every size is an integer in bytes and every frequency in hertz.
``targets/README.md`` is generated from the descriptions in this file.
"""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Annotated, Literal

import msgspec

from edgeflow.errors import TargetError
from edgeflow.resources import data_dir
from edgeflow.strict_toml import closest, convert_strict, parse_toml
from edgeflow.target.core import CORES, Core

ADDRESS_SPACE_BYTES = 1 << 32
Kebab = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=40)]
Text = Annotated[str, msgspec.Meta(min_length=1)]
PositiveInt = Annotated[int, msgspec.Meta(gt=0)]
NonNegativeInt = Annotated[int, msgspec.Meta(ge=0)]
Figure = Literal["core", "clock_hz", "memory", "reserved"]


def _about(text: str) -> msgspec.Meta:
    return msgspec.Meta(description=text)


class Memory(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One memory region; `[[memory]]` is repeated, in order of preference.

    The first flash region holds the program, the first RAM region static data, stack and arena; an arena
    that is too large for it takes further RAM regions, in this order. Where the program is too large for
    the first flash region, the constant arrays of the model go to the second, which must be memory mapped.
    """

    name: Annotated[Kebab, _about("what the data sheet calls the region")]
    kind: Annotated[Literal["flash", "ram"], _about("`flash` (code and constants) or `ram`")]
    origin: Annotated[NonNegativeInt, _about("first address")]
    size_bytes: Annotated[PositiveInt, _about("length in bytes")]

    @property
    def end(self) -> int:
        """First address behind the region."""
        return self.origin + self.size_bytes


class Reserved(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the board keeps for itself at the start of the first flash and the first RAM region."""

    flash_bytes: Annotated[NonNegativeInt, _about("boot loader, radio stack")] = 0
    ram_bytes: Annotated[NonNegativeInt, _about("RAM of the same")] = 0
    reason: Annotated[str, _about("who uses it; required when a size is not 0")] = ""


class Source(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where figures of this file come from; `[[source]]` is repeated."""

    figures: Annotated[
        Annotated[tuple[Figure, ...], msgspec.Meta(min_length=1)],
        _about("which of `core`, `clock_hz`, `memory`, `reserved` it covers"),
    ]
    document: Annotated[Text, _about("data sheet or manual, its number and section")]


class Target(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A board or a generic core; all keys stand at the top of the file."""

    schema: Annotated[Literal[1], _about("version of this format")]
    name: Annotated[Kebab, _about("equal to the file's stem")]
    title: Annotated[Text, _about("one line for people: board, part, core; of a generic target its sizes")]
    core: Annotated[str, _about("one of the cores listed below")]
    clock_hz: Annotated[PositiveInt, _about("core clock in hertz, for milliseconds")]
    memory: Annotated[tuple[Memory, ...], _about("at least one `flash` and one `ram` region")]
    source: Annotated[tuple[Source, ...], _about("must cover `clock_hz`, `memory` and, if any, `reserved`")]
    generic: Annotated[bool, _about("true for a core with invented sizes, not a part one can buy")] = False
    reserved: Annotated[Reserved, _about("memory that the application cannot have")] = Reserved()

    @property
    def core_info(self) -> Core:
        """The core's features."""
        return CORES[self.core]

    @property
    def flash(self) -> Memory:
        """The region that holds code and constants."""
        return next(m for m in self.memory if m.kind == "flash")

    @property
    def ram(self) -> Memory:
        """The region that holds arena, data and stack."""
        return next(m for m in self.memory if m.kind == "ram")

    @property
    def rams(self) -> tuple[Memory, ...]:
        """All RAM regions, in order of preference."""
        return tuple(m for m in self.memory if m.kind == "ram")

    @property
    def flashes(self) -> tuple[Memory, ...]:
        """All flash regions, in order of preference."""
        return tuple(m for m in self.memory if m.kind == "flash")

    @property
    def flash_origin(self) -> int:
        """First flash address of the application, behind what the board reserves."""
        return self.flash.origin + self.reserved.flash_bytes

    @property
    def ram_origin(self) -> int:
        """First RAM address of the application, behind what the board reserves."""
        return self.ram.origin + self.reserved.ram_bytes

    @property
    def flash_available_bytes(self) -> int:
        """Flash left for the application."""
        return self.flash.size_bytes - self.reserved.flash_bytes

    @property
    def ram_available_bytes(self) -> int:
        """RAM left for the application."""
        return self.ram.size_bytes - self.reserved.ram_bytes


TABLES: dict[str, type[msgspec.Struct]] = {
    "": Target,
    "memory": Memory,
    "reserved": Reserved,
    "source": Source,
}


def target_names() -> list[str]:
    """Names of the targets that travel with edgeflow, sorted."""
    return sorted(path.stem for path in data_dir("targets").glob("*.toml"))


def load_target(name_or_path: str, base_dir: Path = Path()) -> Target:
    """The target of that name, or of that ``.toml`` file; a relative path starts at ``base_dir``.

    Raises TargetError with the file and key at fault, or the closest known names.
    """
    if name_or_path.endswith(".toml") or "/" in name_or_path:
        return _read(base_dir / name_or_path)
    names = target_names()
    if name_or_path not in names:
        hint = closest(name_or_path, names) or "see `edgeflow targets list`"
        raise TargetError(f"there is no target `{name_or_path}`", hint)
    return _read(data_dir("targets") / f"{name_or_path}.toml")


def _read(path: Path) -> Target:
    raw = parse_toml(path, "target file", TargetError)
    target = convert_strict(raw, Target, TABLES, f"target file `{path}`", TargetError)
    for fault, hint in _faults(target, path.stem):
        raise TargetError(f"target file `{path}`: {fault}", hint)
    return target


def _faults(target: Target, stem: str) -> list[tuple[str, str | None]]:
    """What the schema cannot say, each as a sentence with a hint."""
    found: list[tuple[str, str | None]] = []
    if target.name != stem:
        found.append((f"name: `{target.name}` but the file is `{stem}.toml`", "rename one of them"))
    if target.core not in CORES:
        hint = closest(target.core, CORES) or f"known: {', '.join(CORES)}"
        found.append((f"core: unknown core `{target.core}`", hint))
    return found + _memory_faults(target) + _source_faults(target)


def _memory_faults(target: Target) -> list[tuple[str, str | None]]:
    absent = [kind for kind in ("flash", "ram") if all(m.kind != kind for m in target.memory)]
    if absent:
        return [(f"memory: no region of kind `{kind}`", "add a [[memory]] table") for kind in absent]
    found: list[tuple[str, str | None]] = [
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
    for kind, left in (("flash", target.flash_available_bytes), ("ram", target.ram_available_bytes)):
        if left <= 0:
            found.append((f"reserved.{kind}_bytes: leaves no {kind} for the application", None))
    return found


def _source_faults(target: Target) -> list[tuple[str, str | None]]:
    reserved = target.reserved.flash_bytes or target.reserved.ram_bytes
    needed = ["clock_hz", "memory"] + (["reserved"] if reserved else [])
    covered = {figure for source in target.source for figure in source.figures}
    found: list[tuple[str, str | None]] = [
        (f"source: no [[source]] covers `{figure}`", "name the document the figure comes from")
        for figure in needed
        if figure not in covered
    ]
    if reserved and not target.reserved.reason:
        found.append(("reserved.reason: say who uses the reserved memory", None))
    return found
