"""Make the four networks of the MLPerf Tiny shapes as int8 ``.tflite``; runs TensorFlow, in its own process.

    python benchmarks/mlperf_tiny_nets.py FOLDER

The weights are seeded noise, not trained: instructions, cycles and memory depend on the shapes alone. The
biases are positive, so that no RELU makes a channel constant and nothing can be left out.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import keras
import numpy as np
import numpy.typing as npt
import tensorflow as tf
from keras import KerasTensor, layers

from edgeflow.artifact import write_bytes
from edgeflow.train.determinism import set_up_tensorflow

SEED = 1
CALIBRATION_CASES = 32


def _conv(
    x: KerasTensor,
    filters: int,
    kernel: int | tuple[int, int],
    stride: int = 1,
    activation: str | None = "relu",
) -> KerasTensor:
    return layers.Conv2D(
        filters,
        kernel,
        stride,
        padding="same",
        activation=activation,
        kernel_initializer="he_normal",
        bias_initializer=_positive_noise(),
    )(x)


def _depthwise(x: KerasTensor, stride: int = 1) -> KerasTensor:
    return layers.DepthwiseConv2D(
        3,
        stride,
        padding="same",
        activation="relu",
        depthwise_initializer=keras.initializers.RandomNormal(stddev=(2 / 9) ** 0.5),
        bias_initializer=_positive_noise(),
    )(x)


def _dense(x: KerasTensor, units: int, activation: str | None) -> KerasTensor:
    return layers.Dense(
        units, activation, kernel_initializer="he_normal", bias_initializer=_positive_noise()
    )(x)


def _positive_noise() -> keras.initializers.Initializer:
    return keras.initializers.RandomUniform(0.05, 0.15)


def mobilenet_v1() -> keras.Model:
    """MobileNetV1 of width 0.25 on 96 x 96 x 3, two classes (visual wake words)."""
    inputs = keras.Input((96, 96, 3))
    x = _conv(inputs, 8, 3, 2)
    blocks = [(16, 1), (32, 2), (32, 1), (64, 2), (64, 1), (128, 2), *[(128, 1)] * 5, (256, 2), (256, 1)]
    for filters, stride in blocks:
        x = _conv(_depthwise(x, stride), filters, 1)
    x = layers.Flatten()(layers.AveragePooling2D(3)(x))
    return keras.Model(inputs, _dense(x, 2, "softmax"))


def resnet_8() -> keras.Model:
    """ResNet-8 on 32 x 32 x 3, ten classes (image classification)."""
    inputs = keras.Input((32, 32, 3))
    x = _conv(inputs, 16, 3)
    for filters, stride in ((16, 1), (32, 2), (64, 2)):
        y = _conv(_conv(x, filters, 3, stride), filters, 3, activation=None)
        shortcut = x if stride == 1 else _conv(x, filters, 1, stride, activation=None)
        x = layers.Activation("relu")(layers.Add()([shortcut, y]))
    x = layers.Flatten()(layers.AveragePooling2D(8)(x))
    return keras.Model(inputs, _dense(x, 10, "softmax"))


def ds_cnn() -> keras.Model:
    """DS-CNN on 49 x 10 features, twelve words (keyword spotting)."""
    inputs = keras.Input((49, 10, 1))
    x = _conv(inputs, 64, (10, 4), 2)
    for _ in range(4):
        x = _conv(_depthwise(x), 64, 1)
    x = layers.Flatten()(layers.AveragePooling2D((25, 5))(x))
    return keras.Model(inputs, _dense(x, 12, "softmax"))


def autoencoder() -> keras.Model:
    """Fully connected 640, 128 x 4, 8, 128 x 4, 640 (anomaly detection)."""
    inputs = x = keras.Input((640,))
    for units in (128, 128, 128, 128, 8, 128, 128, 128, 128):
        x = _dense(x, units, "relu")
    return keras.Model(inputs, _dense(x, 640, None))


NETS: dict[str, Callable[[], keras.Model]] = {
    "vww": mobilenet_v1,
    "ic": resnet_8,
    "kws": ds_cnn,
    "ad": autoencoder,
}


def int8_model(model: keras.Model) -> bytes:
    """The flatbuffer, int8 at both ends, calibrated on seeded noise."""
    shape = (1, *model.input_shape[1:])
    cases = np.random.default_rng(SEED).standard_normal((CALIBRATION_CASES, *shape)).astype(np.float32)

    def representative_dataset() -> Iterator[list[npt.NDArray[np.float32]]]:
        for case in cases:
            yield [case]

    with tempfile.TemporaryDirectory() as folder:
        signature = [keras.InputSpec(shape=shape, dtype="float32", name="input")]
        model.export(folder, format="tf_saved_model", input_signature=signature, verbose=False)
        converter = tf.lite.TFLiteConverter.from_saved_model(folder)
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
        converter.representative_dataset = representative_dataset
        converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
        converter.inference_input_type = converter.inference_output_type = tf.int8
        flatbuffer: bytes = converter.convert()
    return flatbuffer


def main() -> None:
    """Write the four files into the folder of the command line."""
    set_up_tensorflow(SEED)
    for name, make in NETS.items():
        write_bytes(Path(sys.argv[1]) / f"made_{name}.tflite", int8_model(make()))


if __name__ == "__main__":
    main()
