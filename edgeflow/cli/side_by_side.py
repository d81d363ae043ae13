"""What ``edgeflow emulate`` answers of several runtimes."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from edgeflow import console
from edgeflow.side_by_side import SideBySide

if TYPE_CHECKING:
    from pathlib import Path

    from edgeflow.emulate.runtime import Array, Runtime


def side_by_side_json(runtime: Runtime) -> dict[str, Any]:
    """Keys to add to an answer in JSON; none for a single runtime."""
    if not isinstance(runtime, SideBySide):
        return {}
    return {
        "runtimes": [result.as_json() for result in runtime.results],
        "absent": dict(runtime.absent),
    }


def answer_side_by_side(runtime: Runtime, *, json: bool) -> None:
    """A table of all runtimes, and why some are not in it; nothing for a single one, or in JSON."""
    if json or not isinstance(runtime, SideBySide):
        return
    first = runtime.results[0].name
    rows = [
        (r.name, r.title, r.differing_bytes, Decimal(f"{r.seconds:.2f}"), r.instructions)
        for r in runtime.results
    ]
    console.answer("")
    console.answer_table(
        ("runtime", "what ran", f"bytes unlike {first}", "s with start", "instructions"), rows
    )
    for name, reason in runtime.absent.items():
        console.answer(f"{name}: not run, {reason}")


def top_classes(scores: Array, classes: Sequence[str], top: int) -> list[list[tuple[str, Any]]]:
    """Names (or numbers) and raw scores of each case's best classes, of equal ones in the model's order."""
    found = []
    for row in scores:
        values = [value.item() for value in row]
        order = sorted(range(len(values)), key=values.__getitem__, reverse=True)[:top]
        found.append([(classes[p] if p < len(classes) else str(p), values[p]) for p in order])
    return found


def _right_of_known(found: Sequence[tuple[str, Any]], truth: Sequence[str | None]) -> tuple[int, int]:
    """How many of the cases with a known class are right, and how many those are."""
    known = [name == true for (name, _score), true in zip(found, truth, strict=True) if true is not None]
    return sum(known), len(known)


def best_classes(scores: Array, classes: Sequence[str]) -> list[tuple[str, Any]]:
    """Name (or number) and raw score of each case's class; ``scores`` are ``[cases, classes]``."""
    best = [int(values.argmax()) for values in scores]
    return [
        (classes[place] if place < len(classes) else str(place), values[place].item())
        for place, values in zip(best, scores, strict=True)
    ]


def answer_classes(
    files: Sequence[Path],
    scores: Array,
    classes: Sequence[str],
    runtime: Runtime,
    *,
    json: bool,
    what: str = "picture",
    top: int = 1,
    truth: Sequence[str | None] = (),
) -> None:
    """Class and score of each picture or sound; of several runtimes one column each.

    ``truth`` are the classes where they are known; then there is also an accuracy.
    """
    columns = {"class": best_classes(scores, classes)}
    if isinstance(runtime, SideBySide):
        columns = {
            result.name: best_classes(result.outputs[0].reshape(len(files), -1), classes)
            for result in runtime.results
        }
    tops = top_classes(scores, classes, top)
    rates = {key: _right_of_known(pairs, truth) for key, pairs in columns.items()} if any(truth) else {}
    if json:
        found: list[dict[str, Any]] = [
            {what: str(path), "class": name, "score": score}
            for path, (name, score) in zip(files, best_classes(scores, classes), strict=True)
        ]
        for place, entry in enumerate(found):
            if top > 1:
                entry["top"] = [{"class": name, "score": score} for name, score in tops[place]]
            if truth:
                entry["true"] = truth[place]
        by_runtime = {
            key: [{"class": name, "score": score} for name, score in pairs]
            for key, pairs in columns.items()
            if key != "class"
        }
        extra: dict[str, Any] = {"classes_by_runtime": by_runtime} if by_runtime else {}
        if rates:
            extra["accuracy"] = {
                key: {"correct": right, "cases": cases} for key, (right, cases) in rates.items()
            }
        console.answer_json({"schema": 1, f"{what}s": found, **extra, **side_by_side_json(runtime)})
    elif isinstance(runtime, SideBySide):
        rows = [
            (str(path), *(f"{pairs[case][0]} {pairs[case][1]:.6g}" for pairs in columns.values()))
            for case, path in enumerate(files)
        ]
        console.answer_table((what, *columns), rows, title="class and raw score")
    elif top > 1:
        rows = [
            (str(path), *(f"{name} {score:.6g}" for name, score in best))
            for path, best in zip(files, tops, strict=True)
        ]
        console.answer_table((what, *(f"{place}." for place in range(1, len(tops[0]) + 1))), rows)
    else:
        rows = [(str(path), *pair) for path, pair in zip(files, columns["class"], strict=True)]
        console.answer_table((what, "class", "score (raw)"), rows)
    if not json:
        for key, (right, cases) in rates.items():
            name = runtime.title if key == "class" else key
            console.answer(f"accuracy {right / cases:.4f}: {right} of {cases} {what}s ({name})")
    answer_side_by_side(runtime, json=json)
