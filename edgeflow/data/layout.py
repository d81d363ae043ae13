"""From the names of files to classes and parts: a pure function of relative names."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from pathlib import PurePosixPath
from typing import Literal

from edgeflow.data.recipe import FixedSplit, NameSplit
from edgeflow.errors import DataError

Part = Literal["train", "val", "test"]
PARTS: tuple[Part, Part, Part] = ("train", "val", "test")
PICTURE_SUFFIXES = frozenset(
    (".png", ".jpg", ".jpeg", ".bmp", ".gif", ".webp", ".tif", ".tiff", ".ppm", ".pgm", ".pbm", ".pnm")
)
SOUND_SUFFIXES = frozenset((".wav", ".wave"))
# Folders that people put above the class folders; only together do they mean a fixed split.
TRAIN_NAMES = ("train", "training")
TEST_NAMES = ("test", "testing")
VALIDATION_NAMES = ("val", "valid", "validation")


@dataclass(frozen=True, slots=True)
class Item:
    """One picture of a data set; ``part`` is set when the data set brings its own split."""

    name: str
    label: str
    part: Part | None = None


@dataclass(frozen=True, slots=True)
class Layout:
    """What the names of a folder or archive say, each list sorted by name."""

    items: tuple[Item, ...]
    classes: tuple[str, ...]
    not_pictures: tuple[str, ...] = ()
    outside_classes: tuple[str, ...] = ()
    split: FixedSplit | NameSplit | None = None


def arrange(
    names: Collection[str],
    folders: Iterable[str],
    split: FixedSplit | NameSplit | None,
    suffixes: frozenset[str] = PICTURE_SUFFIXES,
) -> Layout:
    """Sort the relative posix names of files into pictures (or sounds, by suffix) of classes and the rest.

    The class is the first folder of a name, behind the part's folder when there is a fixed split;
    pictures may lie deeper. Without ``split``, the folders ``train`` and ``test`` (and a validation
    folder) alone at the top are one. ``folders`` adds class folders that hold no file. Raises DataError
    for a class name that no text file can hold.
    """
    pictures = sorted(name for name in names if has_suffix(name, suffixes))
    split = split or _own_split({name.split("/")[0] for name in pictures if "/" in name}, pictures)
    parts = _part_folders(split) if isinstance(split, FixedSplit) else {}
    items: list[Item] = []
    outside: list[str] = []
    for name in pictures:
        item = _item(name, parts)
        if item is None:
            outside.append(name)
        elif isinstance(split, NameSplit):
            items.append(replace(item, part=_part_of_name(name, split)))
        else:
            items.append(item)
    classes = {item.label for item in items} | _class_folders(folders, parts)
    for label in sorted(classes):
        if not label.isprintable():
            raise DataError(f"class folder {label!r} has a name that is not printable text", "rename it")
    return Layout(
        items=tuple(items),
        classes=tuple(sorted(classes)),
        not_pictures=tuple(sorted(name for name in names if not has_suffix(name, suffixes))),
        outside_classes=tuple(outside),
        split=split,
    )


def common_folder(names: Collection[str], suffixes: frozenset[str] = PICTURE_SUFFIXES) -> str:
    """The folders (with a final slash, or nothing) that an archive wraps around its class folders.

    Archives are often packed with a folder or two at the top. They are taken off when every picture lies
    below them and none directly inside.
    """
    above = {PurePosixPath(name).parent for name in names if has_suffix(name, suffixes)}
    if not above:
        return ""
    common = os.path.commonpath([str(folder) for folder in above])
    return "" if not common or PurePosixPath(common) in above else f"{common}/"


def _part_of_name(name: str, split: NameSplit) -> Part:
    """By the last part of the name, whatever the machine's file system makes of case."""
    file_name = PurePosixPath(name).name
    if fnmatchcase(file_name, split.test):
        return "test"
    return "val" if split.validation and fnmatchcase(file_name, split.validation) else "train"


def has_suffix(name: str, suffixes: frozenset[str]) -> bool:
    """By suffix; hidden files and the resource forks that macOS packs have none."""
    path = PurePosixPath(name)
    hidden = any(part.startswith(".") or part == "__MACOSX" for part in path.parts)
    return not hidden and path.suffix.lower() in suffixes


def _own_split(tops: set[str], pictures: list[str]) -> FixedSplit | None:
    """The fixed split that the top folders' names tell, if they tell one."""

    def named(choices: tuple[str, ...]) -> str | None:
        found = [top for top in sorted(tops) if top.lower() in choices]
        return found[0] if len(found) == 1 else None

    train, test, validation = named(TRAIN_NAMES), named(TEST_NAMES), named(VALIDATION_NAMES)
    if train is None or test is None or tops - {train, test, validation}:
        return None
    if not any(name.count("/") > 1 for name in pictures):
        return None
    return FixedSplit(train=train, test=test, validation=validation)


def _part_folders(split: FixedSplit) -> dict[str, Part]:
    folders: dict[str, Part] = {split.train: "train", split.test: "test"}
    if split.validation is not None:
        folders[split.validation] = "val"
    return folders


def _item(name: str, parts: dict[str, Part]) -> Item | None:
    """The picture with its class and part; None when it lies outside every class folder."""
    above = name.split("/")[:-1]
    if not parts:
        return Item(name, above[0]) if above else None
    if len(above) < 2 or above[0] not in parts:
        return None
    return Item(name, above[1], parts[above[0]])


def _class_folders(folders: Iterable[str], parts: dict[str, Part]) -> set[str]:
    """Names of class folders, empty ones included."""
    found = set()
    for folder in folders:
        path = folder.split("/")
        if path[0].startswith(".") or path[0] == "__MACOSX":
            continue
        if not parts and len(path) == 1:
            found.add(path[0])
        elif len(path) == 2 and path[0] in parts and not path[1].startswith("."):
            found.add(path[1])
    return found
