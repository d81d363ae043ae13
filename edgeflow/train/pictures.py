"""Read what a data stage wrote: the parts, the class names, the preprocessing."""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from edgeflow.errors import DataError


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """``images`` uint8 ``[N, H, W, C]`` and ``labels`` int64 ``[N]``, an index into the class names."""

    images: npt.NDArray[np.uint8]
    labels: npt.NDArray[np.int64]


def read_part(data_dir: Path, name: str) -> Part:
    """The part ``train``, ``val`` or ``test``.

    Raises DataError when the file is missing, damaged or empty.
    """
    path = data_dir / f"{name}.npz"
    try:
        with np.load(path, allow_pickle=False) as arrays:
            part = Part(arrays["images"], arrays["labels"])
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
        raise DataError(f"`{path}` is not a part of a data set", "run the data stage again") from error
    if part.images.ndim != 4 or part.images.dtype != np.uint8 or len(part.images) != len(part.labels):
        raise DataError(f"`{path}` does not hold uint8 pictures [N, H, W, C] with one label each")
    if not len(part.labels):
        raise DataError(f"`{path}` holds no picture", "give a larger data set or another split")
    return part


def read_class_names(data_dir: Path) -> list[str]:
    """The class names of ``labels.txt``, one a line."""
    return (data_dir / "labels.txt").read_text().splitlines()
