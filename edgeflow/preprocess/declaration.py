"""The declaration of either kind, picture or sound: what makes network input of raw data."""

from __future__ import annotations

from pathlib import Path

from edgeflow.preprocess.audio_spec import SOUND_KINDS, SoundSpec, sound_from_json
from edgeflow.preprocess.spec import PictureSpec, from_json, read_document

# Both have height, width and channels of the network's input, and scale and offset of its values.
Declaration = PictureSpec | SoundSpec


def read_declaration(path: Path) -> Declaration:
    """The declaration in a file. Raises DataError when it cannot be read or is none."""
    document = read_document(path)
    read = sound_from_json if document.get("kind") in SOUND_KINDS else from_json
    return read(document, f"`{path}`")
