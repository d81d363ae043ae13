"""The data set recipe: schema and strict loader of ``datasets/*.toml``; no heavy import."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import msgspec

from edgeflow.errors import DataError
from edgeflow.preprocess.options import ColorMode, InputSide
from edgeflow.resources import data_dir
from edgeflow.strict_toml import closest, convert_strict, parse_toml

Kebab = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=40)]
Text = Annotated[str, msgspec.Meta(min_length=1)]
Sha256 = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}$")]
FolderName = Annotated[str, msgspec.Meta(pattern=r"^[^/\\.][^/\\]*$")]


class Place(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One place to look for the data; ``[[location]]`` is repeated and tried in order."""

    # A folder or an archive; a relative path is tried beside the recipe file, then beside the project file.
    path: Text | None = None
    # Downloaded only together with a sha256.
    url: Annotated[str, msgspec.Meta(pattern=r"^https?://[^\s]+$")] | None = None
    # Of the archive's bytes; checked whenever it is given.
    sha256: Sha256 | None = None


class FixedSplit(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Folders that stand above the class folders when the data set brings its own parts."""

    train: FolderName
    test: FolderName
    validation: FolderName | None = None


class NameSplit(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Patterns of file names (``*``, ``?``, ``[0-4]``) when the names say the part; the rest is train."""

    test: Text
    validation: Text | None = None


class Suggested(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Options that suit the data set; a project states its own."""

    input_size: InputSide | None = None
    color_mode: ColorMode | None = None
    sample_rate_hz: Annotated[int, msgspec.Meta(ge=1000, le=192_000)] | None = None


class Recipe(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A data set: what it is, whose it is, where it lies."""

    schema: Literal[1]
    # Equal to the file's stem.
    name: Kebab
    title: Text
    # "sklearn-digits" needs no location; "pictures" is a folder or zip with a folder per class; "cifar10"
    # is that or one of the two original CIFAR-10 archives; "sounds" is a folder or zip of WAV files with a
    # folder per class.
    kind: Literal["sklearn-digits", "pictures", "cifar10", "sounds"]
    licence: str
    citation: str = ""
    homepage: str = ""
    location: tuple[Place, ...] = ()
    split: FixedSplit | None = None
    name_split: NameSplit | None = None
    suggested: Suggested = Suggested()


TABLES: dict[str, type[msgspec.Struct]] = {
    "": Recipe,
    "location": Place,
    "split": FixedSplit,
    "name_split": NameSplit,
    "suggested": Suggested,
}


def recipe_names() -> list[str]:
    """Names of the recipes that travel with edgeflow, sorted."""
    return sorted(path.stem for path in data_dir("datasets").glob("*.toml"))


def recipe_path(name: str) -> Path:
    """The file of a recipe that travels with edgeflow."""
    return data_dir("datasets") / f"{name}.toml"


def load_recipe(name_or_path: str) -> Recipe:
    """The recipe of that name, or of that ``.toml`` file.

    Raises DataError with the file and key at fault, or the closest known names.
    """
    if name_or_path.endswith(".toml") or "/" in name_or_path:
        return read_recipe(Path(name_or_path).expanduser())
    if name_or_path not in recipe_names():
        raise unknown_recipe(name_or_path)
    return read_recipe(recipe_path(name_or_path))


def unknown_recipe(name: str) -> DataError:
    """The error for a name that is neither a recipe nor a path."""
    hint = closest(name, recipe_names()) or "see `edgeflow datasets list`, or give the path of a folder"
    return DataError(f"there is no data set recipe, folder or zip `{name}`", hint)


def read_recipe(path: Path) -> Recipe:
    """Read and check a recipe file; raises DataError with file and key."""
    raw = parse_toml(path, "recipe", DataError)
    recipe = convert_strict(raw, Recipe, TABLES, f"recipe `{path}`", DataError)
    for fault, hint in _faults(recipe, path.stem):
        raise DataError(f"recipe `{path}`: {fault}", hint)
    return recipe


def _faults(recipe: Recipe, stem: str) -> list[tuple[str, str | None]]:
    """What the schema cannot say, each as a sentence with a hint."""
    found: list[tuple[str, str | None]] = []
    if recipe.name != stem:
        found.append((f"name: `{recipe.name}` but the file is `{stem}.toml`", "rename one of them"))
    if recipe.split is not None and recipe.name_split is not None:
        found.append(("give either [split] or [name_split]", None))
    if recipe.kind == "sklearn-digits" and (recipe.location or recipe.split or recipe.name_split):
        found.append(("kind `sklearn-digits` takes no location and no split", None))
    if recipe.kind != "sklearn-digits" and not recipe.location:
        found.append((f"kind `{recipe.kind}` needs a place to read from", "add a [[location]] table"))
    for number, place in enumerate(recipe.location):
        if (place.path is None) == (place.url is None):
            found.append((f"location[{number}]: give either `path` or `url`", None))
        if place.url is not None and place.sha256 is None:
            found.append((f"location[{number}]: a `url` needs a `sha256`", "`sha256sum FILE` prints it"))
    return found
