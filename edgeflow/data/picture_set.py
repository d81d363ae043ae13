"""What a reader of any form gives: the layout of a data set and how to read one picture of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from edgeflow.data.layout import Item, Layout

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class PictureSet:
    """A layout and how to read an item of it: an encoded file, or pixels uint8 ``[H, W]`` or ``[H, W, 3]``.

    ``read`` may be called from several threads; it raises DataError with a reason for one bad picture.
    """

    layout: Layout
    read: Callable[[Item], bytes | NDArray[np.uint8]]
    # Name and sha256 of the archive, where there is one.
    archive: tuple[str, str] | None = None
