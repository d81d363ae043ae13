"""What a project demands of parity; no heavy import, read at start-up."""

from __future__ import annotations

import msgspec


class ParityOptions(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The ``[parity]`` table of the project file."""

    # Also compare with TFLite Micro byte by byte where the package `tflite_micro` is installed.
    tflm: bool = True
