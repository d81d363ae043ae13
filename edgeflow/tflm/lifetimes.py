"""When TFLite Micro holds each buffer: times of first and last use in the order of execution."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from edgeflow.tflm.source import ModelFacts

Life = tuple[int, int]
_NEVER: Life = (-1, -1)


@dataclass(frozen=True, slots=True)
class Lifetimes:
    """First and last use of every tensor of all subgraphs in order, and of every scratch buffer."""

    tensors: tuple[Life, ...]
    scratch: tuple[Life, ...]


def mark_lifetimes(model: ModelFacts, scratch: Sequence[tuple[int, int, int]]) -> Lifetimes:
    """Walk over the operators as the runtime's allocator does.

    Args:
        model: the facts of the file.
        scratch: subgraph, operator and bytes of each scratch buffer.
    """
    walk = _Walk(model, scratch)
    if model.subgraphs:
        walk.subgraph(0, ())
    return Lifetimes(tuple(walk.tensors), tuple(walk.scratch))


class _Walk:
    """One clock over all subgraphs; a called subgraph runs within its caller's operator."""

    def __init__(self, model: ModelFacts, requests: Sequence[tuple[int, int, int]]) -> None:
        self.model = model
        self.requests = requests
        self.clock = 0
        self.first_index = [0]
        for graph in model.subgraphs:
            self.first_index.append(self.first_index[-1] + len(graph.tensors))
        self.tensors = [_NEVER] * self.first_index[-1]
        self.scratch = [_NEVER] * len(requests)

    def subgraph(self, number: int, callers: tuple[int, ...]) -> None:
        """Mark a subgraph's tensors; one that calls itself is walked once."""
        if number in callers or not 0 <= number < len(self.model.subgraphs):
            return
        graph = self.model.subgraphs[number]
        self._create(number, (*graph.inputs, *graph.outputs))
        for position, node in enumerate(graph.nodes):
            self.clock += 1
            self._create(number, node.outputs)
            started = self.clock
            for called in node.called_subgraphs:
                self.clock += 1
                self.subgraph(called, (*callers, number))
            self._use(number, (*node.inputs, *node.outputs))
            for index, (owner, owner_position, _) in enumerate(self.requests):
                if (owner, owner_position) == (number, position):
                    self.scratch[index] = (started, self.clock)
        self._use(number, graph.outputs)

    def _create(self, number: int, tensor_ids: Sequence[int]) -> None:
        for tensor_id in tensor_ids:
            if tensor_id >= 0:
                self.tensors[self.first_index[number] + tensor_id] = (self.clock, self.clock)

    def _use(self, number: int, tensor_ids: Sequence[int]) -> None:
        for tensor_id in tensor_ids:
            if tensor_id >= 0:
                index = self.first_index[number] + tensor_id
                self.tensors[index] = (self.tensors[index][0], self.clock)
