"""The handwritten digits that travel inside scikit-learn."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edgeflow.data.layout import Item, Layout
from edgeflow.data.picture_set import PictureSet
from edgeflow.errors import ToolError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

MAX_VALUE = 16  # a pixel counts the set bits of a 4x4 block of the 32x32 original


def read_digits() -> PictureSet:
    """All 1,797 pictures, 8x8, their values 0..16 spread over 0..255.

    Raises ToolError when scikit-learn is not installed.
    """
    import numpy as np

    try:
        from sklearn.datasets import load_digits
    except ImportError as error:
        raise ToolError(
            "the data set `digits` travels inside scikit-learn, which is not installed",
            "pip install 'edgeflow[train]'",
        ) from error
    bunch = load_digits()
    counts = bunch.images.astype(np.int64)
    images: NDArray[np.uint8] = ((counts * 255 + MAX_VALUE // 2) // MAX_VALUE).astype(np.uint8)
    labels = [str(target) for target in bunch.target]
    index = {f"{label}/{number:04d}": number for number, label in enumerate(labels)}
    items = tuple(Item(name, labels[index[name]]) for name in sorted(index))
    return PictureSet(
        Layout(items=items, classes=tuple(sorted(set(labels)))), lambda item: images[index[item.name]]
    )
