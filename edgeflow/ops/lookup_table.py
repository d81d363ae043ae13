"""LOOKUP, int8: a table of 256 results. No file has it; the pass ``fuse_lookup`` makes it."""

from __future__ import annotations

import numpy as np

from edgeflow.ir.graph import Graph, Op
from edgeflow.ops import lookup, rules, shapes
from edgeflow.ops.lowering import no_macs
from edgeflow.ops.spec import KernelCall, OpSpec

TABLE = 1


def whole_table(graph: Graph, op: Op) -> bool:
    """The table is a constant of 256 int8 values, the result of -128 first."""
    table = graph.input_tensor(op, TABLE)
    return table.is_constant and table.dtype == "int8" and table.shape == (256,)


def lower(graph: Graph, op: Op) -> KernelCall:
    """The call of ``ef_lookup_s8``."""
    return lookup.table_call(graph, op, np.asarray(graph.input_tensor(op, TABLE).data, np.int8))


SPEC = OpSpec(
    kind="LOOKUP",
    max_version=1,
    rules=(rules.operand_count(2), rules.int8_input_and_output, rules.same_shape, whole_table),
    macs=no_macs,
    lower=lower,
    output_shapes=shapes.same_as_input,
)
