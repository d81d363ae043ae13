"""What a project says about its data; no heavy import, read at start-up."""

from __future__ import annotations

from typing import Annotated

import msgspec


class DataOptions(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The ``[data]`` table of the project file."""

    # Name of a recipe, path of a recipe file, or path of a folder or zip with one folder of pictures per
    # class. A relative path starts at the project file's folder.
    recipe: str = "digits"
    # Where the recipe's archive or folder lies, when the recipe does not find it by itself.
    path: Annotated[str, msgspec.Meta(min_length=1)] | None = None
    # Share of each class that decides when training stops; where the data set brings its own test part, a
    # share of the rest.
    validation_split: Annotated[float, msgspec.Meta(gt=0.0, lt=0.5)] = 0.15
    # Share of each class that only measures; not used where the data set brings its own test part.
    test_split: Annotated[float, msgspec.Meta(gt=0.0, lt=0.5)] = 0.2
    # Pictures with a side below this are reported and left out.
    min_side_pixels: Annotated[int, msgspec.Meta(ge=1)] = 8
    # At most so many pictures of each class (and, of a fixed split, of each part), chosen by the hash of
    # their names; for a quick try of a large data set.
    max_pictures_per_class: Annotated[int, msgspec.Meta(ge=3)] | None = None
