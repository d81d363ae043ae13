"""The constant arrays of the generated C: named after their operator, emitted once per content."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from edgeflow.codegen.identifiers import Names
from edgeflow.codegen.literals import c_type
from edgeflow.errors import InternalError

# A profile finds the weights among the symbols by these words (docs/artifacts.md).
ROLES = ("weights", "bias", "multiplier", "shift", "table", "state")


@dataclass(frozen=True, slots=True)
class Array:
    """One ``static const`` array."""

    name: str
    c_type: str
    values: npt.NDArray[np.generic]
    alignment_bytes: int = 1


class ArrayPool:
    """Collects arrays while operators are resolved; equal bytes of one type are one array."""

    def __init__(self, prefix: str, names: Names) -> None:
        self._prefix = prefix
        self._names = names
        self._arrays: dict[tuple[str, bytes], Array] = {}

    @property
    def arrays(self) -> tuple[Array, ...]:
        """All arrays in order of first use."""
        return tuple(self._arrays.values())

    @property
    def byte_count(self) -> int:
        """Bytes of all arrays."""
        return sum(array.values.nbytes for array in self._arrays.values())

    def name(
        self, role: str, op_index: int, values: npt.NDArray[np.generic], alignment_bytes: int = 1
    ) -> str:
        """The name of the array of that content; a null pointer if there is no element."""
        if role not in ROLES:
            raise InternalError(f"`{role}` is no role of a constant array", f"roles: {', '.join(ROLES)}")
        if values.size == 0:
            return "NULL"
        kind = c_type(values.dtype.name)
        key = (kind, values.tobytes())
        if key not in self._arrays:
            wish = f"{self._prefix}_{role}_op{op_index:02d}"
            self._arrays[key] = Array(self._names.unique(wish), kind, values)
        if self._arrays[key].alignment_bytes < alignment_bytes:
            self._arrays[key] = replace(self._arrays[key], alignment_bytes=alignment_bytes)
        return self._arrays[key].name
