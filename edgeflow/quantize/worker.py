"""The process that quantizes: a trained Keras model or a float ``.tflite`` in, int8 out."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from edgeflow.artifact import write_bytes, write_json
from edgeflow.errors import DataError, ModelError
from edgeflow.quantize.calibrate import Case, read_calibration
from edgeflow.quantize.convert import int8_model
from edgeflow.train.determinism import set_up_tensorflow
from edgeflow.train.process import Job, Progress, serve

if TYPE_CHECKING:
    import keras


def convert(job: Job, progress: Progress) -> None:
    """Write ``model_float.tflite``, ``model_int8.tflite`` and ``calibration.json`` as the job says."""
    data_dir, out_dir, model = Path(job["data_dir"]), Path(job["out_dir"]), Path(job["model"])
    calibration = read_calibration(data_dir, job["calibration_per_class"], job["seed"])
    progress(f"calibrating on {len(calibration.cases)} training cases")
    set_up_tensorflow(job["seed"])
    float_model = model.read_bytes()
    if model.suffix == ".keras":
        float_model = _trained(model, calibration.cases[0])
    write_bytes(out_dir / "model_float.tflite", float_model)
    write_bytes(out_dir / "model_int8.tflite", int8_model(float_model, calibration.cases))
    write_json(out_dir / "calibration.json", calibration.record)


def _trained(path: Path, case: Case) -> bytes:
    """A trained model as float ``.tflite``."""
    model = _load_model(path)
    _check_fits(model, case)
    with tempfile.TemporaryDirectory() as folder:
        export_saved_model(model, folder)
        return float_model_of(folder)


def _load_model(path: Path) -> keras.Model:
    """Raises ModelError when the file is no Keras model or a weight is not a finite number."""
    import keras

    try:
        model = keras.models.load_model(path, compile=False)
    except (OSError, ValueError) as error:
        raise ModelError(f"`{path}` is not a Keras model", "train again") from error
    for variable in model.variables:
        if not np.isfinite(np.array(variable)).all():
            raise ModelError(
                f"`{variable.path}` in `{path.name}` holds values that are not finite numbers",
                "train again with a lower train.learning_rate",
            )
    return model


def _check_fits(model: keras.Model, case: Case) -> None:
    size, found = model.input_shape[1:], case[0].shape[1:]
    if size != found:
        raise DataError(
            f"the model takes pictures of {size}, the data set's are {found}", "train on this data set first"
        )


def export_saved_model(model: keras.Model, folder: str) -> None:
    """Export a SavedModel with batch 1: a free batch would leave shape arithmetic in the graph."""
    import keras

    signature = [keras.InputSpec(shape=(1, *model.input_shape[1:]), dtype="float32", name="picture")]
    model.export(folder, format="tf_saved_model", input_signature=signature, verbose=False)


def float_model_of(folder: str) -> bytes:
    """The SavedModel as float ``.tflite``."""
    import tensorflow as tf

    model: bytes = tf.lite.TFLiteConverter.from_saved_model(folder).convert()
    return model


if __name__ == "__main__":
    serve(convert)
