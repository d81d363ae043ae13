"""Find where a project's pictures lie, and a cheap fingerprint of them; no heavy import, no download."""

from __future__ import annotations

import hashlib
import os
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from edgeflow.artifact import canonical_json
from edgeflow.data.options import DataOptions
from edgeflow.data.recipe import Place, Recipe, read_recipe, recipe_names, recipe_path, unknown_recipe
from edgeflow.errors import DataError

ARCHIVE_SUFFIXES = (".zip", ".tar.gz", ".tgz", ".tar")


@dataclass(frozen=True, slots=True)
class Located:
    """Where the data of a recipe lie: a local path, or only an address, or (built in) neither."""

    recipe: Recipe
    path: Path | None = None
    place: Place | None = None
    looked_at: tuple[str, ...] = ()


def locate(options: DataOptions, base_dir: Path) -> Located:
    """Resolve ``options.recipe`` and ``options.path``; relative paths start at ``base_dir``.

    Order: the ``path`` key of ``[data]``, the environment variable ``EDGEFLOW_DATA_<NAME>``, then the
    recipe's locations. Raises DataError saying where it looked when nothing is there.
    """
    recipe, recipe_dir, own_path = _resolve_recipe(options.recipe, base_dir)
    if recipe.kind == "sklearn-digits" or own_path is not None:
        if options.path is not None:
            raise DataError(f"data.path: recipe `{options.recipe}` takes no path", "delete the key")
        return Located(recipe, own_path)
    variable = environment_variable(recipe)
    for origin, value in (("data.path", options.path), (variable, os.environ.get(variable))):
        if value:
            path = _under(base_dir, value)
            if not _exists(path):
                raise DataError(f"{origin}: there is no file or folder `{value}`", f"looked at `{path}`")
            return Located(recipe, path)
    return _search(recipe, recipe_dir, base_dir)


def environment_variable(recipe: Recipe) -> str:
    """Name of the variable that says where a recipe's data lie."""
    return "EDGEFLOW_DATA_" + re.sub(r"[^A-Z0-9]", "_", recipe.name.upper())


def source_fingerprint(options: DataOptions, base_dir: Path) -> str:
    """A hash that changes when the data may have changed: the recipe, and names, sizes and times of files.

    Reads no picture and downloads nothing. Raises DataError when the data are not there.
    """
    located = locate(options, base_dir)
    facts: list[object] = [repr(located.recipe)]
    if located.path is not None:
        facts.extend(_file_facts(located.path))
    elif located.place is not None:
        facts.append(located.place.sha256)
    else:
        facts.append(_version("scikit-learn"))
    return hashlib.sha256(canonical_json(facts).encode("utf-8", "surrogateescape")).hexdigest()


def walk_files(folder: Path) -> Iterator[tuple[str, os.stat_result]]:
    """Relative posix names of all files below a folder, sorted per directory, with their status.

    Links to folders are followed once. Raises DataError for a folder that may not be read.
    """
    seen: set[tuple[int, int]] = set()
    pending = [(folder, "")]
    while pending:
        directory, prefix = pending.pop()
        try:
            entries = _listing(directory, seen)
        except OSError as error:
            raise DataError(
                f"cannot read folder `{directory}`: {error.strerror}", "check its permissions"
            ) from error
        for path, status in entries:
            name = f"{prefix}{path.name}"
            if stat.S_ISDIR(status.st_mode):
                pending.append((path, f"{name}/"))
            elif stat.S_ISREG(status.st_mode):
                yield name, status


def _listing(directory: Path, seen: set[tuple[int, int]]) -> list[tuple[Path, os.stat_result]]:
    """Entries of a folder by name; none when the folder was met before. Broken links are left out."""
    identity = (directory.stat().st_dev, directory.stat().st_ino)
    if identity in seen:
        return []
    seen.add(identity)
    entries = []
    with os.scandir(directory) as listing:
        for entry in sorted(listing, key=lambda entry: entry.name):
            try:
                entries.append((Path(entry.path), entry.stat()))
            except FileNotFoundError:
                continue
    return entries


def _resolve_recipe(name: str, base_dir: Path) -> tuple[Recipe, Path, Path | None]:
    """The recipe, its file's folder and, where the name is itself a folder or archive of pictures, that."""
    if name in recipe_names():
        path = recipe_path(name)
        return read_recipe(path), path.parent, None
    path = _under(base_dir, name)
    if name.endswith(".toml"):
        return read_recipe(path), path.parent, None
    if _exists(path):
        return _recipe_of_pictures(path), path.parent, path
    if "/" in name:
        raise DataError(f"there is no folder or archive `{name}`", f"looked at `{path}`")
    raise unknown_recipe(name)


def _recipe_of_pictures(path: Path) -> Recipe:
    name = path.resolve().name
    for suffix in ARCHIVE_SUFFIXES:
        name = name.removesuffix(suffix)
    return Recipe(
        schema=1, name=name, title=f"pictures of `{path.resolve().name}`", kind="pictures", licence=""
    )


def _search(recipe: Recipe, recipe_dir: Path, base_dir: Path) -> Located:
    looked_at: list[str] = []
    for place in recipe.location:
        if place.url is not None:
            return Located(recipe, None, place, tuple(looked_at))
        for folder in dict.fromkeys((recipe_dir, base_dir)):
            path = _under(folder, place.path or "")
            if _exists(path):
                return Located(recipe, path, place)
            looked_at.append(os.path.normpath(path))
    raise DataError(
        f"no data for recipe `{recipe.name}`; looked at {', '.join(looked_at)}",
        f"set `path` in [data] or the environment variable {environment_variable(recipe)}",
    )


def _under(folder: Path, path: str) -> Path:
    return folder / Path(path).expanduser()


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except OSError as error:
        raise DataError(f"cannot read `{path}`: {error.strerror}", "check its permissions") from error


def _file_facts(path: Path) -> list[object]:
    if path.is_dir():
        return [[name, status.st_size, status.st_mtime_ns] for name, status in walk_files(path)]
    try:
        status = path.stat()
    except OSError as error:
        raise DataError(f"cannot read `{path}`: {error.strerror}") from error
    return [path.name, status.st_size, status.st_mtime_ns]


def _version(distribution: str) -> str | None:
    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return None
