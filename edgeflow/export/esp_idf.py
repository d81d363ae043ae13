"""An ESP-IDF component with Kconfig and an example."""

from __future__ import annotations

from edgeflow.export.bundle import Bundle
from edgeflow.export.shared import papers, public_and_private, render

_FILES = (
    "CMakeLists.txt",
    "Kconfig",
    "idf_component.yml",
    "examples/classify/CMakeLists.txt",
    "examples/classify/sdkconfig.defaults",
    "examples/classify/main/CMakeLists.txt",
    "examples/classify/main/main.c",
)
# Espressif's name of the chip of a core; RISC-V is that of the C3 and its siblings.
_CHIPS = {"xtensa-lx6": "esp32", "xtensa-lx7": "esp32s3", "rv32imc": "esp32c3"}


def files(bundle: Bundle) -> dict[str, bytes]:
    """The component and ``examples/classify``; any chip can run it, whatever core it was built for."""
    found = public_and_private(bundle)
    names = sorted(found)
    for path in _FILES:
        found[path] = render(f"esp_idf/{path}.j2", bundle, names=names)
    chip = _CHIPS.get(bundle.target.core, "esp32")
    return found | papers(bundle, "esp-idf", "esp_idf/README.md.j2", chip=chip)
