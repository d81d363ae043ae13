"""The importers, one a format; each lives in a module that only child processes import."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from edgeflow.importers.formats import Format


@dataclass(frozen=True, slots=True)
class Importer:
    """``module`` has ``convert`` and ``original_outputs``; ``has_signatures``: both take a ``signature``.

    ``has_own_packages``: it runs with the packages of ``environment``, and ``original_outputs`` takes the
    ``record`` of the import, which knows the axes that were moved.
    """

    module: str
    tools: tuple[str, ...]
    has_signatures: bool = False
    has_own_packages: bool = False


_TENSORFLOW = ("tensorflow-cpu", "tensorflow", "keras")

IMPORTERS: Mapping[Format, Importer] = {
    "keras": Importer("edgeflow.importers.keras", _TENSORFLOW),
    "keras-h5": Importer("edgeflow.importers.keras", _TENSORFLOW),
    "saved-model": Importer("edgeflow.importers.saved_model", _TENSORFLOW, has_signatures=True),
    "onnx": Importer("edgeflow.importers.onnx", ("tensorflow-cpu", "tensorflow"), has_own_packages=True),
    "tflite": Importer("edgeflow.importers.tflite", _TENSORFLOW),
}
