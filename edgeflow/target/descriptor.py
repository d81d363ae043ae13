"""The strict loader of ``targets/*.toml``: boards that C is built for, phones and Linux boards.

Facts carry sources; every size is an integer in bytes and every frequency in hertz.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from edgeflow.errors import TargetError, UserError
from edgeflow.resources import data_dir
from edgeflow.strict_toml import closest, convert_strict, parse_toml, schema_faults
from edgeflow.target import microcontroller, microcontroller_faults, system
from edgeflow.target.microcontroller import Memory, Reserved, Target
from edgeflow.target.schema import Fault
from edgeflow.target.system import System

__all__ = [
    "Descriptor",
    "Memory",
    "Reserved",
    "System",
    "Target",
    "as_target",
    "check_file",
    "load",
    "load_target",
    "shipped_boards",
    "sourced_figures",
    "target_names",
]

Descriptor = Target | System
_KINDS: Mapping[str, tuple[type[Target | System], Mapping[str, type[msgspec.Struct]]]] = {
    "mcu": (Target, microcontroller.TABLES),
    "linux": (System, system.TABLES),
    "phone": (System, system.TABLES),
}


def target_names() -> list[str]:
    """Names of the targets that travel with edgeflow, sorted."""
    return sorted(path.stem for path in data_dir("targets").glob("*.toml"))


def shipped_boards() -> list[Target]:
    """The boards and generic cores that travel with edgeflow, by name."""
    return [each for each in map(load, target_names()) if isinstance(each, Target)]


def load(name_or_path: str, base_dir: Path = Path()) -> Descriptor:
    """The descriptor of that name, or of that ``.toml`` file; a relative path starts at ``base_dir``.

    Raises TargetError with the file and key at fault, or the closest known names.
    """
    if name_or_path.endswith(".toml") or "/" in name_or_path:
        return _read(base_dir / name_or_path)
    names = target_names()
    if name_or_path not in names:
        hint = closest(name_or_path, names) or "see `edgeflow targets list`"
        raise TargetError(f"there is no target `{name_or_path}`", hint)
    return _read(data_dir("targets") / f"{name_or_path}.toml")


def load_target(name_or_path: str, base_dir: Path = Path()) -> Target:
    """The same for a board that C is generated for. Raises TargetError for a phone or Linux board."""
    return as_target(load(name_or_path, base_dir))


def as_target(descriptor: Descriptor) -> Target:
    """The board that C is generated for. Raises TargetError for a phone or Linux board."""
    if isinstance(descriptor, Target):
        return descriptor
    what = "phone" if descriptor.kind == "phone" else "Linux board"
    where = "--adb` of an attached one" if descriptor.kind == "phone" else "--host` on the board itself"
    raise TargetError(
        f"target `{descriptor.name}` is a {what}, which edgeflow builds no C firmware for",
        "`edgeflow quantize` makes the int8 .tflite that LiteRT runs on it, `edgeflow evaluate` its accuracy,"
        f" `edgeflow delegates MODEL --target {descriptor.name}` says what its delegates would take,"
        f" `edgeflow benchmark MODEL {where} its latency;"
        f" `edgeflow targets show {descriptor.name}` gives its figures",
    )


def check_file(path: Path) -> list[UserError]:
    """Every fault of a user's file; what contradicts itself is looked for when each key is legal."""
    try:
        raw, schema, tables = _parse(path)
    except TargetError as error:
        return [error]
    found = schema_faults(raw, schema, tables, _origin(path), TargetError)
    if found:
        return found
    return [_error(path, fault) for fault in _faults(_convert(path), path.stem)]


def sourced_figures(descriptor: Descriptor) -> int:
    """How many facts of a descriptor have a source."""
    if isinstance(descriptor, Target):
        return microcontroller.sourced_figures(descriptor)
    return system.sourced_figures(descriptor)


def _read(path: Path) -> Descriptor:
    descriptor = _convert(path)
    for fault in _faults(descriptor, path.stem):
        raise _error(path, fault)
    return descriptor


def _convert(path: Path) -> Descriptor:
    raw, schema, tables = _parse(path)
    return convert_strict(raw, schema, tables, _origin(path), TargetError)


def _parse(
    path: Path,
) -> tuple[dict[str, Any], type[Target | System], Mapping[str, type[msgspec.Struct]]]:
    """The tables of a file, and the schemas of its kind."""
    raw = parse_toml(path, "target file", TargetError)
    kind = raw.get("kind", "mcu")
    if kind not in _KINDS:
        hint = closest(str(kind), _KINDS) or f"one of {', '.join(_KINDS)}"
        raise _error(path, (f"kind: there is no kind `{kind}`", hint))
    return raw, *_KINDS[kind]


def _faults(descriptor: Descriptor, stem: str) -> list[Fault]:
    found: list[Fault] = []
    if descriptor.name != stem:
        found.append((f"name: `{descriptor.name}` but the file is `{stem}.toml`", "rename one of them"))
    if isinstance(descriptor, Target):
        return found + microcontroller_faults.faults(descriptor)
    return found + system.faults(descriptor)


def _error(path: Path, fault: Fault) -> TargetError:
    message, hint = fault
    return TargetError(f"{_origin(path)}: {message}", hint)


def _origin(path: Path) -> str:
    """What every message about a file begins with."""
    return f"target file `{path}`"
