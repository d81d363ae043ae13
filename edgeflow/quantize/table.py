"""``quantization.csv``: every tensor with its dtype, shape, scales and zero point."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

import numpy as np

from edgeflow.quantize.flatbuffer import ModelFacts, TensorFacts

COLUMNS = ("index", "tensor", "dtype", "shape", "channel_axis", "scales", "zero_point")


def quantization_csv(facts: ModelFacts) -> str:
    """One row a tensor of the first subgraph; several scales are one per channel, separated by spaces."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(_row(tensor) for tensor in facts.tensors if tensor.subgraph == 0)
    return stream.getvalue()


def _row(tensor: TensorFacts) -> Sequence[object]:
    return (
        tensor.index,
        tensor.name,
        tensor.dtype.lower(),
        "x".join(map(str, tensor.shape)) or "scalar",
        tensor.channel_axis if len(tensor.scales) > 1 else "",
        " ".join(str(np.float32(scale)) for scale in tensor.scales),
        " ".join(str(zero_point) for zero_point in sorted(set(tensor.zero_points))),
    )
