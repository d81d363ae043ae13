"""Float32 inputs and outputs of a model that computes in int8."""

from __future__ import annotations

from pathlib import Path

from edgeflow.artifact import write_bytes
from edgeflow.errors import ModelError, UsageError
from edgeflow.tflite_edit import EDIT_ERRORS, with_integer_edges


def write_integer_edges(model: Path, path: Path) -> None:
    """Write the model with integer inputs and outputs in their place; what it computes stays the same.

    Raises UsageError when it has none, ModelError when the file is damaged.
    """
    try:
        edited = with_integer_edges(model.read_bytes())
    except EDIT_ERRORS as error:
        raise ModelError(f"`{model}` is damaged: its parts cannot be read") from error
    if edited is None:
        raise UsageError(
            f"`{model}` is an int8 .tflite already", f"`edgeflow build --model {model}` compiles it as it is"
        )
    write_bytes(path, edited)
