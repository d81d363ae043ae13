"""What a `.keras` or `.h5` file is refused for."""

from __future__ import annotations

from pathlib import Path

from edgeflow.archives import ArchiveError, Bounds, open_zip, read_member, zip_members
from edgeflow.errors import ModelError
from edgeflow.importers.inspection.files import check_file
from edgeflow.importers.inspection.keras_config import check_config
from edgeflow.importers.limits import MAX_CONFIG_BYTES, MAX_MEMBERS, MAX_MODEL_BYTES
from edgeflow.train.process import ProcessDiedError, run_in_process

CONFIG, METADATA, WEIGHTS = "config.json", "metadata.json", "model.weights.h5"
HINT = "save the model again with Keras"


def inspect_keras(path: Path) -> None:
    """Raise ModelError for a zip of Keras that is corrupt, too large or holds more than a network."""
    check_file(path)
    try:
        with open_zip(path, MAX_MEMBERS) as archive:
            members = zip_members(archive, Bounds(MAX_MEMBERS, MAX_MODEL_BYTES, MAX_MODEL_BYTES))
            extra = sorted(members.keys() - {CONFIG, METADATA, WEIGHTS})
            missing = sorted({CONFIG, WEIGHTS} - members.keys())
            if extra or missing:
                what = f"holds `{extra[0]}`, which no network needs" if extra else f"holds no `{missing[0]}`"
                raise ArchiveError(what)
            if members[CONFIG].file_size > MAX_CONFIG_BYTES:
                raise ArchiveError(f"holds a `{CONFIG}` of more than {MAX_CONFIG_BYTES} bytes")
            config = read_member(archive, members[CONFIG])
    except ArchiveError as error:
        raise ModelError(f"`{path.name}` {error}.", HINT) from error
    except OSError as error:
        raise ModelError(f"`{path}` cannot be read: {error.strerror}.", "check its permissions") from error
    check_config(path.name, config)
    _look_inside(path, WEIGHTS)


def inspect_keras_h5(path: Path) -> None:
    """Raise ModelError for an HDF5 file of Keras that is corrupt, too large or holds more than a network."""
    check_file(path)
    _look_inside(path, None)


def _look_inside(path: Path, member: str | None) -> None:
    job = {"path": str(path.resolve()), "member": member}
    try:
        run_in_process("edgeflow.importers.inspection.hdf5", job, lambda _text: None)
    except ProcessDiedError as error:
        raise ModelError(f"`{path.name}` is corrupt: its weights cannot be read.", HINT) from error
