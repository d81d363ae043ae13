"""The types that `edgeflow ops` names are those that the rules accept: each of them in a named case."""

import pytest
from cases import CASES
from op_graphs import graph_of

from edgeflow.ops.document import EDGE_TYPE, rows
from edgeflow.ops.element_types import ANY, element_types
from edgeflow.ops.registry import REGISTRY


@pytest.mark.parametrize("kind", REGISTRY)
def test_the_types_named_are_those_of_the_cases(kind):
    named = set(element_types(REGISTRY[kind]))
    seen = set()
    for case in CASES:
        if case.kind == kind:
            graph = graph_of(case)
            op = graph.ops[0]
            ends = [graph.tensors[i] for i in (*op.inputs[:1], *op.outputs)]
            seen |= {tensor.dtype for tensor in ends if not tensor.is_constant}
    assert named == ({ANY} if ANY in named else seen)


def test_rows_name_types_and_limits():
    found = {row["kind"]: row for row in rows()}
    assert found["ADD"]["types"][0] == "int8"
    assert found["ADD"]["types"][-1] == EDGE_TYPE
    assert found["DIV"]["types"] == [EDGE_TYPE]
    assert found["DIV"]["limits"] == []
    assert any("between an input and QUANTIZE" in limit for limit in found["DIV"]["float32_limits"])
