"""Evaluate what is known before the model runs: shape arithmetic, and operators on constants alone.

A Keras Flatten of a dynamic batch becomes SHAPE, STRIDED_SLICE and PACK in front of its RESHAPE;
with static shapes all three are constants. So are TRANSPOSE, CONCATENATION and all other operators that
only move elements, CAST, QUANTIZE, DEQUANTIZE and operators on one element, where their inputs stand in
the file: computed as their kernels would, up to 1 MiB, and never much larger than what they are made of.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType

import numpy as np
import numpy.typing as npt

from edgeflow.ir.graph import Graph, Op, Tensor
from edgeflow.passes.evaluate import evaluated

Array = npt.NDArray[np.generic]

# Shape arithmetic is short. A limit keeps a chain of PACKs, each of which doubles its input, small.
MAX_FOLDED_ELEMENTS = 4096


def _constant(graph: Graph, op: Op, position: int) -> Array | None:
    tensor = graph.optional_tensor(op, position)
    return None if tensor is None else tensor.data


def fold_shape(graph: Graph, op: Op) -> Array | None:
    """The static shape of the input, as the output's element type."""
    source = graph.optional_tensor(op, 0)
    dtype = graph.output_tensor(op).dtype
    if source is None or dtype not in {"int32", "int64"}:
        return None
    return np.array(source.shape, dtype)


def fold_reshape(graph: Graph, op: Op) -> Array | None:
    """The same elements in the output's static shape."""
    data, output = _constant(graph, op, 0), graph.output_tensor(op)
    if data is None or data.size != output.element_count:
        return None
    return data.reshape(output.shape)


def fold_pack(graph: Graph, op: Op) -> Array | None:
    """The inputs stacked along a new axis."""
    parts = [_constant(graph, op, i) for i in range(len(op.inputs))]
    known = [part for part in parts if part is not None]
    axis = op.attrs.get("axis")
    if not known or len(known) < len(parts) or not isinstance(axis, int):
        return None
    first = known[0]
    alike = all(part.shape == first.shape and part.dtype == first.dtype for part in known)
    rank = first.ndim + 1
    if not alike or not -rank <= axis < rank or first.size * len(known) > MAX_FOLDED_ELEMENTS:
        return None
    return np.stack(known, axis)


def fold_strided_slice(graph: Graph, op: Op) -> Array | None:
    """The slice of a constant, where its masks ask for no new or elided dimension."""
    data = _constant(graph, op, 0)
    ranges = [_constant(graph, op, position) for position in (1, 2, 3)]
    if (
        data is None
        or op.attrs.get("ellipsis_mask")
        or op.attrs.get("new_axis_mask")
        or op.attrs.get("offset")
    ):
        return None
    begin, end, stride = (None if r is None else tuple(map(int, r.reshape(-1).tolist())) for r in ranges)
    if begin is None or end is None or stride is None:
        return None
    if not len(begin) == len(end) == len(stride) <= data.ndim:
        return None
    picks = [_pick(op, data.shape[d], d, begin[d], end[d], stride[d]) for d in range(len(begin))]
    if None in picks:
        return None
    return np.asarray(data[tuple(picks)])


def _pick(op: Op, dim: int, d: int, begin: int, end: int, stride: int) -> slice | int | None:
    """What to take of dimension ``d``: one index, a range, or None where that is not legal."""

    def masked(name: str) -> bool:
        mask = op.attrs.get(name)
        return isinstance(mask, int) and bool(mask >> d & 1)

    if stride == 0:
        return None
    if masked("shrink_axis_mask"):
        return begin if -dim <= begin < dim else None
    return slice(None if masked("begin_mask") else begin, None if masked("end_mask") else end, stride)


def fold_fill(graph: Graph, op: Op) -> Array | None:
    """A constant shape filled with a constant element."""
    dims, value, output = _constant(graph, op, 0), _constant(graph, op, 1), graph.output_tensor(op)
    if dims is None or value is None or value.size != 1 or output.element_count > MAX_FOLDED_ELEMENTS:
        return None
    if tuple(map(int, dims.reshape(-1).tolist())) != output.shape:
        return None
    return np.full(output.shape, value.reshape(-1)[0], value.dtype)


FOLDS: Mapping[str, Callable[[Graph, Op], Array | None]] = MappingProxyType(
    {
        "FILL": fold_fill,
        "PACK": fold_pack,
        "RESHAPE": fold_reshape,
        "SHAPE": fold_shape,
        "STRIDED_SLICE": fold_strided_slice,
    }
)


def fold_constants(graph: Graph) -> Graph:
    """The graph with every operator that can be evaluated now replaced by its constant output."""
    tensors = dict(graph.tensors)
    ops: list[Op] = []
    current = replace(graph, tensors=tensors)  # sees constants as they are found
    for op in graph.ops:
        folded = folded_output(current, op)
        if folded is None:
            ops.append(op)
        else:
            tensors[folded.id] = folded
    return replace(graph, tensors=MappingProxyType(tensors), ops=tuple(ops))


def folded_output(graph: Graph, op: Op) -> Tensor | None:
    """The operator's output as a constant, or None where it must stay."""
    if len(op.outputs) != 1 or op.outputs[0] in graph.outputs:
        return None
    value, output = FOLDS.get(op.kind, evaluated)(graph, op), graph.output_tensor(op)
    if value is None or value.dtype.name != output.dtype or value.size == 0:
        return None
    value = value.view()
    value.flags.writeable = False
    return replace(output, data=value, shape=value.shape)
