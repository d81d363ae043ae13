"""The evaluate stage: float and int8 accuracy on the same test pictures, in the desktop interpreter."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from edgeflow.artifact import write_json
from edgeflow.emulate.cases import picture_values
from edgeflow.emulate.desktop import DesktopRuntime
from edgeflow.errors import UsageError
from edgeflow.preprocess.spec import FILE_NAME, PictureSpec, read_spec

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from edgeflow.emulate.runtime import Array, Runtime, TensorInfo

SCHEMA = 1
_PROCESSES = 2


def run(quantize_dir: Path, data_dir: Path, out_dir: Path) -> None:
    """Write ``evaluation.json``: accuracy and confusion matrix of the float and the int8 model.

    The int8 model runs on reference kernels, whose bytes the generated C reproduces; the float model
    on the interpreter's default ones.
    """
    import numpy as np

    with np.load(data_dir / "test.npz", allow_pickle=False) as archive:
        images, labels = archive["images"], archive["labels"]
    spec = read_spec(data_dir / FILE_NAME)
    names = (quantize_dir / "labels.txt").read_text(encoding="utf-8").splitlines()
    float_model = DesktopRuntime(quantize_dir / "model_float.tflite", "default", processes=_PROCESSES)
    int8_model = DesktopRuntime(quantize_dir / "model_int8.tflite", "reference", processes=_PROCESSES)
    write_json(
        out_dir / "evaluation.json",
        {
            "schema": SCHEMA,
            "classes": names,
            "pictures": len(labels),
            "float": evaluate(float_model, float_model.inputs, images, labels, spec, names),
            "int8": evaluate(int8_model, int8_model.inputs, images, labels, spec, names),
        },
    )


def evaluate(
    model: Runtime,
    inputs: Sequence[TensorInfo],
    images: npt.NDArray[np.uint8],
    labels: npt.NDArray[np.int64],
    spec: PictureSpec,
    names: Sequence[str],
) -> dict[str, Any]:
    """Accuracy and confusion matrix (rows: true class, columns: predicted) of prepared pictures.

    Raises UsageError when the model's first output does not hold one score per class.
    """
    import numpy as np

    classes = len(names)
    (scores, *_others) = model.run([picture_values(images, inputs[0], spec)])
    score_count = scores[0].size
    if score_count != classes:
        raise UsageError(
            f"the model gives {score_count} scores but the data has {classes} classes",
            "use data with the classes that the model was trained on",
        )
    predicted = _predicted(scores)
    confusion = np.zeros((classes, classes), np.int64)
    np.add.at(confusion, (labels, predicted), 1)
    return {
        "accuracy": float(np.mean(predicted == labels)),
        "correct": int(np.count_nonzero(predicted == labels)),
        "confusion_matrix": confusion.tolist(),
        "runtime": model.title,
    }


def _predicted(scores: Array) -> npt.NDArray[np.intp]:
    """The class of the highest score; of equal ones the first."""
    predicted: npt.NDArray[np.intp] = scores.reshape(len(scores), -1).argmax(axis=1)
    return predicted
