"""A PlatformIO library: flat ``src/``, ``library.json`` and the Arduino sketches as examples."""

from __future__ import annotations

from edgeflow.export.arduino import sketches
from edgeflow.export.bundle import Bundle
from edgeflow.export.shared import papers, render, sources_with_device


def files(bundle: Bundle) -> dict[str, bytes]:
    """``library.json`` with the compiler's options, ``src/`` and ``examples/``."""
    found = {f"src/{name}": data for name, data in sources_with_device(bundle).items()}
    found["library.json"] = render("platformio/library.json.j2", bundle)
    return found | sketches(bundle) | papers(bundle, "platformio", "platformio/README.md.j2")
