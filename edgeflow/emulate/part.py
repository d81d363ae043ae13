"""A part of the data, pictures or real values, as inputs of any form of a model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from edgeflow.emulate.cases import picture_values, read_npz
from edgeflow.errors import UsageError
from edgeflow.preprocess.declaration import Declaration, read_declaration
from edgeflow.preprocess.spec import FILE_NAME

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from edgeflow.emulate.runtime import Array, TensorInfo


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """Pictures ``[N, H, W, C]`` with their spec, or without one the values of each input ``[N, *shape]``.

    ``labels`` is None where nobody knows the classes.
    """

    arrays: tuple[Array, ...]
    labels: npt.NDArray[np.int64] | None
    spec: Declaration | None

    def __len__(self) -> int:
        """The number of cases."""
        return len(self.arrays[0])

    def inputs(self, infos: Sequence[TensorInfo]) -> list[Array]:
        """Raw values for a model's inputs, with a leading axis of cases.

        Raises UsageError when the model takes something else.
        """
        if len(infos) != len(self.arrays):
            kind = "values for" if self.spec is None else "pictures for"
            raise UsageError(f"the data hold {kind} {len(self.arrays)} inputs, the model has {len(infos)}")
        if self.spec is not None:
            return [picture_values(self.arrays[0].astype("uint8", copy=False), infos[0], self.spec)]
        return [real_values(array, info) for array, info in zip(self.arrays, infos, strict=True)]

    def rows(self, chosen: Sequence[int] | npt.NDArray[np.int64]) -> Part:
        """Some of the cases."""
        labels = None if self.labels is None else self.labels[chosen]
        return replace(self, arrays=tuple(array[chosen] for array in self.arrays), labels=labels)

    def spread(self, count: int) -> Part:
        """Up to ``count`` cases, spread evenly."""
        import numpy as np

        return self.rows(np.unique(np.linspace(0, len(self) - 1, min(count, len(self))).astype(np.int64)))


def read_part(data_dir: Path, name: str) -> Part:
    """The part ``train`` or ``test`` of a data stage."""
    arrays = read_npz(data_dir / f"{name}.npz")
    found = arrays.pop("labels", None)
    labels = None if found is None else found.astype("int64", copy=False)
    if "images" in arrays:
        return Part((arrays["images"],), labels, read_declaration(data_dir / FILE_NAME))
    return Part(tuple(arrays[f"in{place}"] for place in range(len(arrays))), labels, None)


def real_values(array: Array, info: TensorInfo) -> Array:
    """Real numbers as raw values of a model's input: of integers quantized, ties to even, and clamped.

    Raises UsageError for another shape.
    """
    import numpy as np

    if array.shape[1:] != info.shape:
        raise UsageError(
            f"the data are {list(array.shape[1:])} but the model's input `{info.name}` is {list(info.shape)}"
        )
    if not info.scale or info.zero_point is None:
        return array.astype(info.dtype)
    limits = np.iinfo(info.dtype)
    steps = np.rint(array.astype(np.float64) / info.scale) + info.zero_point
    values: Array = np.clip(steps, limits.min, limits.max).astype(info.dtype)
    return values
