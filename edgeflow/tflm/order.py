"""An order of a subgraph's operators that keeps little alive."""

from __future__ import annotations

from collections import Counter

from edgeflow.tflm.greedy import BUFFER_ALIGNMENT_BYTES
from edgeflow.tflm.layout import align_up
from edgeflow.tflm.source import SubgraphFacts

# Operators whose place among the others means something that their tensors do not show.
_STATEFUL = frozenset({"ASSIGN_VARIABLE", "CALL_ONCE", "IF", "READ_VARIABLE", "VAR_HANDLE", "WHILE"})


def small_order(graph: SubgraphFacts) -> tuple[int, ...]:
    """Old places in the new order: of the operators that can run, always the one that adds least.

    A graph with state keeps its order.
    """
    if any(node.kind in _STATEFUL for node in graph.nodes) or any(t.is_variable for t in graph.tensors):
        return tuple(range(len(graph.nodes)))
    producers = {tensor_id: place for place, node in enumerate(graph.nodes) for tensor_id in node.outputs}
    reads = [{i for i in node.inputs if i >= 0} for node in graph.nodes]
    waits = [{producers[i] for i in tensor_ids if i in producers} for tensor_ids in reads]
    readers = Counter(i for tensor_ids in reads for i in tensor_ids) + Counter(graph.outputs)

    def added_bytes(place: int) -> int:
        born = sum(_bytes(graph, i) for i in graph.nodes[place].outputs)
        return born - sum(_bytes(graph, i) for i in reads[place] if readers[i] == 1)

    order: list[int] = []
    left = set(range(len(graph.nodes)))
    while left:
        ready = [place for place in left if waits[place].isdisjoint(left)]
        if not ready:  # a cycle: nothing to improve
            return tuple(range(len(graph.nodes)))
        place = min(ready, key=lambda p: (added_bytes(p), p))
        order.append(place)
        left.remove(place)
        readers.subtract(reads[place])
    return tuple(order)


def _bytes(graph: SubgraphFacts, tensor_id: int) -> int:
    tensor = graph.tensors[tensor_id]
    return 0 if tensor.is_constant else align_up(tensor.byte_count, BUFFER_ALIGNMENT_BYTES)
