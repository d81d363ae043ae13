"""What every way of running a model has in common: cases in, outputs out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Array = npt.NDArray[np.generic]


class Runtime(Protocol):
    """Runs a model on raw values: the integers of a quantized tensor, never real numbers for them."""

    @property
    def title(self) -> str:
        """What ran, with its version, for reports."""

    def run(self, inputs: Sequence[Array], *, sequence: bool = False) -> list[Array]:
        """Outputs in order; every array has a leading axis of cases before the tensor's own shape.

        A model that keeps state begins each case anew; in a ``sequence`` only the first.
        """


@dataclass(frozen=True, slots=True)
class TensorInfo:
    """An input or output of a model. ``scale`` and ``zero_point`` are None without quantization."""

    tensor_id: int
    name: str
    shape: tuple[int, ...]
    dtype: str
    scale: float | None
    zero_point: int | None

    @property
    def byte_count(self) -> int:
        """Bytes of one case."""
        import numpy as np

        return int(np.dtype(self.dtype).itemsize * np.prod(self.shape, dtype=np.int64))


def tensor_info(entry: dict[str, Any]) -> TensorInfo:
    """The same from a worker's answer."""
    return TensorInfo(**{**entry, "shape": tuple(entry["shape"])})
