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
    """Save a model in Keras's archive format without the date of saving."""
    with tempfile.TemporaryDirectory() as folder:
        saved = Path(folder, "model.keras")
        model.save(saved)
        write_bytes(path, _without_dates(saved))


def _without_dates(saved: Path) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(saved) as source, zipfile.ZipFile(stream, "w") as target:
        for name in sorted(source.namelist()):
            content = source.read(name)
            if name == "metadata.json":
                metadata = json.loads(content)
                metadata.pop("date_saved", None)
                content = json.dumps(metadata, sort_keys=True).encode()
            target.writestr(zipfile.ZipInfo(name, _ZIP_EPOCH), content)
    return stream.getvalue()
