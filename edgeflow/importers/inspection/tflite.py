"""What a `.tflite` file is refused for; its structure is checked where it is read."""

from __future__ import annotations

from pathlib import Path

from edgeflow.errors import ModelError
from edgeflow.importers.inspection.files import check_file
from edgeflow.importers.limits import MAX_MODEL_BYTES

IDENTIFIER = b"TFL3"


def inspect_tflite(path: Path) -> None:
    """Raise ModelError for a file that is too large or no flatbuffer of TFLite."""
    check_file(path, MAX_MODEL_BYTES)
    with path.open("rb") as stream:
        if stream.read(8)[4:] != IDENTIFIER:
            raise ModelError(
                f"`{path.name}` is not a TFLite model: it lacks the mark `TFL3`.", "give a .tflite file"
            )
