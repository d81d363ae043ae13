"""How a picture or a sound becomes the network's input: the declaration of ``model.json``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Literal

ColorMode = Literal["grayscale", "rgb"]
Interpolation = Literal["nearest", "bilinear", "area"]
AspectRatio = Literal["fit", "crop", "pad"]
FrameFormat = Literal["gray8", "rgb888", "rgb565", "yuyv"]
CHANNELS: dict[ColorMode, int] = {"grayscale": 1, "rgb": 3}
# Of a picture or an input; with these, 32-bit arithmetic holds every sum of the resize.
MAX_SIDE = 16384
MAX_PIXELS = 1 << 24


@dataclass(frozen=True)
class PictureSpec:
    """How a raw picture becomes the network's input ``[height, width, channels]``."""

    height: int
    width: int
    channels: int
    color_mode: ColorMode
    interpolation: Interpolation
    aspect_ratio: AspectRatio
    pad_value: int
    scale: tuple[float, ...]
    offset: tuple[float, ...]


@dataclass(frozen=True)
class SoundSpec:
    """Log-mel or MFCC features of a clip, and what follows from its numbers."""

    kind: Literal["log-mel", "mfcc"]
    sample_rate_hz: int
    clip_samples: int
    window_samples: int
    stride_samples: int
    mel_bands: int
    coefficients: int
    low_hz: float
    high_hz: float
    floor_db: float
    ceiling_db: float
    lifter: int
    coefficient_limit_db: float
    fft_samples: int
    frames: int
    width: int
    shape: tuple[int, ...]
    scale: tuple[float, ...]
    offset: tuple[float, ...]


Declaration = PictureSpec | SoundSpec


def declaration(document: Mapping[str, Any] | None) -> Declaration | None:
    """The declaration of a ``model.json``; None for a model that takes raw values."""
    if document is None:
        return None
    kind: type[Declaration] = PictureSpec if document["kind"] == "picture" else SoundSpec
    values: dict[str, Any] = {field.name: document[field.name] for field in fields(kind)}
    return kind(**{name: tuple(v) if isinstance(v, list) else v for name, v in values.items()})
