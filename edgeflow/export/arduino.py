"""An Arduino library: flat ``src/``, ``library.properties`` and two sketches."""

from __future__ import annotations

from edgeflow.export.bundle import Bundle
from edgeflow.export.shared import papers, render, sources_with_device, template_files

SKETCHES = ("examples/Classify/Classify.ino", "examples/Benchmark/Benchmark.ino")


def files(bundle: Bundle) -> dict[str, bytes]:
    """``src/`` with every source and header, the sketches ``Classify`` and ``Benchmark``."""
    options = template_files("export/arduino")["kernel_options.h"]
    found = {"library.properties": render("arduino/library.properties.j2", bundle)}
    for name, data in sources_with_device(bundle).items():
        found[f"src/{name}"] = options + data if name.endswith(".c") else data
    return found | sketches(bundle) | papers(bundle, "arduino", "arduino/README.md.j2")


def sketches(bundle: Bundle) -> dict[str, bytes]:
    """Programs for any board with an Arduino core."""
    return {path: render(f"arduino/{path}.j2", bundle) for path in SKETCHES}
