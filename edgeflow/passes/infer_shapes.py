"""Replace the shapes that a file gives its activations by those that follow from the inputs.

A converter writes static shapes beside operators that determine them anyway, and some files have them
wrong; the reference interpreter never reads them, but infers them when it allocates its tensors. The
result is what its tensors have, so they keep their ids.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType

from edgeflow.errors import ModelError
from edgeflow.ir.graph import DTYPE_BYTES, Graph, Op, Tensor
from edgeflow.ops import movement, shapes
from edgeflow.ops.registry import spec_of
from edgeflow.ops.spec import Shape, Shapes
from edgeflow.passes.fold_constants import folded_output

MAX_RANK = 8
MAX_TENSOR_BYTES = 2**31 - 1  # generated C counts elements in 32 bits


def _rank_as_list(graph: Graph, op: Op) -> Shapes:
    shape = shapes.input_shape(graph, op)
    return None if shape is None else ((len(shape),),)


def _filled(graph: Graph, op: Op) -> Shapes:
    dims = movement.constant_ints(graph.optional_tensor(op, 0))
    return None if dims is None else (tuple(dims),)


# Operators that fold_constants evaluates and nothing compiles.
_FOLDED_ONLY: Mapping[str, Callable[[Graph, Op], Shapes]] = MappingProxyType(
    {"FILL": _filled, "SHAPE": _rank_as_list}
)


def infer_shapes(graph: Graph) -> Graph:
    """The graph with inferred shapes, where they follow.

    Raises:
        ModelError: a tensor would be larger than generated C can address.
    """
    tensors = dict(graph.tensors)
    # Shape arithmetic in front of a RESHAPE has to be known here, but is fold_constants' to remove.
    known = dict(tensors)
    current = replace(graph, tensors=known)
    for op in graph.ops:
        for tensor in _inferred(current, op):
            tensors[tensor.id] = known[tensor.id] = tensor
        constant = folded_output(current, op)
        if constant is not None:
            known[constant.id] = constant
    return replace(graph, tensors=MappingProxyType(tensors))


def _inferred(graph: Graph, op: Op) -> list[Tensor]:
    """The outputs whose shapes the file has wrong, with the right ones."""
    spec = spec_of(graph, op)
    function = _FOLDED_ONLY.get(op.kind) if spec is None else spec.output_shapes
    found = None if function is None else function(graph, op)
    if found is None or len(found) != len(op.outputs):
        return []
    pairs = zip((graph.tensors[tensor_id] for tensor_id in op.outputs), found, strict=True)
    return [
        replace(tensor, shape=shape)
        for tensor, shape in pairs
        if tensor.shape != shape and _fits(graph, op, tensor, shape)
    ]


def _fits(graph: Graph, op: Op, tensor: Tensor, shape: Shape) -> bool:
    """Whether the tensor can have that shape; where it cannot, the operator's rules refuse the old one."""
    if min(shape, default=1) < 1 or len(shape) > MAX_RANK:
        return False
    quant = tensor.quant
    if quant is not None and quant.axis is not None and shape[quant.axis :][:1] != (len(quant.scales),):
        return False
    if math.prod(shape) * DTYPE_BYTES[tensor.dtype] > MAX_TENSOR_BYTES:
        raise ModelError(
            f"{graph.label(op)} would write {list(shape)}, more than {MAX_TENSOR_BYTES} bytes.",
            "give a smaller input shape",
        )
    return True
