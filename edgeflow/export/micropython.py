"""A user C module of MicroPython: it is compiled into the firmware."""

from __future__ import annotations

from edgeflow.export.bundle import Bundle
from edgeflow.export.shared import papers, render, sources


def files(bundle: Bundle) -> dict[str, bytes]:
    """``micropython.cmake``, and below ``<prefix>/`` the module, its two build files and the C."""
    code = sources(bundle)
    names = [name for name in code if name.endswith(".c")]
    found = {f"{bundle.prefix}/src/{name}": data for name, data in code.items()}
    for name, template in (
        ("micropython.cmake", "micropython.cmake"),
        (f"{bundle.prefix}/micropython.cmake", "module.cmake"),
        (f"{bundle.prefix}/micropython.mk", "module.mk"),
        (f"{bundle.prefix}/mod{bundle.prefix}.c", "mod.c"),
    ):
        found[name] = render(f"micropython/{template}.j2", bundle, names=names)
    return found | papers(bundle, "micropython", "micropython/README.md.j2")
