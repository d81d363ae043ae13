"""Small pictures as PNG (ISO/IEC 15948) without an imaging library, which the device half does not have."""

from __future__ import annotations

import struct
import zlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
# Colour types of the header: grey and RGB.
_COLOUR_TYPES = {1: 0, 3: 2}


def png(picture: npt.NDArray[np.uint8]) -> bytes:
    """The file of a picture ``[H, W, 1 or 3]``; equal pictures give equal bytes."""
    height, width, channels = picture.shape
    rows = b"".join(b"\0" + row.tobytes() for row in picture)  # filter 0: bytes as they are
    header = struct.pack(">IIBBBBB", width, height, 8, _COLOUR_TYPES[channels], 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(rows, 9)), (b"IEND", b""))
    return _SIGNATURE + b"".join(_chunk(kind, data) for kind, data in chunks)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
