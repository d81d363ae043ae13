"""The process that converts: a Keras model in, a float and an int8 ``.tflite`` out."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from edgeflow.artifact import write_bytes, write_json
from edgeflow.errors import DataError, ModelError
from edgeflow.preprocess.spec import FILE_NAME, read_spec
from edgeflow.preprocess.values import network_input
from edgeflow.quantize.calibrate import calibration_pictures, calibration_record, chosen_pictures
from edgeflow.train.determinism import set_up_tensorflow
from edgeflow.train.pictures import read_class_names, read_part
from edgeflow.train.process import Job, Progress, serve

if TYPE_CHECKING:
    import keras


def convert(job: Job, progress: Progress) -> None:
    """Write ``model_float.tflite``, ``model_int8.tflite`` and ``calibration.json`` as the job says."""
    data_dir, out_dir = Path(job["data_dir"]), Path(job["out_dir"])
    train = read_part(data_dir, "train")
    per_class, seed = job["calibration_per_class"], job["seed"]
    choices = chosen_pictures(train.labels, read_class_names(data_dir), per_class, seed)
    record = calibration_record(choices, per_class, seed)
    progress(f"calibrating on {record['pictures']} training pictures")
    spec = read_spec(data_dir / FILE_NAME)
    pictures = network_input(calibration_pictures(train, choices, spec), spec)
    set_up_tensorflow(seed)
    model = _load_model(Path(job["model"]))
    _check_fits(model, train.images)
    with tempfile.TemporaryDirectory() as folder:
        export_saved_model(model, folder)
        write_bytes(out_dir / "model_float.tflite", _float_model(folder))
        write_bytes(out_dir / "model_int8.tflite", int8_model(folder, pictures))
    write_json(out_dir / "calibration.json", record)


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


def _check_fits(model: keras.Model, images: npt.NDArray[np.uint8]) -> None:
    if model.input_shape[1:] != images.shape[1:]:
        raise DataError(
            f"the model takes pictures of {model.input_shape[1:]}, the data set's are {images.shape[1:]}",
            "train on this data set first",
        )


def export_saved_model(model: keras.Model, folder: str) -> None:
    """Export a SavedModel with batch 1: a free batch would leave shape arithmetic in the graph."""
    import keras

    signature = [keras.InputSpec(shape=(1, *model.input_shape[1:]), dtype="float32", name="picture")]
    model.export(folder, format="tf_saved_model", input_signature=signature, verbose=False)


def _float_model(folder: str) -> bytes:
    import tensorflow as tf

    model: bytes = tf.lite.TFLiteConverter.from_saved_model(folder).convert()
    return model


def int8_model(folder: str, inputs: npt.NDArray[np.float32]) -> bytes:
    """The SavedModel as full-integer int8, its activations' ranges from network input ``[N, H, W, C]``."""
    import tensorflow as tf

    def representative_dataset() -> Iterator[list[npt.NDArray[np.float32]]]:
        for one in inputs:
            yield [one[np.newaxis]]

    converter = tf.lite.TFLiteConverter.from_saved_model(folder)
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    converter.representative_dataset = representative_dataset
    converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
    converter.inference_input_type = converter.inference_output_type = tf.int8
    model: bytes = converter.convert()
    return model


if __name__ == "__main__":
    serve(convert)
