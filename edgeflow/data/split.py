"""Train, validation and test parts in which no picture stands twice.

Own code, because scikit-learn's StratifiedGroupKFold divides into equal folds only: shares such as 0.15
and 0.2 of one data set are no whole number of folds, and its folds change when one picture is added.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from edgeflow.data.dedupe import labels_of, same_at_deployment
from edgeflow.data.layout import PARTS, Part
from edgeflow.data.load import Picture
from edgeflow.data.options import DataOptions
from edgeflow.errors import DataError

Group = list[Picture]
_RANK: dict[Part, int] = {"test": 0, "val": 1, "train": 2}


@dataclass(frozen=True, slots=True)
class Split:
    """The parts, each in seeded order, and what was removed: (picture, the one of another part it equals)."""

    parts: dict[Part, tuple[Picture, ...]]
    removed: tuple[tuple[Picture, Picture], ...]


def split(pictures: Sequence[Picture], options: DataOptions, seed: int) -> Split:
    """Divide pictures of one data set; the result depends on names, pixels, shares and seed only.

    Pictures that are identical at the deployed size stay together; those with different labels go to
    train, so that no contradiction measures. A fixed part stays as it is, except that pictures that
    test (or validation) also holds are removed from the others. Raises DataError when a class has too
    few different pictures for every part.
    """
    removed: list[tuple[Picture, Picture]] = []
    assigned: dict[Part, list[Picture]] = {part: [] for part in PARTS}
    free: list[Group] = []
    fixed = {picture.item.part for picture in pictures}
    for group in same_at_deployment(pictures):
        kept, leaked = _without_leaks(group)
        removed += leaked
        part = kept[0].item.part
        if part is None or (part == "train" and "val" not in fixed):
            free.append(kept)
        else:
            assigned[part] += kept
    shares: dict[Part, float] = {"val": options.validation_split}
    if "test" not in fixed:
        shares["test"] = options.test_split
    if free:
        for part, members in _divide(free, shares, seed).items():
            assigned[part] += members
    _refuse_absent_classes(pictures, assigned)
    return Split({part: _in_seeded_order(assigned[part], seed) for part in PARTS}, tuple(removed))


def _without_leaks(group: Group) -> tuple[Group, list[tuple[Picture, Picture]]]:
    """Of a group that fixed parts share, keep what is in the strongest: test, then validation."""
    strongest = min((_RANK[p.item.part] for p in group if p.item.part), default=None)
    if strongest is None:
        return group, []
    kept = [p for p in group if p.item.part and _RANK[p.item.part] == strongest]
    return kept, [(p, kept[0]) for p in group if p not in kept]


def _divide(groups: list[Group], shares: dict[Part, float], seed: int) -> dict[Part, list[Picture]]:
    """Divide groups class by class; what no share takes goes to train."""
    assigned: dict[Part, list[Picture]] = defaultdict(list)
    by_class: dict[str, list[Group]] = defaultdict(list)
    for group in sorted(groups, key=lambda group: _order_key("split", group[0], seed)):
        labels = labels_of(group)
        if len(labels) == 1:
            by_class[labels[0]].append(group)
        else:
            assigned["train"] += group
    for label in sorted({label for group in groups for label in labels_of(group)}):
        members = by_class[label]
        if len(members) <= len(shares):
            parts = " and ".join([*sorted(shares), "train"])
            raise DataError(
                f"class `{label}` has {len(members)} different pictures of its own, "
                f"too few for the parts {parts}",
                "add pictures of this class, or leave the class out",
            )
        for part, group in _divide_class(members, shares):
            assigned[part] += group
    return assigned


def _divide_class(groups: list[Group], shares: dict[Part, float]) -> list[tuple[Part, Group]]:
    """Fill each share of one class with groups in their order, then train with the rest.

    The smallest groups are set aside first, one for each part, so that every part has the class even
    when the other groups are larger than a share, or the shares round up to all there is.
    """
    count = sum(len(group) for group in groups)
    room: dict[Part, int] = {part: max(1, int(share * count + 0.5)) for part, share in shares.items()}
    room["train"] = count
    smallest = sorted(range(len(groups)), key=lambda index: (len(groups[index]), index))
    reserved = dict(zip(smallest, [*sorted(shares), "train"], strict=False))
    for index, part in reserved.items():
        room[part] -= len(groups[index])
    result: list[tuple[Part, Group]] = []
    for index, group in enumerate(groups):
        if index in reserved:
            result.append((reserved[index], group))
            continue
        taken = next(part for part in room if len(group) <= room[part])
        room[taken] -= len(group)
        result.append((taken, group))
    return result


def _order_key(purpose: str, picture: Picture, seed: int) -> bytes:
    """A picture's place in a seeded order: stable when other pictures come or go.

    Each purpose has an order of its own: within a part, the order of the split would put classes first
    whose other parts were full early.
    """
    return hashlib.sha256(f"{purpose}:{seed}:{picture.item.name}".encode()).digest()


def _in_seeded_order(pictures: list[Picture], seed: int) -> tuple[Picture, ...]:
    return tuple(sorted(pictures, key=lambda picture: _order_key("place", picture, seed)))


def _refuse_absent_classes(pictures: Sequence[Picture], assigned: dict[Part, list[Picture]]) -> None:
    """Fixed parts may lack a class, or lose it to the removal of leaks."""
    classes = sorted({picture.item.label for picture in pictures})
    for part in PARTS:
        present = {picture.item.label for picture in assigned[part]}
        for label in classes:
            if label not in present:
                raise DataError(
                    f"class `{label}` has no picture in the {part} part",
                    "every part needs different pictures of every class: add some, or leave the class out",
                )
