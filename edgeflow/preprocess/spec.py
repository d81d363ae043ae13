"""The resolved declaration: everything that turns raw pictures into network input takes this."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import msgspec

from edgeflow.errors import DataError
from edgeflow.preprocess.options import (
    CHANNELS,
    COLOR_MODES,
    AspectRatio,
    ColorMode,
    Interpolation,
    PreprocessingOptions,
    check_values,
    per_channel,
)
from edgeflow.strict_toml import convert_strict

FILE_NAME = "preprocessing.json"
SCHEMA = 1
# Of a picture or an input; with these, 32-bit arithmetic holds every sum of the resize.
MAX_SIDE = 16384
MAX_PIXELS = 1 << 24

Side = Annotated[int, msgspec.Meta(ge=1, le=MAX_SIDE)]


class PictureSpec(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How a raw picture becomes the network's input ``[height, width, channels]``."""

    height: Side
    width: Side
    channels: int
    color_mode: ColorMode
    interpolation: Interpolation
    aspect_ratio: AspectRatio
    pad_value: Annotated[int, msgspec.Meta(ge=0, le=255)]
    # The network's value of a pixel is `pixel * scale + offset`, by channel.
    scale: tuple[float, ...]
    offset: tuple[float, ...]

    def __post_init__(self) -> None:
        """Raises ValueError for fields that contradict each other."""
        if self.channels != CHANNELS[self.color_mode]:
            raise ValueError(f"`{self.color_mode}` has {CHANNELS[self.color_mode]} channels")
        for name in ("scale", "offset"):
            per_channel(name, getattr(self, name), self.channels)
        check_values(self.scale, self.offset)

    def as_json(self) -> dict[str, Any]:
        """The document ``preprocessing.json``; floats are written so that they read back exactly."""
        return {"schema": SCHEMA, "kind": "picture", **msgspec.to_builtins(self)}


def from_json(document: Mapping[str, Any], origin: str = FILE_NAME) -> PictureSpec:
    """The spec of a ``preprocessing.json``. Raises DataError that begins with ``origin``."""
    fields = dict(document)
    schema, kind = fields.pop("schema", None), fields.pop("kind", None)
    if (schema, kind) != (SCHEMA, "picture"):
        raise DataError(f"{origin}: not the preprocessing of pictures (schema {schema}, kind {kind!r})")
    return convert_strict(fields, PictureSpec, {"": PictureSpec}, origin, DataError)


def read_spec(path: Path) -> PictureSpec:
    """The spec in a file. Raises DataError when it cannot be read or is not one."""
    return from_json(read_document(path), f"`{path}`")


def read_document(path: Path) -> dict[str, Any]:
    """The object in a JSON file. Raises DataError when it cannot be read or holds none."""
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise DataError(f"cannot read `{path}`: {error.strerror}") from error
    except ValueError as error:
        raise DataError(f"`{path}` is not valid JSON: {error}") from error
    if not isinstance(document, dict):
        raise DataError(f"`{path}` holds no preprocessing")
    return document


def picture_spec(options: PreprocessingOptions, *, shape: tuple[int, int, int] | None = None) -> PictureSpec:
    """The spec of a project, or of its table for a foreign model whose input is ``shape`` (H, W, C).

    Raises DataError for a shape that is no picture, or `scale` and `offset` for other channels.
    """
    height, width, channels = shape or (options.height, options.width, options.channels)
    if channels not in COLOR_MODES:
        raise DataError(f"a picture has 1 or 3 channels, the model's input has {channels}")
    try:
        return PictureSpec(
            height=height,
            width=width,
            channels=channels,
            color_mode=COLOR_MODES[channels],
            interpolation=options.interpolation,
            aspect_ratio=options.aspect_ratio,
            pad_value=options.pad_value,
            scale=per_channel("scale", options.scale, channels),
            offset=per_channel("offset", options.offset, channels),
        )
    except ValueError as error:
        raise DataError(f"preprocessing: {error}", "give one number, or one for each channel") from error
