"""The evaluate stage: float and int8 accuracy on the same test pictures, in the desktop interpreter."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from edgeflow.artifact import write_json
from edgeflow.emulate.desktop import DesktopRuntime
from edgeflow.emulate.normalisation import foreign_model_hint
from edgeflow.emulate.part import Part, read_part
from edgeflow.emulate.worst import write_worst
from edgeflow.errors import DataError, UsageError

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from edgeflow.emulate.runtime import Array, Runtime, TensorInfo

SCHEMA = 1
_PROCESSES = 2


def run(models: Mapping[str, Path], data_dir: Path, out_dir: Path, *, is_foreign: bool = False) -> None:
    """Write ``evaluation.json``: accuracy and confusion matrix of the ``float`` and ``int8`` models given.

    The cases that the last of them does worst are in ``worst.json`` and ``worst/``.

    Of a foreign model other values of pixels and orders of classes are tried, as its training is not known.
    The int8 model runs on reference kernels, whose bytes the generated C reproduces; the float model
    on the interpreter's default ones.
    """
    part = read_part(data_dir, "test")
    opened = {
        kind: DesktopRuntime(path, "default" if kind == "float" else "reference", processes=_PROCESSES)
        for kind, path in models.items()
    }
    names: list[str] = []
    unknown = "the data have no labels"
    if part.labels is not None:
        names = (data_dir / "labels.txt").read_text(encoding="utf-8").splitlines()
        unknown = next(filter(None, (_no_classes(each, len(names)) for each in opened.values())), "")
    found: dict[str, Any] = dict.fromkeys(("float", "int8"))
    if part.labels is not None and not unknown:
        for kind, each in opened.items():
            scores = each.run(part.inputs(each.inputs))[0]
            found[kind] = judged(scores, part.labels, names, each.outputs) | {"runtime": each.title}
        files = data_dir / "pictures.csv"
        write_worst(out_dir, part, scores, each.outputs[0], names, kind=kind, files=files)
    hint = None
    if is_foreign and not unknown:
        tried = DesktopRuntime(models.get("float", models["int8"]), "default", processes=_PROCESSES)
        hint = foreign_model_hint(tried, read_part(data_dir, "train"), names)
    document = {"schema": SCHEMA, "classes": names, "pictures": len(part), "unknown_because": unknown or None}
    document["hint"] = hint
    write_json(out_dir / "evaluation.json", document | found)


def _no_classes(model: DesktopRuntime, classes: int) -> str | None:
    """Why a model's outputs are no scores of classes; None where they look so, in whatever number."""
    first = model.outputs[0]
    sizes = [size for size in first.shape if size != 1]
    if len(sizes) > 1:
        return f"the output `{first.name}` is {list(first.shape)}, not one score a class"
    if len(model.outputs) > 1 and sizes != [classes]:
        return f"the first of {len(model.outputs)} outputs, `{first.name}`, is not one score a class"
    return None


def evaluate(
    model: Runtime,
    inputs: Sequence[TensorInfo],
    part: Part,
    names: Sequence[str],
    outputs: Sequence[TensorInfo] = (),
) -> dict[str, Any]:
    """Accuracy and confusion matrix (rows: true class, columns: predicted) of a part with labels.

    With ``outputs`` also of a model with a single score for two classes.

    Raises DataError when the model's first output does not hold one score per class, and UsageError
    without labels.
    """
    if part.labels is None:
        raise UsageError("the data have no labels")
    (scores, *_others) = model.run(part.inputs(inputs))
    return judged(scores, part.labels, names, outputs) | {"runtime": model.title}


def judged(
    scores: Array, labels: npt.NDArray[np.int64], names: Sequence[str], outputs: Sequence[TensorInfo] = ()
) -> dict[str, Any]:
    """Accuracy and confusion matrix of raw scores, as ``evaluate`` gives and refuses them."""
    import numpy as np

    classes = len(names)
    score_count = scores[0].size
    if (score_count, classes) == (1, 2) and outputs:
        predicted = _second_class(scores, outputs[0])
    elif score_count != classes:
        raise DataError(
            f"the model gives {score_count} scores but the data has {classes} classes",
            "use data with the classes that the model was trained on",
        )
    else:
        predicted = _predicted(scores)
    confusion = np.zeros((classes, classes), np.int64)
    np.add.at(confusion, (labels, predicted), 1)
    return {
        "accuracy": float(np.mean(predicted == labels)),
        "correct": int(np.count_nonzero(predicted == labels)),
        "confusion_matrix": confusion.tolist(),
    }


def _predicted(scores: Array) -> npt.NDArray[np.intp]:
    """The class of the highest score; of equal ones the first."""
    predicted: npt.NDArray[np.intp] = scores.reshape(len(scores), -1).argmax(axis=1)
    return predicted


def _second_class(scores: Array, info: TensorInfo) -> npt.NDArray[np.intp]:
    """1 where a single score speaks for the second class: above 0.5 if all are in [0, 1], else above 0."""
    import numpy as np

    real = scores.reshape(len(scores)).astype(np.float64)
    if info.scale and info.zero_point is not None:
        real = (real - info.zero_point) * info.scale
    threshold = 0.5 if real.min() >= 0 and real.max() <= 1 else 0.0
    predicted: npt.NDArray[np.intp] = (real > threshold).astype(np.intp)
    return predicted
