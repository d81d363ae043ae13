"""The quantize stage: a trained model or a float ``.tflite`` in, a full-integer int8 ``.tflite`` out."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from edgeflow.artifact import copy_file, write_text
from edgeflow.errors import ModelError
from edgeflow.preprocess.declaration import read_declaration
from edgeflow.preprocess.spec import FILE_NAME
from edgeflow.quantize.audit import audit_int8, check_picture_input, require_no_loops, tables_to_be
from edgeflow.quantize.options import QuantizeOptions
from edgeflow.quantize.table import quantization_csv
from edgeflow.train.process import ProcessDiedError, run_in_process


def run(
    model: Path,
    data_dir: Path,
    out_dir: Path,
    *,
    options: QuantizeOptions,
    seed: int,
    progress: Callable[[str], None],
) -> None:
    """Convert ``model`` to int8 in and out with per-channel weights, calibrated on ``train.npz``.

    The model is the ``.keras`` file of a training or a float ``.tflite``. Writes ``model_float.tflite``,
    ``model_int8.tflite``, ``calibration.json``, ``quantization.csv`` and, where the classes are known,
    ``labels.txt``; equal inputs give equal bytes.

    Raises DataError (no cases to calibrate with), ModelError (weights that are not numbers, a
    conversion that fails or leaves floats) and ToolError (TensorFlow is missing).
    """
    if not model.is_file():
        raise ModelError(f"there is no trained model `{model}`", "run the train stage first")
    job = {
        "model": str(model.resolve()),
        "data_dir": str(data_dir.resolve()),
        "out_dir": str(out_dir.resolve()),
        "calibration_per_class": options.calibration_per_class,
        "seed": seed,
    }
    if model.suffix == ".tflite":
        require_no_loops(model)
    try:
        run_in_process("edgeflow.quantize.worker", job, progress)
    except ProcessDiedError as error:
        raise ModelError(f"the conversion of `{model.name}` to int8 failed: {error.message}") from error
    facts = audit_int8(out_dir / "model_int8.tflite")
    if (data_dir / FILE_NAME).is_file():
        check_picture_input(facts, read_declaration(data_dir / FILE_NAME))
    write_text(out_dir / "quantization.csv", quantization_csv(facts))
    if (data_dir / "labels.txt").is_file():
        copy_file(data_dir / "labels.txt", out_dir / "labels.txt")
    rest = tables_to_be(facts)
    left = f"no float left but {', '.join(rest)}, to become tables" if rest else "no float left"
    progress(f"int8 model: {(out_dir / 'model_int8.tflite').stat().st_size} bytes, {left}")
