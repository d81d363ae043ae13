"""Remove ADD, SUB and MUL by constants that change nothing, and make two in a row one.

Proved by trying all 256 values of the element against every constant of the operator: two operators become
one where, for each of their constants, one constant of the second gives the same 256 results. Where a value
is rounded or limited on the way there is none, and both stay. A constant after a convolution would have to
be rounded with its sums, which is another result; it stays unless it is a clamp.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from edgeflow.ir.graph import Graph, Op, Quant, Tensor
from edgeflow.ops.registry import broken_rule
from edgeflow.passes.element_function import Values, every_value, outcome
from edgeflow.passes.rewrite import (
    absorb,
    bypassed,
    is_interchangeable,
    is_private,
    producer,
    with_ops,
)

ARITHMETIC = frozenset({"ADD", "MUL", "SUB"})
# Different pairs of constants that are tried, each with 256 values.
MAX_PAIRS = 4096


def fold_arithmetic(graph: Graph) -> Graph:
    """Remove arithmetic with constants that changes nothing, and make two in a row one."""
    for op in graph.ops:
        if op.kind in ARITHMETIC and broken_rule(graph, op) is None:
            graph = _folded(graph, op)
    return graph


def _folded(graph: Graph, op: Op) -> Graph:
    """The graph after one operator, which an earlier one may have changed."""
    op = next(current for current in graph.ops if current.index == op.index)
    place = constant_place(graph, op)
    if place is None:
        return graph
    source, output = graph.input_tensor(op, 1 - place), graph.output_tensor(op)
    if is_interchangeable(source, output) and _changes_nothing(graph, op, place):
        return bypassed(graph, op, source.id)
    before = producer(graph, source.id)
    if (
        source.shape != output.shape
        or before is None
        or before.kind not in ARITHMETIC
        or not is_private(graph, source.id)
    ):
        return graph
    first = constant_place(graph, before) if broken_rule(graph, before) is None else None
    if first is None:
        return graph
    origin = graph.input_tensor(before, 1 - first)
    if origin.shape != source.shape or origin.id in graph.variables:  # a variable may change in between
        return graph
    return _as_one(graph, before, first, op, place)


def constant_place(graph: Graph, op: Op) -> int | None:
    """The position of the one input that is an int8 constant; None where there is no such."""
    constants = [graph.input_tensor(op, position).is_constant for position in (0, 1)]
    if graph.input_tensor(op, 0).dtype != "int8" or sum(constants) != 1:
        return None
    return constants.index(True)


def results_by_constant(graph: Graph, op: Op, place: int, elements: Values, constants: Values) -> Values:
    """The operator's results for elements [..., 256] and constants [..., 1]."""
    operands = [constants, elements] if place == 0 else [elements, constants]
    results = outcome(graph, op, operands)
    if results is None:
        raise ValueError(f"{op.kind} #{op.index} is not an operator on single elements")
    return results


def _changes_nothing(graph: Graph, op: Op, place: int) -> bool:
    constants = np.unique(np.asarray(graph.input_tensor(op, place).data, np.int8))
    results = results_by_constant(graph, op, place, every_value("int8"), constants[:, None])
    return bool((results == every_value("int8")).all())


def _as_one(graph: Graph, before: Op, first: int, op: Op, place: int) -> Graph:
    """The graph whose second operator does the work of both, where some constants make it."""
    one, other = graph.input_tensor(before, first), graph.input_tensor(op, place)
    meeting = np.broadcast_arrays(np.asarray(one.data, np.int8), np.asarray(other.data, np.int8))
    pairs, where = np.unique(
        np.stack([part.reshape(-1) for part in meeting], axis=1), axis=0, return_inverse=True
    )
    if len(pairs) > MAX_PAIRS:
        return graph
    between = results_by_constant(graph, before, first, every_value("int8"), pairs[:, :1])
    wanted = results_by_constant(graph, op, place, between, pairs[:, 1:])
    shape, source = meeting[0].shape, graph.input_tensor(before, 1 - first)
    for quant in dict.fromkeys((other.quant, one.quant)):
        constant = _placeholder(graph, other, shape, quant)
        folded, alone = _on_source(graph, before, op, place, source, constant)
        values = _constants_that_give(folded, alone, place, wanted)
        if values is not None:
            data = values[where.reshape(-1)].reshape(shape)
            data.flags.writeable = False
            return with_ops(folded, {}, [replace(constant, data=data)])
    return graph


def _placeholder(graph: Graph, like: Tensor, shape: tuple[int, ...], quant: Quant | None) -> Tensor:
    """A constant of the folded operator, whose values are still to be found."""
    data = np.zeros(shape, np.int8)
    data.flags.writeable = False
    return Tensor(graph.new_tensor_id(), f"{like.name}_folded", shape, "int8", quant, data)


def _on_source(
    graph: Graph, before: Op, op: Op, place: int, source: Tensor, constant: Tensor
) -> tuple[Graph, Op]:
    """The graph whose second operator stands alone, and that operator."""
    inputs = (constant.id, source.id) if place == 0 else (source.id, constant.id)
    alone = replace(op, inputs=inputs, absorbed=absorb(op, before))
    return with_ops(graph, {before.index: None, op.index: alone}, [constant]), alone


def _constants_that_give(graph: Graph, op: Op, place: int, wanted: Values) -> npt.NDArray[np.int8] | None:
    """For each row of 256 results a constant that gives it; None where one has none, or the rules forbid."""
    if broken_rule(graph, op) is not None:
        return None
    every = every_value("int8")
    offered = results_by_constant(graph, op, place, every, every[:, None])
    rows = {row.tobytes(): value for row, value in zip(offered, every, strict=True)}
    found = [rows.get(row.tobytes()) for row in wanted]
    return None if None in found else np.array(found, np.int8)
