"""Write a ``.keras`` file whose bytes follow from the model alone."""

from __future__ import annotations

import io
import json
import tempfile
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

from edgeflow.artifact import write_bytes

if TYPE_CHECKING:
    import keras

_ZIP_EPOCH = (1980, 1, 1, 0, 0, 0)


def write_keras(path: Path, model: keras.Model) -> None:
    """Save a model in Keras's archive format without dates and memory addresses."""
    with tempfile.TemporaryDirectory() as folder:
        saved = Path(folder, "model.keras")
        model.save(saved)
        write_bytes(path, _canonical(saved))


def _canonical(saved: Path) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(saved) as source, zipfile.ZipFile(stream, "w") as target:
        for name in sorted(source.namelist()):
            content = source.read(name)
            if name.endswith(".json"):
                value = _renumbered(json.loads(content), {})
                content = json.dumps(value, sort_keys=True).encode()
            target.writestr(zipfile.ZipInfo(name, _ZIP_EPOCH), content)
    return stream.getvalue()


def _renumbered(value: object, numbers: dict[int, int]) -> object:
    """Keras names shared objects by their address: number them in order of appearance instead."""
    if isinstance(value, list):
        return [_renumbered(item, numbers) for item in value]
    if not isinstance(value, dict):
        return value
    renumbered = {key: _renumbered(item, numbers) for key, item in value.items() if key != "date_saved"}
    if "shared_object_id" in value:
        renumbered["shared_object_id"] = numbers.setdefault(value["shared_object_id"], len(numbers) + 1)
    return renumbered
