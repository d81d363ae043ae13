"""The target descriptor: schema and strict loader of ``targets/*.toml``.

Facts carry sources; every size is an integer in bytes and every frequency in hertz.
"""

from __future__ import annotations

import difflib
import re
import tomllib
from pathlib import Path
from typing import Annotated, Literal

import msgspec

from edgeflow.errors import TargetError
from edgeflow.resources import data_dir
from edgeflow.target.core import CORES, Core

PositiveInt = Annotated[int, msgspec.Meta(gt=0)]
NonNegativeInt = Annotated[int, msgspec.Meta(ge=0)]


class Memory(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One memory region of the target, ``size_bytes`` long from address ``origin``."""

    name: str
    kind: Literal["flash", "ram"]
    origin: NonNegativeInt
    size_bytes: PositiveInt


class Reserved(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the board keeps for itself (boot loader, radio stack); counted against the budget."""

    flash_bytes: NonNegativeInt = 0
    ram_bytes: NonNegativeInt = 0
    reason: str = ""


class Source(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where figures of this file come from."""

    figures: tuple[str, ...]
    document: str


class Target(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A board or a generic core. Code and constants go to the first flash, data to the first RAM region."""

    schema: Literal[1]
    name: str
    title: str
    core: str
    clock_hz: PositiveInt
    memory: tuple[Memory, ...]
    source: tuple[Source, ...]
    generic: bool = False
    reserved: Reserved = Reserved()

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
    def flash_available_bytes(self) -> int:
        """Flash left for the application."""
        return self.flash.size_bytes - self.reserved.flash_bytes

    @property
    def ram_available_bytes(self) -> int:
        """RAM left for the application."""
        return self.ram.size_bytes - self.reserved.ram_bytes


def target_names() -> list[str]:
    """Names of the targets that travel with edgeflow, sorted."""
    return sorted(path.stem for path in data_dir("targets").glob("*.toml"))


def load_target(name_or_path: str) -> Target:
    """The target of that name, or of that ``.toml`` file.

    Raises TargetError with the file and key at fault, or the closest known names.
    """
    if name_or_path.endswith(".toml") or "/" in name_or_path:
        return _read(Path(name_or_path))
    names = target_names()
    if name_or_path not in names:
        close = difflib.get_close_matches(name_or_path, names, n=1)
        hint = f"did you mean `{close[0]}`?" if close else "see `edgeflow targets list`"
        raise TargetError(f"there is no target `{name_or_path}`", hint)
    return _read(data_dir("targets") / f"{name_or_path}.toml")


def _read(path: Path) -> Target:
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
        target = msgspec.convert(raw, Target)
    except OSError as error:
        raise TargetError(f"cannot read target file `{path}`: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise TargetError(f"target file `{path}` is not valid TOML: {error}") from error
    except msgspec.ValidationError as error:
        raise TargetError(f"target file `{path}`: {error}", _suggestion(str(error))) from error
    _check(target, path)
    return target


def _suggestion(text: str) -> str | None:
    unknown = re.search(r"unknown field `([^`]+)`", text)
    if unknown is None:
        return None
    structs: tuple[type[msgspec.Struct], ...] = (Target, Memory, Reserved, Source)
    known = [name for struct in structs for name in struct.__struct_fields__]
    close = difflib.get_close_matches(unknown.group(1), known, n=1)
    return f"did you mean `{close[0]}`?" if close else None


def _check(target: Target, path: Path) -> None:
    if target.name != path.stem:
        raise TargetError(f"target file `{path}`: name is `{target.name}` but the file is `{path.stem}.toml`")
    if target.core not in CORES:
        raise TargetError(f"target file `{path}`: unknown core `{target.core}`", f"known: {', '.join(CORES)}")
    for kind in ("flash", "ram"):
        if not any(memory.kind == kind for memory in target.memory):
            raise TargetError(f"target file `{path}`: no memory of kind `{kind}`")
    for kind, left in (("flash", target.flash_available_bytes), ("ram", target.ram_available_bytes)):
        if left <= 0:
            raise TargetError(f"target file `{path}`: reserved.{kind}_bytes leaves no {kind}")
