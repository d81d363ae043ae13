"""Raw pictures as the frames of a camera, in every format, for the generated C to prepare."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from edgeflow.preprocess.color import PIXEL_BYTES
from edgeflow.preprocess.options import FRAME_FORMATS, FrameFormat

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Pixels = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class RawFrame:
    """A picture at its original size as a camera delivers it, rows one after the other."""

    format: FrameFormat
    width: int
    height: int
    data: bytes

    @property
    def number(self) -> int:
        """The format's in ef_picture.h."""
        return FRAME_FORMATS.index(self.format)

    @property
    def row_bytes(self) -> int:
        """Bytes of one row."""
        return self.width * PIXEL_BYTES[self.format]

    def packed(self) -> bytes:
        """As the program for raw pictures reads it (firmware_templates/frames)."""
        return struct.pack("<4I", self.width, self.height, self.number, self.row_bytes) + self.data


def frames_of(pictures: Sequence[Pixels]) -> list[RawFrame]:
    """Every picture ``[H, W, 1 or 3]`` in its own format, the first one also in those of cameras."""
    return [frame for number, pixels in enumerate(pictures) for frame in _frames(pixels, every=number == 0)]


def _frames(pixels: Pixels, *, every: bool) -> Iterator[RawFrame]:
    height, width, channels = pixels.shape
    yield RawFrame("gray8" if channels == 1 else "rgb888", width, height, pixels.tobytes())
    if every:
        yield RawFrame("rgb565", width, height, _rgb565(pixels))
    if every and width > 1:
        even = pixels[:, : width // 2 * 2]
        yield RawFrame("yuyv", even.shape[1], height, _yuyv(even))


def _colors(pixels: Pixels) -> list[npt.NDArray[Any]]:
    """Red, green and blue, of grey three times the same."""
    import numpy as np

    return [pixels[..., channel % pixels.shape[-1]].astype(np.int32) for channel in range(3)]


def _rgb565(pixels: Pixels) -> bytes:
    red, green, blue = _colors(pixels)
    return ((red >> 3 << 11) | (green >> 2 << 5) | (blue >> 3)).astype("<u2").tobytes()


def _yuyv(pixels: Pixels) -> bytes:
    """Full range of ITU-R BT.601; a pair of pixels has the colour of its first one."""
    import numpy as np

    red, green, blue = _colors(pixels)
    luma = (299 * red + 587 * green + 114 * blue + 500) // 1000
    pairs = np.empty((*luma.shape, 2), np.uint8)
    pairs[..., 0] = luma
    for place, color, weight in ((0, blue, 564), (1, red, 713)):
        chroma = 128 + ((color - luma) * weight + 500) // 1000
        pairs[:, place::2, 1] = np.clip(chroma[:, ::2], 0, 255)
    return pairs.tobytes()
