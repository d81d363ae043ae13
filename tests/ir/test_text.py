"""The text form of a graph, as it is read by people and compared by tests."""

from dataclasses import replace

import numpy as np

from edgeflow.ir.graph import Graph, Op, Quant, Tensor
from edgeflow.ir.text import format_graph

WEIGHTS = np.array([[1, -2], [3, 4]], np.int8)


def graph():
    tensors = [
        Tensor(0, "in", (1, 2), "int8", Quant((0.5,), (-3,))),
        Tensor(1, "w", (2, 2), "int8", Quant((0.5, 0.25), (0, 0), 0), WEIGHTS),
        Tensor(2, "state", (), "float32"),
    ]
    ops = (Op(6, "FULLY_CONNECTED", 4, (0, 1, None), (2,), {"keep_num_dims": False, "a": "RELU"}),)
    return Graph({t.id: t for t in tensors}, ops, (0,), (2,))


TEXT = """\
input %0 int8[1,2] scale 0.5 zero -3 `in`
const %1 int8[2,2] axis 0 of 2 scales 0.25..0.5 `w` = crc32 0ae27179
#6 FULLY_CONNECTED v4 (%0, %1, -) a=RELU keep_num_dims=False
    -> %2 float32[] `state`
output %2
"""


def test_text_of_a_graph():
    assert format_graph(graph()) == TEXT


def test_the_order_of_tables_does_not_show():
    shuffled = replace(graph(), tensors=dict(reversed(graph().tensors.items())))
    assert format_graph(shuffled) == TEXT


def test_another_constant_reads_differently():
    other = replace(graph().tensors[1], data=WEIGHTS + np.int8(1))
    changed = replace(graph(), tensors={**graph().tensors, 1: other})
    assert format_graph(changed) != TEXT
