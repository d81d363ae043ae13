"""What parity counts and names: lines of ``parity.json``, and the tensors that differ."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from edgeflow.emulate.runtime import Array

# The place in the network of what comes before its first operator.
PREPROCESSING = -1


@dataclass
class Comparison:
    """One line of ``parity.json``: how many bytes of what were compared, and how many differ."""

    between: tuple[str, str]
    kind: str
    cases: int = 0
    tensors: int = 0
    byte_count: int = 0
    differing_bytes: int = 0

    def add(self, left: bytes, right: bytes) -> int:
        """Count two versions of one tensor of one case; the number of bytes that differ."""
        differing = differing_byte_count(left, right)
        self.byte_count += max(len(left), len(right))
        self.differing_bytes += differing
        return differing

    def as_json(self) -> dict[str, Any]:
        """As ``parity.json`` holds it."""
        return {
            "between": list(self.between),
            "kind": self.kind,
            "cases": self.cases,
            "tensors": self.tensors,
            "bytes": self.byte_count,
            "differing_bytes": self.differing_bytes,
        }


@dataclass(frozen=True, slots=True, order=True)
class Divergence:
    """A tensor that differs; ordered by place in the network, then case."""

    order: int
    case: int
    tensor_id: int = field(compare=False)
    operator: str | None = field(compare=False)
    largest_difference: float = field(compare=False)
    between: tuple[str, str] = field(compare=False)

    def sentence(self) -> str:
        """For the error message."""
        left, right = self.between
        where = f"operator {self.operator}" if self.operator else "an output"
        if self.order == PREPROCESSING:
            where = "the preparation of a raw picture"
        return (
            f"{left} and {right} differ first at {where}: tensor {self.tensor_id}, case {self.case},"
            f" by up to {self.largest_difference:g}"
        )

    def hint(self, notes: Sequence[str], out_dir: Path) -> str:
        """What to do about it, with what is known of the runtimes."""
        if "tflm" in self.between:
            return (
                "TFLite Micro's kernels give other bytes than TFLite's, which the generated C reproduces;"
                " `[parity] tflm = false` leaves it out"
            )
        return "; ".join((*notes, f"see `{out_dir / 'parity.json'}`"))

    def as_json(self) -> dict[str, Any]:
        """As ``parity.json`` holds it."""
        return {
            "operator": self.operator,
            "tensor_id": self.tensor_id,
            "case": self.case,
            "largest_difference": self.largest_difference,
            "between": list(self.between),
        }


def differing_byte_count(left: bytes, right: bytes) -> int:
    """Bytes that differ; what one has more than the other differs."""
    import numpy as np

    common = min(len(left), len(right))
    a, b = (np.frombuffer(data, np.uint8, common) for data in (left, right))
    return int(np.count_nonzero(a != b)) + max(len(left), len(right)) - common


def largest_difference(expected: Array, data: bytes) -> float:
    """In steps of an integer tensor, in real numbers of a float one."""
    import numpy as np

    found = np.frombuffer(data[: expected.nbytes // expected.itemsize * expected.itemsize], expected.dtype)
    flat = expected.reshape(-1)[: len(found)]
    return float(np.max(np.abs(flat.astype(np.float64) - found.astype(np.float64)), initial=0.0))
