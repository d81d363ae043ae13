"""What a project demands of parity; no heavy import, read at start-up."""

from __future__ import annotations

from typing import Annotated

import msgspec

Share = Annotated[float, msgspec.Meta(ge=0.0, le=1.0)]


class ParityOptions(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The ``[parity]`` table of the project file: what a build must keep, or it fails."""

    # Original model against float .tflite: the largest difference of an output, as a share of its range.
    float_max_difference: Share = 0.001
    # Float against int8 .tflite: the mean difference of an output, as a share of its range.
    int8_mean_difference: Share = 0.1
    # Original against float .tflite: share of the cases to which both give the same class.
    float_argmax_agreement: Share = 0.99
    # Float against int8 .tflite: the same share.
    int8_argmax_agreement: Share = 0.9
    # How much of the float model's accuracy on the test part int8 may lose.
    int8_accuracy_drop: Share = 0.05
    # Test cases, spread evenly, that these figures are of; the calibration cases all count.
    test_cases: Annotated[int, msgspec.Meta(ge=1)] = 500
    # Also compare with TFLite Micro byte by byte where the package `tflite_micro` is installed.
    tflm: bool = True
