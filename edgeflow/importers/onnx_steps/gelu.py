"""Write GELU in the order of factors by which TensorFlow's converter knows it.

PyTorch exports (x * (erf(x / sqrt 2) + 1)) * 0.5; the converter has a GELU only for
(x * 0.5) * (erf(x * sqrt 0.5) + 1), and no `Erf` else.
"""

from __future__ import annotations

from math import isclose, sqrt
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from onnx import GraphProto, ModelProto, NodeProto


class _Gelu(NamedTuple):
    x: str
    scaling: NodeProto
    erf: NodeProto
    add: NodeProto
    first: NodeProto
    last: NodeProto


def order_gelu(model: ModelProto) -> None:
    """Reorder every GELU that is written as PyTorch does; what it computes stays the same."""
    from onnx import numpy_helper

    graph = model.graph
    constants = {each.name: numpy_helper.to_array(each) for each in graph.initializer}
    scalars = {name: float(array.reshape(())) for name, array in constants.items() if array.size == 1}
    found = [gelu for node in graph.node if node.op_type == "Erf" and (gelu := _gelu(graph, node, scalars))]
    for number, gelu in enumerate(found):
        names = [f"gelu_{number}_{part}" for part in ("sqrt_half", "half", "halved")]
        root, half, halved = names
        graph.initializer.append(numpy_helper.from_array(np.float32(sqrt(0.5)), root))
        graph.initializer.append(numpy_helper.from_array(np.float32(0.5), half))
        gelu.scaling.op_type = "Mul"
        gelu.scaling.input[:] = [gelu.x, root]
        # The first product becomes x * 0.5; it stands behind x and before the last one already.
        gelu.first.input[:] = [gelu.x, half]
        gelu.first.output[0] = halved
        gelu.last.input[:] = [halved, gelu.add.output[0]]


def _gelu(graph: GraphProto, erf: NodeProto, scalars: dict[str, float]) -> _Gelu | None:
    scaling = next((node for node in graph.node if erf.input[0] in node.output), None)
    add = _only_reader(graph, erf.output[0], "Add")
    first = _only_reader(graph, add.output[0], "Mul") if add else None
    last = _only_reader(graph, first.output[0], "Mul") if first else None
    if scaling is None or add is None or first is None or last is None:
        return None
    x, by = scaling.input[0], scalars.get(scaling.input[-1], 0.0)
    is_scaled = (scaling.op_type == "Div" and isclose(by, sqrt(2), rel_tol=1e-6)) or (
        scaling.op_type == "Mul" and isclose(by, sqrt(0.5), rel_tol=1e-6)
    )
    is_gelu = is_scaled and x in first.input and _has(add, 1.0, scalars) and _has(last, 0.5, scalars)
    return _Gelu(x, scaling, erf, add, first, last) if is_gelu else None


def _only_reader(graph: GraphProto, name: str, kind: str) -> NodeProto | None:
    readers = [node for node in graph.node if name in node.input]
    return readers[0] if len(readers) == 1 and readers[0].op_type == kind else None


def _has(node: NodeProto, value: float, scalars: dict[str, float]) -> bool:
    return any(scalars.get(name) == value for name in node.input)
