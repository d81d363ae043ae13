"""What a project says about its data; no heavy import, read at start-up."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec


class DataOptions(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The ``[data]`` table of the project file."""

    # Name of a recipe, path of a recipe file, or path of a folder with one folder of pictures per class.
    recipe: str = "digits"
    # Side of the square network input, in pixels.
    input_size: Annotated[int, msgspec.Meta(ge=8, le=512)] = 32
    color_mode: Literal["grayscale", "rgb"] = "grayscale"
    interpolation: Literal["nearest", "bilinear", "area"] = "bilinear"
    validation_split: Annotated[float, msgspec.Meta(gt=0.0, lt=0.5)] = 0.15
    test_split: Annotated[float, msgspec.Meta(gt=0.0, lt=0.5)] = 0.2
    # Pictures with a side below this are reported and left out.
    min_side_pixels: Annotated[int, msgspec.Meta(ge=1)] = 8
