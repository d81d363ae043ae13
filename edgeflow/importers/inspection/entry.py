"""The one entry point: called before a framework opens a model's file."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType

from edgeflow.errors import InternalError
from edgeflow.importers.inspection.keras import inspect_keras, inspect_keras_h5
from edgeflow.importers.inspection.onnx import inspect_onnx
from edgeflow.importers.inspection.pickles import refuse_pickle
from edgeflow.importers.inspection.saved_model import inspect_saved_model
from edgeflow.importers.inspection.tflite import inspect_tflite

INSPECTIONS: Mapping[str, Callable[[Path], None]] = MappingProxyType(
    {
        "keras": inspect_keras,
        "keras-h5": inspect_keras_h5,
        "saved-model": inspect_saved_model,
        "onnx": inspect_onnx,
        "tflite": inspect_tflite,
    }
)


def inspect(path: Path, model_format: str) -> None:
    """Raise ModelError, in a sentence with a hint, for a model that is not only a network of numbers.

    No framework is loaded. Keras files need h5py, in a child process (ToolError where it is missing).
    """
    check = INSPECTIONS.get(model_format)
    if check is None:
        raise InternalError(f"there is no inspection of the format `{model_format}`")
    refuse_pickle(path)
    check(path)
