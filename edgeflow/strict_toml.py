"""TOML files with a strict schema: a fault is one sentence with file and key, and a hint.

Used by the project file, targets and recipes, so that all three speak alike.
"""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from edgeflow.errors import UserError

Document = TypeVar("Document", bound=msgspec.Struct)


def parse_toml(path: Path, what: str, error_type: type[UserError]) -> dict[str, Any]:
    """The tables of a file. ``what`` names it in messages: ``target file`` and so on."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise error_type(f"cannot read {what} `{path}`: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise error_type(f"{what} `{path}` is not valid TOML: {error}") from error


def convert_strict(
    raw: Mapping[str, Any],
    document: type[Document],
    tables: Mapping[str, type[msgspec.Struct]],
    origin: str,
    error_type: type[UserError],
) -> Document:
    """Check parsed tables against a schema; ``origin`` begins the message.

    ``tables`` gives the schema of each table by its key, the document's own by the empty one; they
    serve the hint at a misspelt key.
    """
    try:
        return msgspec.convert(raw, document)
    except msgspec.ValidationError as error:
        # msgspec ends its messages with the place, `` - at `$.table.key` ``; users look for it first.
        message, _, place = str(error).partition(" - at `$.")
        text = f"{place.rstrip('`')}: {message}" if place else message
        hint = _misspelt(message, place, tables)
        raise error_type(f"{origin}: {text}", hint) from error


def schema_faults(
    raw: Mapping[str, Any],
    document: type[msgspec.Struct],
    tables: Mapping[str, type[msgspec.Struct]],
    origin: str,
    error_type: type[UserError],
) -> list[UserError]:
    """What ``convert_strict`` would refuse: the first fault of each key and table of the file."""
    fields = {field.name: field for field in msgspec.structs.fields(document)}
    required = [name for name, field in fields.items() if field.required]
    found: list[UserError] = []
    for key in dict.fromkeys([*raw, *required]):
        # A schema of this key alone, so that a fault of one hides none of another.
        alone = document
        if key in fields:
            alone = msgspec.defstruct(document.__name__, [(key, fields[key].type)])
        try:
            convert_strict({key: raw[key]} if key in raw else {}, alone, tables, origin, error_type)
        except error_type as error:
            found.append(error)
    return found


def closest(name: str, known: Iterable[str]) -> str | None:
    """The hint ``did you mean ...?`` when a known name is close, else None."""
    close = difflib.get_close_matches(name, list(known), n=1)
    return f"did you mean `{close[0]}`?" if close else None


def _misspelt(message: str, place: str, tables: Mapping[str, type[msgspec.Struct]]) -> str | None:
    unknown = re.search(r"unknown field `([^`]+)`", message)
    if unknown is None:
        return None
    table = re.match(r"[a-z_]*", place)
    known = tables[table.group() if table else ""].__struct_fields__
    return closest(unknown.group(1), known) or f"known keys: {', '.join(known)}"
