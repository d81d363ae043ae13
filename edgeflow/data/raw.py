"""A few test pictures or sounds before their preprocessing, for the checks of the C that does it later."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from edgeflow.data.load import Picture
from edgeflow.data.picture import decode, quiet_decoding
from edgeflow.data.picture_set import PictureSet
from edgeflow.data.sound import decode as decode_sound
from edgeflow.preprocess.audio_spec import SoundSpec
from edgeflow.preprocess.spec import MAX_PIXELS, MAX_SIDE

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

RAW_PICTURES = 4
# Of all of them, at three bytes a pixel; the first is kept in any case.
_MOST_BYTES = 32 << 20


def raw_pictures(source: PictureSet, pictures: Sequence[Picture]) -> list[NDArray[np.uint8]]:
    """Up to ``RAW_PICTURES`` of them, spread evenly, as uint8 ``[H, W, 1 or 3]`` at their own sizes.

    Those that are larger than a device takes are passed over.
    """
    fitting = [each for each in pictures if _fits(each)]
    count = min(RAW_PICTURES, len(fitting))
    chosen = [fitting[len(fitting) * place // count] for place in range(count)]
    found: list[NDArray[np.uint8]] = []
    byte_count = 0
    with quiet_decoding():
        for picture in chosen:
            size = 3 * picture.width * picture.height
            if not found or byte_count + size <= _MOST_BYTES:
                found.append(_pixels(source, picture))
                byte_count += size
    return found


def raw_sounds(source: PictureSet, sounds: Sequence[Picture], spec: SoundSpec) -> list[NDArray[np.int16]]:
    """Up to ``RAW_PICTURES`` of them, spread evenly, as the samples of one channel."""
    count = min(RAW_PICTURES, len(sounds))
    chosen = [sounds[len(sounds) * place // count] for place in range(count)]
    files = [source.read(sound.item) for sound in chosen]
    return [decode_sound(raw, spec.sample_rate_hz) for raw in files if isinstance(raw, bytes)]


def _fits(picture: Picture) -> bool:
    return max(picture.width, picture.height) <= MAX_SIDE and picture.width * picture.height <= MAX_PIXELS


def _pixels(source: PictureSet, picture: Picture) -> NDArray[np.uint8]:
    raw = source.read(picture.item)
    if isinstance(raw, bytes):
        return decode(raw, "rgb")
    return raw if raw.ndim == 3 else raw[..., None]
