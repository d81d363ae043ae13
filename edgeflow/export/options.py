"""What a project says about exports; no heavy import, read at start-up."""

from __future__ import annotations

import msgspec


class ExportOptions(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The ``[export]`` table of the project file."""

    # Destinations that every build is exported to; `edgeflow export --list` names them.
    to: tuple[str, ...] = ()
    # Who made the model, for its metadata and its card.
    author: str = ""
    # Under which licence it is.
    license: str = ""
    # What it does, in a sentence.
    description: str = ""
    # What the model is for, in its card: only its maker knows.
    intended_use: str = ""
    # What it is not for, and where it fails.
    limits: str = ""
