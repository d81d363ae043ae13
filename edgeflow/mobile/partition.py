"""Into which parts a graph falls when a delegate takes some of its operators.

TFLite grows one part after the other: all operators whose inputs are there and that are alike taken or not
taken, then the next part (tensorflow/lite/graph_info.cc).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from edgeflow.ir.graph import Graph, Op


@dataclass(frozen=True, slots=True)
class Part:
    """Operators that run together, by index, on the delegate or on the CPU."""

    is_delegated: bool
    ops: tuple[int, ...]


def partition(graph: Graph, taken: Sequence[bool]) -> tuple[Part, ...]:
    """The parts in their order; ``taken`` says of each operator whether the delegate takes it."""
    written = {i for op in graph.ops for i in op.outputs}
    ready = {i for op in graph.ops for i in op.inputs if i is not None and i not in written}
    left = list(zip(graph.ops, taken, strict=True))
    parts = []
    while left:
        is_delegated = next((flag for op, flag in left if _is_ready(op, ready)), left[0][1])
        part: list[int] = []
        found = True
        while found:
            found = False
            for op, flag in list(left):
                if flag == is_delegated and _is_ready(op, ready):
                    part.append(op.index)
                    ready.update(op.outputs)
                    left.remove((op, flag))
                    found = True
        if not part:  # a cycle, which no interpreter accepts: the rest is one part
            part, left = [op.index for op, _ in left], []
        parts.append(Part(is_delegated, tuple(sorted(part))))
    return tuple(parts)


def _is_ready(op: Op, ready: set[int]) -> bool:
    return all(i is None or i in ready for i in op.inputs)
