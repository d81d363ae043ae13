"""Declared shapes, bounded before anybody takes memory for them."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

from edgeflow.errors import ModelError
from edgeflow.importers.limits import MAX_DIMENSION, MAX_RANK, MAX_TENSOR_BYTES

SIZE_HINT = "export the model again; one of this size does not run on a microcontroller or phone"


def checked_bytes(origin: str, what: str, shape: Sequence[int], element_bits: int) -> int:
    """Bytes of a declared tensor, where unknown dimensions (below 1) count as 1; ModelError above a limit."""
    if len(shape) > MAX_RANK:
        raise ModelError(f"`{origin}`: {what} has {len(shape)} dimensions, more than {MAX_RANK}.", SIZE_HINT)
    if any(size > MAX_DIMENSION for size in shape):
        raise ModelError(
            f"`{origin}`: {what} declares a dimension of {max(shape)}, more than {MAX_DIMENSION}.", SIZE_HINT
        )
    size_bytes = (prod(max(size, 1) for size in shape) * element_bits + 7) // 8
    if size_bytes > MAX_TENSOR_BYTES:
        raise ModelError(
            f"`{origin}`: {what} declares {size_bytes} bytes, more than {MAX_TENSOR_BYTES}.", SIZE_HINT
        )
    return size_bytes
