"""Find the data folders that travel with edgeflow, in a checkout or in an installed wheel."""

from __future__ import annotations

from pathlib import Path

from edgeflow.errors import InternalError

PACKAGE_DIR = Path(__file__).resolve().parent


def data_dir(name: str) -> Path:
    """The folder ``targets``, ``datasets`` or ``firmware_templates``.

    An installed wheel carries it in ``edgeflow/_data``, a checkout beside the package.
    """
    for candidate in (PACKAGE_DIR / "_data" / name, PACKAGE_DIR.parent / name):
        if candidate.is_dir():
            return candidate
    raise InternalError(f"the data folder `{name}` is missing from this installation", "reinstall edgeflow")


def kernels_dir() -> Path:
    """The folder of the C kernels: ``include/`` and ``src/``."""
    return PACKAGE_DIR / "kernels"
