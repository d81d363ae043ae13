"""What a project says about the way to the network's input; no heavy import, read at start-up."""

from __future__ import annotations

import math
from typing import Annotated, Literal, get_args

import msgspec

ColorMode = Literal["grayscale", "rgb"]
Interpolation = Literal["nearest", "bilinear", "area"]
AspectRatio = Literal["fit", "crop", "pad"]
FrameFormat = Literal["gray8", "rgb888", "rgb565", "yuyv"]
FRAME_FORMATS: tuple[FrameFormat, ...] = get_args(FrameFormat)
MIN_INPUT_SIDE, MAX_INPUT_SIDE = 8, 512
InputSide = Annotated[int, msgspec.Meta(ge=MIN_INPUT_SIDE, le=MAX_INPUT_SIDE)]

CHANNELS: dict[ColorMode, int] = {"grayscale": 1, "rgb": 3}
COLOR_MODES: dict[int, ColorMode] = {count: mode for mode, count in CHANNELS.items()}


class PreprocessingOptions(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="picture", tag_field="kind"
):
    """The ``[preprocessing]`` table of the project file, where it has no other ``kind``."""

    # Side of the square network input in pixels, or `[height, width]`; 8 to 512.
    input_size: int | tuple[int, ...] = 16  # checked below: msgspec 0.22 crashes at a union of bounded ones
    # Channels of the network's input: 1 or 3.
    color_mode: ColorMode = "grayscale"
    # How the picture is resized; "area" averages all pixels where it shrinks.
    interpolation: Interpolation = "bilinear"
    # "fit" stretches the picture to the input, "crop" takes the largest centred part of the input's ratio,
    # "pad" takes the whole picture, centred between borders of `pad_value`.
    aspect_ratio: AspectRatio = "fit"
    # Value of the borders, in every channel.
    pad_value: Annotated[int, msgspec.Meta(ge=0, le=255)] = 128
    # The network's value of a pixel is `pixel * scale + offset`; one number, or one for each channel.
    scale: float | tuple[float, ...] = 1 / 128
    # As `scale`.
    offset: float | tuple[float, ...] = -1.0

    def __post_init__(self) -> None:
        """Refuse a size out of range, and numbers that do not suit the channels."""
        sides = (self.input_size,) if isinstance(self.input_size, int) else self.input_size
        if not isinstance(self.input_size, int) and len(sides) != 2:
            raise ValueError("`input_size` is the side of a square, or [height, width]")
        if not all(MIN_INPUT_SIDE <= side <= MAX_INPUT_SIDE for side in sides):
            raise ValueError(f"the sides of `input_size` are {MIN_INPUT_SIDE} to {MAX_INPUT_SIDE} pixels")
        scale, offset = (
            per_channel(name, getattr(self, name), self.channels) for name in ("scale", "offset")
        )
        check_values(scale, offset)

    @property
    def height(self) -> int:
        """Of the network's input, in pixels."""
        return self.input_size if isinstance(self.input_size, int) else self.input_size[0]

    @property
    def width(self) -> int:
        """Of the network's input, in pixels."""
        return self.input_size if isinstance(self.input_size, int) else self.input_size[1]

    @property
    def channels(self) -> int:
        """Of the network's input: 1 or 3."""
        return CHANNELS[self.color_mode]


def per_channel(name: str, value: float | tuple[float, ...], channels: int) -> tuple[float, ...]:
    """One number for each channel. Raises ValueError, which the schema's loader turns into its sentence."""
    if isinstance(value, int | float):
        return (float(value),) * channels
    if len(value) != channels:
        numbers = "1 number" if len(value) == 1 else f"{len(value)} numbers"
        plural = "channel" if channels == 1 else "channels"
        raise ValueError(f"`{name}` has {numbers}, the input has {channels} {plural}")
    return tuple(float(number) for number in value)


def check_values(scale: tuple[float, ...], offset: tuple[float, ...]) -> None:
    """Raises ValueError for a scale or offset that gives no usable network values."""
    if not all(math.isfinite(number) for number in (*scale, *offset)):
        raise ValueError("`scale` and `offset` are finite numbers")
    if not all(scale):
        raise ValueError("a `scale` of 0 would make every pixel the same")
