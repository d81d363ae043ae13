"""The cases on which models are compared: those of the calibration, and test cases."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from edgeflow.artifact import read_json
from edgeflow.emulate.cases import picture_values
from edgeflow.preprocess.spec import FILE_NAME, PictureSpec, read_spec
from edgeflow.train.pictures import read_part

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from edgeflow.emulate.runtime import Array, TensorInfo


@dataclass(frozen=True, slots=True)
class Part:
    """Pictures ``[N, H, W, C]`` and their classes."""

    name: str
    spec: PictureSpec
    images: npt.NDArray[np.uint8]
    labels: npt.NDArray[np.int64]

    def inputs(self, infos: Sequence[TensorInfo]) -> list[Array]:
        """As inputs of a model, with a leading axis of cases."""
        return [picture_values(self.images, infos[0], self.spec)]


def parts_of(data_dir: Path, quantize_dir: Path, test_cases: int) -> list[Part]:
    """The pictures that calibrated, and up to ``test_cases`` of the test part, spread evenly."""
    import numpy as np

    spec = read_spec(data_dir / FILE_NAME)
    train, test = read_part(data_dir, "train"), read_part(data_dir, "test")
    record = read_json(quantize_dir / "calibration.json")
    chosen = [index for one in record["classes"] for index in one["chosen"]]
    spread = np.unique(
        np.linspace(0, len(test.labels) - 1, min(test_cases, len(test.labels))).astype(np.int64)
    )
    return [
        Part("calibration", spec, train.images[chosen], train.labels[chosen]),
        Part("test", spec, test.images[spread], test.labels[spread]),
    ]
