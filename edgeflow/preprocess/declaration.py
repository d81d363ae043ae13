"""The declaration of either kind, picture or sound: what makes network input of raw data."""

from __future__ import annotations

from pathlib import Path

from edgeflow.errors import DataError
from edgeflow.preprocess.audio_options import Options, resolved
from edgeflow.preprocess.audio_spec import SOUND_KINDS, SoundSpec, sound_from_json
from edgeflow.preprocess.options import PreprocessingOptions
from edgeflow.preprocess.spec import PictureSpec, from_json, picture_spec, read_document

# Both have height, width and channels of the network's input, and scale and offset of its values.
Declaration = PictureSpec | SoundSpec


def declaration(options: Options, *, shape: tuple[int, int, int] | None = None) -> Declaration:
    """What a project says, resolved, for a foreign model whose input is ``shape``.

    Raises ProjectError or DataError for what does not fit together.
    """
    if isinstance(options, PreprocessingOptions):
        return picture_spec(options, shape=shape)
    spec = resolved(options)
    if shape is not None and shape != spec.shape:
        raise DataError(
            f"[preprocessing] makes inputs {list(spec.shape)} of sounds, the model takes {list(shape)}",
            "its first number follows from clip_ms, window_ms and stride_ms",
        )
    return spec


def read_declaration(path: Path) -> Declaration:
    """The declaration in a file. Raises DataError when it cannot be read or is none."""
    document = read_document(path)
    read = sound_from_json if document.get("kind") in SOUND_KINDS else from_json
    return read(document, f"`{path}`")
