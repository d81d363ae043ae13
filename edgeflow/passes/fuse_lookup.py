"""Replace operators that together are a function of one int8 element by one table of its 256 results.

LOGISTIC and the MUL of a swish, MUL and ADD by one constant, DEQUANTIZE, a function and QUANTIZE again: the
table holds what the operators' own kernels give for each of the 256 values, so nothing is rounded anew.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from edgeflow.ir.graph import Graph, Op, Tensor
from edgeflow.passes.element_function import KINDS, Values, every_value, known_operands, outcome
from edgeflow.passes.rewrite import absorb, readers, with_ops

# A function of the elements of a tensor: its id, and the results of the 256 values.
_Function = tuple[int, Values]


def fuse_lookup(graph: Graph) -> Graph:
    """Replace operators that together are a function of one int8 element by one table."""
    functions = _functions(graph)
    for op in reversed(graph.ops):
        if op.outputs and op.outputs[0] in functions and op in graph.ops:
            graph = _with_table(graph, op, functions)
    return graph


def _functions(graph: Graph) -> dict[int, _Function]:
    """Tensors whose elements are a function of another tensor's element at the same place."""
    functions: dict[int, _Function] = {}
    for op in graph.ops:
        if op.kind not in KINDS or len(op.outputs) != 1:
            continue
        function = _function(graph, op, functions)
        if function is not None:
            functions[op.outputs[0]] = function
    return functions


def _function(graph: Graph, op: Op, functions: Mapping[int, _Function]) -> _Function | None:
    """The operator's results as a function of the tensor that all its inputs come from."""
    sources = [i for i in op.inputs if i is not None and not graph.tensors[i].is_constant]
    if not sources:
        return None
    for root in dict.fromkeys((functions.get(sources[0], (sources[0], None))[0], sources[0])):
        known = _operands(graph, op, root, functions)
        if known is not None and (results := outcome(graph, op, known)) is not None:
            return root, np.broadcast_to(results, (256,))
    return None


def _operands(graph: Graph, op: Op, root: int, functions: Mapping[int, _Function]) -> list[Values] | None:
    """The inputs' elements for each value of the root's; None where one depends on something else."""
    tensor = graph.tensors[root]
    if tensor.dtype != "int8" or root in graph.variables or tensor.shape != graph.output_tensor(op).shape:
        return None
    known = {i: values for i, (other, values) in functions.items() if other == root}
    operands = known_operands(graph, op, {**known, root: every_value("int8")})
    found = [values for values in operands if values is not None]
    return found if len(found) == len(op.inputs) else None


def _with_table(graph: Graph, op: Op, functions: Mapping[int, _Function]) -> Graph:
    """The graph with the operator as a table, where that makes at least one other needless."""
    root, results = functions[op.outputs[0]]
    output = graph.output_tensor(op)
    needless = _needless(graph, op, root, functions)
    if results.dtype != np.int8 or not needless:
        return graph
    data = results.copy()
    data.flags.writeable = False
    table = Tensor(graph.new_tensor_id(), f"{output.name}_table", (256,), "int8", None, data)
    lookup = Op(
        op.index, "LOOKUP", 1, (root, table.id), op.outputs, absorbed=absorb(op, *reversed(needless), op)
    )
    changes: dict[int, Op | None] = {other.index: None for other in needless}
    return with_ops(graph, {**changes, op.index: lookup}, [table])


def _needless(graph: Graph, op: Op, root: int, functions: Mapping[int, _Function]) -> list[Op]:
    """Operators between the root and this one that nothing else reads, the last first."""
    gone = [op]
    for other in reversed(graph.ops[: graph.ops.index(op)]):
        results = [functions.get(i) for i in other.outputs]
        if any(result is None or result[0] != root for result in results):
            continue
        users = [user for i in other.outputs for user in readers(graph, i)]
        shown = any(i in graph.outputs for i in other.outputs)
        if users and not shown and all(user in gone for user in users):
            gone.append(other)
    return gone[1:]
