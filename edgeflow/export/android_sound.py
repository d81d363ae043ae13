"""The constants of a sound's features as a file that Kotlin reads."""

from __future__ import annotations

from dataclasses import fields

from edgeflow.export.bundle import Bundle
from edgeflow.preprocess.audio_spec import SoundSpec


def sound_tables_file(bundle: Bundle) -> bytes:
    """Every table as a count and 32-bit little-endian numbers; nothing for pictures and other inputs."""
    if not isinstance(bundle.preprocessing, SoundSpec):
        return b""
    return tables_bytes(bundle.preprocessing)


def tables_bytes(spec: SoundSpec) -> bytes:
    """The tables of a declaration, in the order of ``SoundTables``."""
    import numpy as np

    from edgeflow.preprocess.audio_tables import sound_tables

    tables = sound_tables(spec)
    parts = [np.asarray(getattr(tables, field.name)).astype("<i4").reshape(-1) for field in fields(tables)]
    return b"".join(np.int32(len(part)).astype("<i4").tobytes() + part.tobytes() for part in parts)
