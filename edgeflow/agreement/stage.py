"""The agreement stage: original model, float ``.tflite`` and int8 ``.tflite`` on the same cases."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from edgeflow.agreement.compare import Accuracy, Answers, Row, accuracy, answers, rows
from edgeflow.agreement.layers import Noise, layer_noise
from edgeflow.agreement.options import ParityOptions
from edgeflow.agreement.parts import Part
from edgeflow.agreement.thresholds import check
from edgeflow.artifact import write_json
from edgeflow.emulate.desktop import DesktopRuntime

if TYPE_CHECKING:
    from edgeflow.emulate.runtime import Array, TensorInfo

SCHEMA = 1
_PROCESSES = 2
Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Original:
    """The model before its conversion: what it is, and its outputs for inputs of the float ``.tflite``."""

    title: str
    run: Callable[[Sequence[Array]], list[Array]]


def run(
    quantize_dir: Path,
    parts: Sequence[Part],
    out_dir: Path,
    *,
    original: Original | None,
    options: ParityOptions,
    class_count: int | None,
    progress: Progress,
) -> None:
    """Write ``agreement.json``; ``original`` is None where the float ``.tflite`` is the original itself.

    Raises ParityError, after the file is written, for the first pair of models that breaks a threshold.
    """
    real = DesktopRuntime(quantize_dir / "model_float.tflite", "default", processes=_PROCESSES)
    small = DesktopRuntime(quantize_dir / "model_int8.tflite", "reference", processes=_PROCESSES)
    titles = {"float": real.title, "int8": small.title}
    float_inputs = [part.inputs(real.inputs) for part in parts]
    int8_inputs = [part.inputs(small.inputs) for part in parts]
    models: list[list[Answers]] = []
    if original is not None:
        titles["original"] = original.title
        progress(f"{_count(parts)} cases on {original.title}")
        models.append(_answers("original", original.run, float_inputs))
    progress(f"{_count(parts)} cases on float and int8 model")
    models.append(_answers("float", real.run, float_inputs))
    models.append(_answers("int8", small.run, int8_inputs, small.outputs))
    noise = layer_noise(real, small, float_inputs[0], int8_inputs[0])
    found = [
        row
        for left, right in itertools.pairwise(models)
        for part, first, second in zip(parts, left, right, strict=True)
        for row in rows(first, second, part.name)
    ]
    is_classifier = models[0][0].outputs[0].shape[1] == class_count
    accuracies = [
        accuracy(given, part.name, part.cases.labels)
        for model in models
        for part, given in zip(parts, model, strict=True)
        if is_classifier and part.cases.labels is not None
    ]
    write_json(out_dir / "agreement.json", _document(found, accuracies, noise, titles))
    for pair in dict.fromkeys(row.between for row in found):
        check(found, accuracies, options, pair=pair, is_classifier=is_classifier, noisiest=noise.noisiest())


def _count(parts: Sequence[Part]) -> int:
    return sum(len(part.cases) for part in parts)


def _answers(
    model: str,
    run_model: Callable[[Sequence[Array]], list[Array]],
    inputs: Sequence[Sequence[Array]],
    infos: Sequence[TensorInfo] | None = None,
) -> list[Answers]:
    """Of each part, with one run for all: frameworks take seconds to start."""
    import numpy as np

    outputs = run_model([np.concatenate(arrays) for arrays in zip(*inputs, strict=True)])
    ends = np.cumsum([len(arrays[0]) for arrays in inputs])[:-1]
    split = [np.split(output, ends) for output in outputs]
    return [answers(model, [output[place] for output in split], infos) for place in range(len(inputs))]


def _document(
    found: Sequence[Row], accuracies: Sequence[Accuracy], noise: Noise, titles: dict[str, str]
) -> dict[str, Any]:
    return {
        "schema": SCHEMA,
        "rows": [row.as_json() for row in found],
        "accuracy": [each.as_json() for each in accuracies],
        "noise": noise.as_json(),
        "runtimes": titles,
    }
