"""First checks of a data set: what is wrong with it, by name; and what forbids a training."""

from __future__ import annotations

from collections import Counter
from typing import Any, Literal

from edgeflow.data.dedupe import labels_of, same_at_deployment, same_at_source
from edgeflow.data.layout import Layout
from edgeflow.data.load import Pool
from edgeflow.data.recipe import FixedSplit, NameSplit
from edgeflow.errors import DataError


def audit(name: str, layout: Layout, pool: Pool, kind: Literal["picture", "sound"]) -> dict[str, Any]:
    """The audit as `audit.json` holds it (docs/artifacts.md); every list is sorted by name.

    ``class_counts`` counts usable pictures. A group is a list of names: ``duplicates`` have equal pixels
    at their original size, ``duplicates_at_deployment`` only at the deployed size.
    """
    groups = [group for group in same_at_deployment(pool.pictures) if len(group) > 1]
    divided = [same_at_source(group) for group in groups]
    counts = Counter(picture.item.label for picture in pool.pictures)
    return {
        "schema": 1,
        "name": name,
        "kind": kind,
        "pictures": len(pool.pictures) + len(pool.left_out),
        "usable": len(pool.pictures),
        "class_counts": {label: counts[label] for label in layout.classes},
        "unreadable": [{"name": p.name, "reason": p.reason} for p in pool.left_out if not p.tiny],
        "tiny": [{"name": p.name, "reason": p.reason} for p in pool.left_out if p.tiny],
        "not_pictures": list(layout.not_pictures),
        "outside_classes": list(layout.outside_classes),
        "duplicates": [[p.item.name for p in same] for parts in divided for same in parts if len(same) > 1],
        "duplicates_at_deployment": [
            [p.item.name for p in group]
            for group, parts in zip(groups, divided, strict=True)
            if len(parts) > 1
        ],
        "conflicting_labels": [
            {"labels": labels_of(group), "names": [p.item.name for p in group]}
            for group in groups
            if len(labels_of(group)) > 1
        ],
    }


def require_trainable(result: dict[str, Any], split: FixedSplit | NameSplit | None) -> None:
    """Raise DataError when the classes do not suffice: none, one, or one without a usable picture."""
    kind = result["kind"]
    hint = f"put the {kind}s into one folder per class"
    if isinstance(split, FixedSplit):
        hint += f", below `{split.train}` and `{split.test}`"
    name, counts = result["name"], result["class_counts"]
    left_out = [*result["unreadable"], *result["tiny"]]
    if not counts:
        where = f", such as `{result['outside_classes'][0]}`" if result["outside_classes"] else ""
        raise DataError(
            f"`{name}` has no class folder with {kind}s"
            + (f" ({len(result['outside_classes'])} {kind}s lie outside one{where})" if where else ""),
            hint,
        )
    empty = [label for label, count in counts.items() if count == 0]
    if empty:
        seen = f"; `{left_out[0]['name']}`: {left_out[0]['reason']}" if left_out else ""
        raise DataError(
            f"class `{empty[0]}` of `{name}` holds no usable {kind}{seen}",
            f"add {kind}s to its folder, or delete the folder",
        )
    if len(counts) == 1:
        raise DataError(
            f"`{name}` has only one class, `{next(iter(counts))}`; a classifier needs at least two",
            hint,
        )


def findings(result: dict[str, Any]) -> list[str]:
    """What the audit found as lines for people; empty when all is well."""
    kind = result["kind"]
    sentences = {
        "unreadable": "unreadable, left out",
        "tiny": "too small, left out",
        "not_pictures": f"not {kind}s, ignored",
        "outside_classes": "outside a class folder, ignored",
        "duplicates": f"groups of identical {kind}s, each kept in one part",
        "duplicates_at_deployment": "groups identical at the deployed size only, each kept in one part",
        "conflicting_labels": f"groups of identical {kind}s with different labels",
        "removed": f"left out because another part holds the same {kind}",
    }
    lines = []
    for key, sentence in sentences.items():
        found = result.get(key, [])
        if found:
            lines.append(f"{len(found):,} {sentence}, such as {_example(found[0])}")
    return lines


def _example(found: str | list[str] | dict[str, Any]) -> str:
    if isinstance(found, str):
        return f"`{found}`"
    if isinstance(found, list):
        return " = ".join(f"`{name}`" for name in found[:2])
    if "names" in found:
        return " = ".join(f"`{name}`" for name in found["names"][:2])
    return f"`{found['name']}` ({found.get('reason') or found.get('same_as')})"
