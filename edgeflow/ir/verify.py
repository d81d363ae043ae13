"""The rules of a legal graph, as data: each rule's docstring is the sentence of its message.

A rule gives the places that break it. The frontend checks a file's graph with them, and every pass
is checked after it ran.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator

from edgeflow.errors import InternalError, ModelError
from edgeflow.ir.graph import DTYPE_BYTES, Graph, Tensor

GraphRule = Callable[[Graph], Iterator[str]]


def _name(tensor: Tensor) -> str:
    return f"tensor {tensor.id} (`{tensor.name}`)"


def _op_tensor_ids(graph: Graph) -> Iterator[tuple[str, int]]:
    for op in graph.ops:
        for tensor_id in (*op.inputs, *op.outputs, *op.updates):
            if tensor_id is not None:
                yield f"{op.kind} #{op.index}", tensor_id


def ids_are_keys(graph: Graph) -> Iterator[str]:
    """A tensor stands under its own id."""
    return (_name(tensor) for key, tensor in graph.tensors.items() if key != tensor.id)


def named_tensors_exist(graph: Graph) -> Iterator[str]:
    """Operators, inputs, outputs and variables name tensors of the graph."""
    for place, tensor_id in _op_tensor_ids(graph):
        if tensor_id not in graph.tensors:
            yield f"{place} names tensor {tensor_id}"
    for tensor_id in (*graph.inputs, *graph.outputs):
        if tensor_id not in graph.tensors:
            yield f"input or output {tensor_id}"
    for tensor_id in graph.variables:
        if tensor_id not in graph.tensors:
            yield f"variable {tensor_id}"


def dtypes_are_known(graph: Graph) -> Iterator[str]:
    """A tensor's element type is one that edgeflow knows."""
    return (_name(t) for t in graph.tensors.values() if t.dtype not in DTYPE_BYTES)


def dims_are_positive(graph: Graph) -> Iterator[str]:
    """Each dimension of a tensor is at least 1."""
    return (_name(t) for t in graph.tensors.values() if min(t.shape, default=1) < 1)


def constants_fit(graph: Graph) -> Iterator[str]:
    """A constant's data has its tensor's shape and element type and cannot be written."""
    for tensor in graph.tensors.values():
        data = tensor.data
        if data is None:
            continue
        if data.shape != tensor.shape or data.dtype.name != tensor.dtype or data.flags.writeable:
            yield _name(tensor)


def quantization_fits(graph: Graph) -> Iterator[str]:
    """A quantized tensor has one scale and zero point, or one of each along its axis."""
    for tensor in graph.tensors.values():
        quant = tensor.quant
        if quant is None:
            continue
        if quant.axis is None:
            expected = 1
        else:
            expected = tensor.shape[quant.axis] if 0 <= quant.axis < len(tensor.shape) else -1
        if not len(quant.scales) == len(quant.zero_points) == expected:
            yield _name(tensor)


def indexes_are_distinct(graph: Graph) -> Iterator[str]:
    """An operator's index is its own."""
    counts = Counter(op.index for op in graph.ops)
    return (f"{op.kind} #{op.index}" for op in graph.ops if counts[op.index] > 1)


def operators_write(graph: Graph) -> Iterator[str]:
    """An operator writes at least one tensor or variable."""
    return (f"{op.kind} #{op.index}" for op in graph.ops if not (op.outputs or op.updates))


def variables_fit(graph: Graph) -> Iterator[str]:
    """A variable's first value has its tensor's shape and element type and cannot be written."""
    for tensor_id, value in graph.variables.items():
        tensor = graph.tensors[tensor_id]
        if value.shape != tensor.shape or value.dtype.name != tensor.dtype or value.flags.writeable:
            yield _name(tensor)


def updates_are_variables(graph: Graph) -> Iterator[str]:
    """An operator updates only variables."""
    for op in graph.ops:
        for tensor_id in op.updates:
            if tensor_id not in graph.variables:
                yield f"{op.kind} #{op.index} updates {_name(graph.tensors[tensor_id])}"


def written_once(graph: Graph) -> Iterator[str]:
    """A tensor is written at most once; an input of the graph, a variable or a constant never."""
    writes = Counter(tensor_id for op in graph.ops for tensor_id in op.outputs)
    writes.update({*graph.inputs})
    writes.update({*graph.variables})
    for tensor_id, count in writes.items():
        if count > 1 or graph.tensors[tensor_id].is_constant:
            yield _name(graph.tensors[tensor_id])


def written_before_read(graph: Graph) -> Iterator[str]:
    """An operator reads only constants, variables, inputs of the graph and what earlier operators wrote."""
    written = {*graph.inputs, *graph.variables}
    for op in graph.ops:
        for tensor_id in op.inputs:
            if tensor_id is None or tensor_id in written or graph.tensors[tensor_id].is_constant:
                continue
            yield f"{op.kind} #{op.index} reads {_name(graph.tensors[tensor_id])}"
        written.update(op.outputs)


def outputs_are_produced(graph: Graph) -> Iterator[str]:
    """An output of the graph is an input, a constant or written by an operator."""
    written = {*graph.inputs, *(tensor_id for op in graph.ops for tensor_id in op.outputs)}
    for tensor_id in graph.outputs:
        if tensor_id not in written and not graph.tensors[tensor_id].is_constant:
            yield _name(graph.tensors[tensor_id])


def inputs_are_distinct(graph: Graph) -> Iterator[str]:
    """A tensor is an input of the graph once."""
    return (f"tensor {i}" for i, count in Counter(graph.inputs).items() if count > 1)


# In this order: later rules rely on earlier ones.
RULES: tuple[GraphRule, ...] = (
    ids_are_keys,
    named_tensors_exist,
    dtypes_are_known,
    dims_are_positive,
    constants_fit,
    quantization_fits,
    indexes_are_distinct,
    operators_write,
    variables_fit,
    updates_are_variables,
    inputs_are_distinct,
    written_once,
    written_before_read,
    outputs_are_produced,
)


def first_fault(graph: Graph) -> str | None:
    """The first broken rule and the place that breaks it, or None for a legal graph."""
    for rule in RULES:
        place = next(rule(graph), None)
        if place is not None:
            return f"{place}: {rule.__doc__}"
    return None


def verify(graph: Graph, origin: str | None = None) -> None:
    """Refuse a graph that breaks a rule.

    Args:
        graph: the graph.
        origin: the file it was just read from; None for a graph that edgeflow itself made.

    Raises:
        ModelError: a rule is broken and ``origin`` is given.
        InternalError: a rule is broken and ``origin`` is None.
    """
    fault = first_fault(graph)
    if fault is None:
        return
    if origin is None:
        raise InternalError(f"A graph is illegal: {fault}")
    raise ModelError(f"`{origin}` is corrupt: {fault}", "convert the model again")
