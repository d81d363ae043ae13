"""What an operator becomes when its tensors are stored with their dimensions in another order.

An order says which of a tensor's dimensions stands where: stored dimension ``i`` is dimension ``order[i]``.
Only operators are here whose elements do not change their value with it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType

import numpy as np
import numpy.typing as npt

from edgeflow.ir.graph import AttrValue, Graph, Op, Tensor
from edgeflow.ops import movement
from edgeflow.ops.geometry import int_attr
from edgeflow.ops.registry import broken_rule
from edgeflow.passes.dimension_order import Order, moves_nothing, stored_shape, transposition
from edgeflow.passes.rewrite import is_private

Array = npt.NDArray[np.generic]

# Constants up to this size may stand in the file twice, in two orders.
MAX_COPIED_ELEMENTS = 1024


@dataclass(frozen=True, slots=True)
class Reordered:
    """The orders of all activations, by tensor id, and the operator with its constants and options changed.

    ``constants`` holds new values by input position; the operator still names the old tensors.
    """

    orders: Mapping[int, Order]
    op: Op
    constants: Mapping[int, Array] = field(default_factory=dict)


Rule = Callable[[Graph, Op, int, Order], Reordered | None]


def reordered(graph: Graph, op: Op, tensor_id: int, order: Order) -> Reordered | None:
    """The operator when one of its activations has that order; None where its results would change."""
    rule = RULES.get(op.kind)
    quants = [graph.tensors[i].quant for i in (*op.inputs, *op.outputs) if i is not None]
    if rule is None or op.updates or any(quant is not None and quant.axis is not None for quant in quants):
        return None
    return rule(graph, op, tensor_id, order) if broken_rule(graph, op) is None else None


def _activations(graph: Graph, op: Op) -> list[Tensor]:
    named = [graph.tensors[i] for i in (*op.inputs, *op.outputs) if i is not None]
    return [tensor for tensor in named if not tensor.is_constant]


def _alike(graph: Graph, op: Op, order: Order) -> dict[int, Order] | None:
    """One order for all activations, which have equally many dimensions."""
    tensors = _activations(graph, op)
    if any(len(tensor.shape) != len(order) for tensor in tensors):
        return None
    return {tensor.id: order for tensor in tensors}


def _elementwise(graph: Graph, op: Op, _tensor_id: int, order: Order) -> Reordered | None:
    """Elements of inputs that broadcast."""
    orders, constants = _alike(graph, op, order), dict[int, Array]()
    for position, tensor_id in enumerate(op.inputs):
        data = None if tensor_id is None else graph.tensors[tensor_id].data
        if tensor_id is None or data is None or data.size == 1:
            continue
        if data.ndim > len(order) or (op.kind == "SELECT" and data.ndim < len(order)):
            return None  # a short condition of SELECT counts the first dimension
        if data.size > MAX_COPIED_ELEMENTS and not is_private(graph, tensor_id):
            return None
        whole = data.reshape((1,) * (len(order) - data.ndim) + data.shape)
        constants[position] = np.transpose(whole, order)
    return None if orders is None else Reordered(orders, op, constants)


def _by_table(graph: Graph, op: Op, _tensor_id: int, order: Order) -> Reordered | None:
    """A function of one element, whose constant is a table."""
    orders = _alike(graph, op, order)
    return None if orders is None else Reordered(orders, op)


def _concatenated(graph: Graph, op: Op, tensor_id: int, order: Order) -> Reordered | None:
    """Tensors one after the other along the axis."""
    axis = movement.axis_in(len(order), op.attrs.get("axis"))
    found = _elementwise(graph, op, tensor_id, order)
    return None if axis is None or found is None else replace(found, op=_with(op, axis=order.index(axis)))


def _gathered(graph: Graph, op: Op, _tensor_id: int, order: Order) -> Reordered | None:
    """Indices along one axis."""
    axis, orders = movement.axis_in(len(order), op.attrs.get("axis")), _alike(graph, op, order)
    if axis is None or orders is None or len(graph.input_tensor(op, 1).shape) != 1:
        return None
    return Reordered(orders, _with(op, axis=order.index(axis)))


def _per_dimension(*positions: int) -> Rule:
    """A rule for constants with an entry for each dimension."""

    def rule(graph: Graph, op: Op, _tensor_id: int, order: Order) -> Reordered | None:
        orders, constants = _alike(graph, op, order), dict[int, Array]()
        for position in positions:
            data = graph.input_tensor(op, position).data
            if data is None or data.shape[:1] != (len(order),):
                return None
            constants[position] = data[list(order)]
        return None if orders is None else Reordered(orders, op, constants)

    return rule


def _sliced(graph: Graph, op: Op, tensor_id: int, order: Order) -> Reordered | None:
    """Ranges with masks of a bit for each dimension."""
    if any(op.attrs.get(name) for name in ("shrink_axis_mask", "new_axis_mask", "ellipsis_mask")):
        return None
    found = _SLICE(graph, op, tensor_id, order)
    masks = {name: int_attr(op, name, 0) for name in ("begin_mask", "end_mask")}
    moved = {
        name: sum((mask >> axis & 1) << place for place, axis in enumerate(order))
        for name, mask in masks.items()
    }
    return None if found is None else replace(found, op=_with(op, **moved))


_SLICE = _per_dimension(1, 2, 3)


def _by_axes(position: int) -> Rule:
    """A rule for a constant that names dimensions of tensors of one rank."""

    def rule(graph: Graph, op: Op, _tensor_id: int, order: Order) -> Reordered | None:
        orders, axes = _alike(graph, op, order), _moved_axes(graph, op, position, order)
        return None if orders is None or axes is None else Reordered(orders, op, {position: axes})

    return rule


def _moved_axes(graph: Graph, op: Op, position: int, order: Order) -> Array | None:
    """Where the dimensions that a constant names stand now."""
    tensor = graph.input_tensor(op, position)
    axes, rank = movement.constant_ints(tensor), len(order)
    if axes is None or any(not -rank <= axis < rank for axis in axes):
        return None
    places = [order.index(axis % rank) for axis in axes]
    return np.array(places, tensor.dtype).reshape(tensor.shape)


def _reduced(graph: Graph, op: Op, tensor_id: int, order: Order) -> Reordered | None:
    """Reductions, which keep their dimensions as 1 or lose them."""
    source, output = graph.input_tensor(op, 0), graph.output_tensor(op)
    if len(source.shape) == len(output.shape):
        return _by_axes(1)(graph, op, tensor_id, order)
    if tensor_id != source.id or (axes := _moved_axes(graph, op, 1, order)) is None:
        return None
    gone = {order[place] for place in np.asarray(axes).reshape(-1).tolist()}
    kept = [axis for axis in order if axis not in gone]
    left = tuple(sorted(kept).index(axis) for axis in kept)
    return Reordered({source.id: order, output.id: left}, op, {1: axes})


def _rows(graph: Graph, op: Op, _tensor_id: int, order: Order) -> Reordered | None:
    """Functions of the last dimension, which must stay the last."""
    orders = _alike(graph, op, order)
    return Reordered(orders, op) if orders is not None and order[-1] == len(order) - 1 else None


def _reshaped(graph: Graph, op: Op, tensor_id: int, order: Order) -> Reordered | None:
    """New shapes whose dimensions are products or factors of the old ones, as long as these stay together."""
    source, output = graph.input_tensor(op, 0), graph.output_tensor(op)
    given, other = (source, output) if tensor_id == source.id else (output, source)
    groups = list(_groups(given.shape, other.shape))
    group_of = {axis: number for number, (axes, _) in enumerate(groups) for axis in axes}
    numbers = list(dict.fromkeys(group_of[axis] for axis in order if axis in group_of))
    wanted = [axis for number in numbers for axis in groups[number][0]]
    if wanted != [axis for axis in order if axis in group_of]:
        return None
    other_order = _with_ones(other.shape, [axis for number in numbers for axis in groups[number][1]])
    orders = {given.id: order, other.id: other_order}
    new_shape = stored_shape(output, orders[output.id])
    reshape = Op(op.index, "RESHAPE", 1, (source.id,), op.outputs, {"new_shape": new_shape}, (), op.absorbed)
    return Reordered(orders, reshape)


def _trivial(graph: Graph, op: Op, tensor_id: int, order: Order) -> Reordered | None:
    """A TRANSPOSE that leaves every element where it is."""
    own = transposition(graph, op)
    if own is None or not moves_nothing(graph.input_tensor(op, 0), own):
        return None
    return _reshaped(graph, op, tensor_id, order)


def _groups(left: Sequence[int], right: Sequence[int]) -> Iterator[tuple[list[int], list[int]]]:
    """Dimensions longer than 1 of two shapes of as many elements, cut where their products agree."""
    first = [axis for axis, dim in enumerate(left) if dim > 1]
    second = [axis for axis, dim in enumerate(right) if dim > 1]
    while first or second:
        group: tuple[list[int], list[int]] = ([first.pop(0)], [second.pop(0)])
        while (sizes := [math.prod(left[a] for a in group[0]), math.prod(right[a] for a in group[1])])[
            0
        ] != sizes[1]:
            shorter = 0 if sizes[0] < sizes[1] else 1
            group[shorter].append((first, second)[shorter].pop(0))
        yield group


def _with_ones(shape: Sequence[int], order: Sequence[int]) -> Order:
    """The order of the longer dimensions, and after each the dimensions of 1 that followed it before."""
    found = [axis for axis in range(len(shape)) if max(shape[: axis + 1]) == 1]
    for axis in order:
        following = list(range(axis + 1, len(shape)))
        ones = next((n for n, each in enumerate(following) if shape[each] > 1), len(following))
        found += [axis, *following[:ones]]
    return tuple(found)


def _with(op: Op, **attrs: AttrValue) -> Op:
    return replace(op, attrs={**op.attrs, **attrs})


_ELEMENTWISE = (
    "ABS",
    "ADD",
    "CAST",
    "DEQUANTIZE",
    "DIV",
    "EQUAL",
    "EXP",
    "GELU",
    "GREATER",
    "GREATER_EQUAL",
    "HARD_SWISH",
    "LEAKY_RELU",
    "LESS",
    "LESS_EQUAL",
    "LOGISTIC",
    "MAXIMUM",
    "MINIMUM",
    "MUL",
    "NEG",
    "NOT_EQUAL",
    "PRELU",
    "QUANTIZE",
    "RELU",
    "RELU6",
    "RELU_0_TO_1",
    "RELU_N1_TO_1",
    "RSQRT",
    "SELECT",
    "SELECT_V2",
    "SQUARED_DIFFERENCE",
    "SUB",
    "TANH",
)

RULES: Mapping[str, Rule] = MappingProxyType(
    {
        **dict.fromkeys(_ELEMENTWISE, _elementwise),
        **dict.fromkeys(("PAD", "PADV2", "MIRROR_PAD", "TILE"), _per_dimension(1)),
        **dict.fromkeys(("ARG_MAX", "ARG_MIN", "MEAN", "REDUCE_MAX", "REDUCE_MIN", "SUM"), _reduced),
        **dict.fromkeys(("EXPAND_DIMS", "RESHAPE", "SQUEEZE"), _reshaped),
        **dict.fromkeys(("L2_NORMALIZATION", "LOG_SOFTMAX", "SOFTMAX"), _rows),
        "CONCATENATION": _concatenated,
        "GATHER": _gathered,
        "LOOKUP": _by_table,
        "REVERSE_V2": _by_axes(1),
        "SLICE": _per_dimension(1, 2),
        "SPLIT": _by_axes(0),
        "SPLIT_V": _by_axes(2),
        "STRIDED_SLICE": _sliced,
        "TRANSPOSE": _trivial,
    }
)
