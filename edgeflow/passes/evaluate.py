"""The value of an operator whose inputs all stand in the file, computed as its kernel would."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np
import numpy.typing as npt

from edgeflow.ir.graph import DTYPE_BYTES, Graph, Op
from edgeflow.passes.copying import MAX_MOVED_BYTES, moved
from edgeflow.passes.element_function import KINDS, outcome

Array = npt.NDArray[np.generic]

# A constant may grow to this without regard to what it is made of, but no chain of operators beyond it.
MAX_GROWN_BYTES = 2**14
INTEGERS = frozenset({"int32", "int64"})
_ARITHMETIC: Mapping[str, Callable[[Array, Array], Array]] = MappingProxyType(
    {"ADD": np.add, "MAXIMUM": np.maximum, "MINIMUM": np.minimum, "MUL": np.multiply, "SUB": np.subtract}
)


def evaluated(graph: Graph, op: Op) -> Array | None:
    """The output's value; None where an input is not known, or the operator is not evaluated here."""
    tensors = [graph.tensors[i] for i in op.inputs if i is not None]
    known = [tensor.data for tensor in tensors if tensor.data is not None]
    output = graph.output_tensor(op)
    if op.updates or not known or len(known) < len(op.inputs):
        return None
    grown = max(MAX_GROWN_BYTES, sum(data.nbytes for data in known))
    if output.byte_count > min(grown, MAX_MOVED_BYTES):
        return None
    if op.kind == "CAST":
        return _cast(known[0], output.dtype)
    if op.kind in _ARITHMETIC and {data.dtype.name for data in known} <= INTEGERS:
        return _integers(op, known)
    if op.kind in KINDS:
        results = outcome(graph, op, known)
        return None if results is None else np.broadcast_to(results, output.shape).copy()
    slots = {tensor.id: _bytes(data) for tensor, data in zip(tensors, known, strict=True)}
    bytes_by_id = moved(graph, op, slots)
    return None if bytes_by_id is None else bytes_by_id[output.id].view(output.dtype).reshape(output.shape)


def _bytes(data: Array) -> Array:
    return np.ascontiguousarray(data).reshape(-1).view(np.uint8)


def _cast(data: Array, dtype: str) -> Array | None:
    """The elements in another type; None of floats as integers, where C leaves what is out of range open."""
    if dtype not in DTYPE_BYTES or (data.dtype.kind == "f" and dtype not in {"float32", "bool"}):
        return None
    return data.astype(dtype)


def _integers(op: Op, known: list[Array]) -> Array | None:
    """Shape arithmetic on two integers or lists of one length; results outside the type stay."""
    if len(known) != 2 or op.attrs.get("fused_activation_function", "NONE") != "NONE":
        return None
    left, right = known
    if left.dtype != right.dtype or (left.size != 1 and right.size != 1 and left.shape != right.shape):
        return None
    exact = _ARITHMETIC[op.kind](left.astype(object), right.astype(object))
    limit = 1 << (8 * left.itemsize - 1)
    values = np.asarray(exact, object)
    if any(not -limit <= value < limit for value in values.reshape(-1)):
        return None
    return values.astype(left.dtype)
