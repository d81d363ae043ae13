"""The process that draws untrained networks, all with one start of TensorFlow."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import numpy as np
import numpy.typing as npt

from edgeflow.artifact import write_bytes
from edgeflow.preprocess.options import PreprocessingOptions
from edgeflow.preprocess.spec import picture_spec
from edgeflow.preprocess.values import network_input
from edgeflow.quantize.convert import int8_model
from edgeflow.quantize.worker import export_saved_model, float_model_of
from edgeflow.train.determinism import set_up_tensorflow
from edgeflow.train.models.registry import ARCHITECTURES
from edgeflow.train.options import ModelOptions
from edgeflow.train.process import Job, Progress, serve

# Enough for every activation to get a range; which one is of no consequence for sizes and times.
_PICTURES = 4

if TYPE_CHECKING:
    import keras


def draw(job: Job, progress: Progress) -> None:
    """Write every sketch of the job, and say so of each when it is whole."""
    import keras

    seed = job["sketches"][0]["seed"]
    set_up_tensorflow(seed)
    for number, sketch in enumerate(job["sketches"]):
        keras.utils.set_random_seed(seed)
        options = msgspec.convert(sketch["model"], ModelOptions)
        architecture = ARCHITECTURES[options.architecture]
        shape = (sketch["height"], sketch["width"], sketch["channels"])
        spec = picture_spec(PreprocessingOptions(), shape=shape)
        model = architecture.build(options, *shape, sketch["class_count"])
        pictures = np.random.default_rng(seed).integers(0, 256, (_PICTURES, *shape), np.uint8)
        pictures.flat[0], pictures.flat[-1] = 0, 255  # the ends give the input its scale of 1/128
        _normalise(model, network_input(pictures, spec))
        with tempfile.TemporaryDirectory() as folder:
            export_saved_model(model, folder)
            cases = [[one[np.newaxis]] for one in network_input(pictures, spec)]
            write_bytes(Path(job["folder"], f"{number}.tflite"), int8_model(float_model_of(folder), cases))
        macs = architecture.macs(options, *shape)
        progress(json.dumps({"number": number, "parameters": model.count_params(), "conv_macs": macs}))
        keras.backend.clear_session()


def _normalise(model: keras.Model, pictures: npt.NDArray[np.float32]) -> None:
    """Let batch norm take the pictures' statistics: without them the maps of a deep network fade away."""
    import keras

    for layer in model.layers:
        if isinstance(layer, keras.layers.BatchNormalization):
            layer.momentum = 0.0
    model(pictures, training=True)


if __name__ == "__main__":
    serve(draw)
