"""Float ``.tflite`` to int8 ``.tflite``, in a process with TensorFlow.

``TFLiteConverter`` with a representative data set does the same: it converts to float, calibrates that
flatbuffer and quantizes the result. The int8 models of both ways have equal operators, tensors, scales and
constants (measured with MobileNetV1, V2 and a net of residual, transposed and squeeze-excite layers); they
differ in the list of conversion options in the metadata alone. One way serves models of every origin.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from edgeflow.quantize.fold_scales import with_folded_scales

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Case = Sequence[npt.NDArray[np.generic]]


def int8_model(float_model: bytes, cases: Iterable[Case]) -> bytes:
    """The model as full-integer int8, its activations' ranges from cases: the inputs' arrays in order."""
    import tensorflow as tf
    from tensorflow.lite.python import convert  # these two have no public name
    from tensorflow.lite.python.optimize import calibrator

    def feed() -> Iterator[list[npt.NDArray[np.generic]]]:
        for case in cases:
            yield list(case)

    # Of fused recurrent operators the ranges inside are wanted, too.
    prepared = calibrator.add_intermediate_tensors(with_folded_scales(float_model))
    calibrated = calibrator.Calibrator(prepared).calibrate(feed)
    quantized: bytes = convert.mlir_quantize(calibrated, input_data_type=tf.int8, output_data_type=tf.int8)
    return quantized
