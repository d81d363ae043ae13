"""The test cases that a model is most wrong about, or least sure of: for the eyes of its maker."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from edgeflow.artifact import write_bytes, write_json
from edgeflow.emulate.part import Part
from edgeflow.emulate.png import png
from edgeflow.preprocess.spec import PictureSpec

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from edgeflow.emulate.runtime import Array, TensorInfo

FILE_NAME = "worst.json"
MOST_CASES = 12
# Larger pictures are thinned out to at most this on a side.
MOST_PIXELS = 96


def write_worst(
    out_dir: Path,
    part: Part,
    scores: Array,
    info: TensorInfo,
    names: Sequence[str],
    *,
    kind: str,
    files: Path,
) -> None:
    """Write ``worst.json`` and the pictures in ``worst/`` of a classifier's raw ``scores``.

    ``kind`` names the model, ``files`` is the data's ``pictures.csv``, which may be absent.
    """
    import numpy as np

    if part.labels is None:
        return
    real = class_scores(scores, info, len(names))
    at = np.arange(len(real))
    others = real.copy()
    others[at, part.labels] = -np.inf
    margins = real[at, part.labels] - others.max(axis=1)
    order = np.argsort(margins, kind="stable")[:MOST_CASES]
    known = _file_names(files)
    cases = []
    for case in (int(index) for index in order):
        picture = _picture(part, case)
        name = f"worst/{case:05d}.png" if picture is not None else None
        if picture is not None and name is not None:
            write_bytes(out_dir / name, png(picture))
        label, best = int(part.labels[case]), int(others[case].argmax())
        predicted = int(real[case].argmax())  # of equal scores the first, as in the confusion matrix
        cases.append(_case(case, names, real[case], label, predicted, best) | {"picture": name})
        cases[-1]["name"] = known.get(case)
    write_json(out_dir / FILE_NAME, {"schema": 1, "model": kind, "cases": cases})


def class_scores(scores: Array, info: TensorInfo, classes: int) -> npt.NDArray[np.float64]:
    """Real scores ``[cases, classes]``; a single score for two classes becomes two."""
    import numpy as np

    real = scores.reshape(len(scores), -1).astype(np.float64)
    if info.scale and info.zero_point is not None:
        real = (real - info.zero_point) * info.scale
    if real.shape[1] == classes:
        return real
    is_probability = real.min() >= 0 and real.max() <= 1
    return np.concatenate([1 - real if is_probability else -real, real], axis=1)


def _case(
    case: int, names: Sequence[str], real: npt.NDArray[np.float64], label: int, predicted: int, best: int
) -> dict[str, Any]:
    return {
        "case": case,
        "true": names[label],
        "predicted": names[predicted],
        "score": round(float(real[predicted]), 4),
        "true_score": round(float(real[label]), 4),
        "runner_up": names[best],
        "runner_up_score": round(float(real[best]), 4),
    }


def _picture(part: Part, case: int) -> npt.NDArray[np.uint8] | None:
    """The picture as the network gets it, thinned out; None of other data."""
    if not isinstance(part.spec, PictureSpec):
        return None
    found: npt.NDArray[np.uint8] = part.arrays[0][case].astype("uint8")
    step = -(-max(found.shape[:2]) // MOST_PIXELS)
    return found[::step, ::step]


def _file_names(path: Path) -> dict[int, str]:
    """Names of the test cases in the data, by number."""
    if not path.is_file():
        return {}
    with path.open(encoding="utf-8", newline="") as stream:
        return {int(row["index"]): row["name"] for row in csv.DictReader(stream) if row["part"] == "test"}
