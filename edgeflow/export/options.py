"""What a project says about exports; no heavy import, read at start-up."""

from __future__ import annotations

import msgspec


class ExportOptions(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The ``[export]`` table of the project file."""

    # Destinations that every build is exported to; `edgeflow export --list` names them.
    to: tuple[str, ...] = ()
    # What the metadata of a model and its card say; who made it, under which licence, what it does.
    author: str = ""
    license: str = ""
    description: str = ""
