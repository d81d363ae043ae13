"""Groups of identical pictures. Near duplicates are not looked for here."""

from __future__ import annotations

from collections.abc import Iterable

from edgeflow.data.load import Picture


def same_at_deployment(pictures: Iterable[Picture]) -> list[list[Picture]]:
    """All pictures in groups of equal pixels at the deployed size, single ones too; by name.

    Pictures that are equal at their original size are equal here: resizing is a function of the pixels.
    """
    groups: dict[str, list[Picture]] = {}
    for picture in sorted(pictures, key=lambda picture: picture.item.name):
        groups.setdefault(picture.deployed_sha256, []).append(picture)
    return list(groups.values())


def same_at_source(group: Iterable[Picture]) -> list[list[Picture]]:
    """A group divided further into pictures of one original size and equal original pixels."""
    groups: dict[tuple[int, int, str], list[Picture]] = {}
    for picture in group:
        groups.setdefault((picture.width, picture.height, picture.sha256), []).append(picture)
    return list(groups.values())


def labels_of(group: Iterable[Picture]) -> list[str]:
    """The different labels of a group, sorted."""
    return sorted({picture.item.label for picture in group})
