"""Which operators of a model keep it from becoming int8 code, by their layers in the source."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass

from edgeflow.ir.graph import Graph, Op
from edgeflow.ops.registry import broken_rule
from edgeflow.preflight.replacement import replacement

# TensorFlow puts these around names of layers: "StatefulPartitionedCall/model/conv1/Relu;model/bn/Add".
_WRAPPERS = re.compile(r"^(?:StatefulPartitionedCall(?:_\d+)?[/:]|serving_default_|PartitionedCall[/:])+")


@dataclass(frozen=True, slots=True)
class Finding:
    """An operator and the rule it breaks; ``layer`` is its name in the source as far as it was kept."""

    kind: str
    index: int
    layer: str
    is_float: bool
    problem: str
    replacement: str | None

    def as_json(self) -> dict[str, object]:
        """As ``check-model --json`` prints it."""
        return asdict(self)


def findings(graph: Graph) -> list[Finding]:
    """All operators that cannot be compiled, in order of execution."""
    return list(_findings(graph))


def _findings(graph: Graph) -> Iterator[Finding]:
    for op in graph.ops:
        problem = broken_rule(graph, op)
        if problem is not None:
            is_float = _is_float(graph, op)
            yield Finding(
                op.kind,
                op.index,
                layer(graph, op),
                is_float,
                problem,
                replacement(op.kind, is_float=is_float),
            )


def _is_float(graph: Graph, op: Op) -> bool:
    """Whether the operator was left in float: it has float results."""
    return any(graph.tensors[tensor_id].dtype.startswith("float") for tensor_id in op.outputs)


def layer(graph: Graph, op: Op) -> str:
    """The source layer's name: that of the operator's first output, of fused ones the first."""
    if not op.outputs:
        return ""
    name = graph.tensors[op.outputs[0]].name.split(";", maxsplit=1)[0]
    return _WRAPPERS.sub("", name) or name
