"""The destinations of an export: an explicit table."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module

from edgeflow.errors import UsageError
from edgeflow.export.bundle import Bundle

Files = Mapping[str, bytes]


@dataclass(frozen=True, slots=True)
class Destination:
    """A form of export. ``module`` has ``files(bundle)``: contents by relative path, a pure function.

    With ``archive`` the folder is also packed as ``<folder>.<archive>``, as the ecosystem's tools take it.
    """

    name: str
    title: str
    module: str
    archive: str | None = None

    def files(self, bundle: Bundle) -> Files:
        """The files of the export, by path below its folder."""
        function: Callable[[Bundle], Files] = import_module(self.module).files
        return function(bundle)


DESTINATIONS: Mapping[str, Destination] = {
    destination.name: destination
    for destination in (
        Destination("arduino", "Arduino library with two sketches", "edgeflow.export.arduino", "zip"),
        Destination(
            "bare-metal", "program with start-up code and device protocol", "edgeflow.export.bare_metal"
        ),
        Destination("esp-idf", "ESP-IDF component with an example", "edgeflow.export.esp_idf"),
        Destination("platformio", "PlatformIO library with two sketches", "edgeflow.export.platformio"),
        Destination("zephyr", "Zephyr module with two samples", "edgeflow.export.zephyr"),
        Destination("cmake", "CMake package: add_subdirectory and find_package", "edgeflow.export.cmake"),
        Destination("android", "Android library module on LiteRT, in Kotlin", "edgeflow.export.android"),
        Destination("linux", "Python package with a command and an HTTP service", "edgeflow.export.linux"),
        Destination("cmsis-pack", "CMSIS pack and layer of a csolution", "edgeflow.export.cmsis_pack"),
        Destination("micropython", "MicroPython user C module", "edgeflow.export.micropython"),
        Destination("rust", "Rust crate without the standard library", "edgeflow.export.rust"),
        Destination("tflm", "sources for TensorFlow Lite Micro, as in its examples", "edgeflow.export.tflm"),
        Destination("web", "page that classifies pictures, in WebAssembly", "edgeflow.export.web"),
    )
}


def destination(name: str) -> Destination:
    """The destination of that name. Raises UsageError for another."""
    found = DESTINATIONS.get(name)
    if found is None:
        raise UsageError(f"there is no destination `{name}`", f"destinations: {', '.join(DESTINATIONS)}")
    return found
