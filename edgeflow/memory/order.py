"""An order of operators that needs little memory at its fullest operator.

An order is a path through the sets of operators that can have run (each holds the producers of what
its members read). What an operator needs depends on the set before it alone, so the best path is a
shortest one whose length is the largest need on the way; small graphs are searched whole, best first
(dynamic programming over these sets; cf. Ahn et al., "Ordering Chaos", arXiv 2003.02369). Of larger
graphs, whose sets are too many, a few of each size are kept. Work is limited by a count, never by a
clock, so that the result is the same everywhere.
"""

from __future__ import annotations

import heapq
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from edgeflow.ir.graph import Graph
from edgeflow.ir.overlap import Overlaps
from edgeflow.memory.liveness import Buffer, live_buffers
from edgeflow.memory.plan import align_up
from edgeflow.memory.sharing import Sharing, allowed_sharings, lower_bound_bytes, shared_bytes_limit, sharings

# Steps (an operator tried after a set of others) of the whole search, and of the search that keeps
# few sets, with the most that it keeps of one size: about a second of work each.
_EXACT_STEPS = 50_000
_BEAM_STEPS = 50_000
_BEAM_WIDTH = 64


def order_operators(
    graph: Graph,
    scratch_bytes: Mapping[int, int],
    alias_ops: Collection[str],
    alignment_bytes: int,
    overlaps: Overlaps,
) -> Graph:
    """The graph in an order whose lower bound of memory is smaller, or the graph itself.

    Reads and updates of a variable stay in their order. The arguments are those of ``plan_memory``.
    """
    buffers = live_buffers(graph, scratch_bytes, alias_ops)
    sizes = [align_up(buffer.byte_count, alignment_bytes) for buffer in buffers]
    present = lower_bound_bytes(buffers, sizes, sharings(graph, buffers, overlaps, alignment_bytes))
    allowed = allowed_sharings(graph, buffers, overlaps, alignment_bytes)
    scratch = {index: align_up(count, alignment_bytes) for index, count in scratch_bytes.items()}
    work = _work(graph, buffers, sizes, allowed, scratch)
    least = max((work.least_need(op) for op in range(len(graph.ops))), default=0)
    if present <= least:
        return graph
    start = _start(work, least)
    found = _hungriest_first(work, start)
    if found.peak > least:
        found = _search(work, start) or min(found, _beam(work, start), key=lambda s: s.peak)
    if found.peak >= present:
        return graph
    return replace(graph, ops=tuple(graph.ops[i] for i in found.order()))


@dataclass(frozen=True, slots=True)
class _Work:
    """What the search knows of a graph: operators and buffers by number, sets of them as bits."""

    before: tuple[int, ...]  # for each operator the set of those that must have run
    after: tuple[tuple[int, ...], ...]  # for each operator those that wait for it
    created: tuple[tuple[int, ...], ...]  # buffers that it writes first
    touched: tuple[tuple[int, ...], ...]  # buffers that it reads or writes
    users: tuple[int, ...]  # for each buffer the set of operators that touch it; one more if it never dies
    sizes: tuple[int, ...]
    scratch: tuple[int, ...]
    sharings: tuple[tuple[Sharing, ...], ...]
    first_live: int

    def least_need(self, op: int) -> int:
        """What the operator needs when nothing else is alive."""
        alone = sum(self.sizes[b] for b in self.touched[op]) + self.scratch[op]
        return alone - shared_bytes_limit(self.sizes, self.sharings[op])

    def step(self, state: _State, op: int) -> _State:
        """The state after one more operator."""
        done = state.done | 1 << op
        dying = [b for b in self.touched[op] if not self.users[b] & ~done]
        full = state.live + sum(self.sizes[b] for b in self.created[op])
        shared = [s for s in self.sharings[op] if s.source in dying]
        need = full + self.scratch[op] - (shared_bytes_limit(self.sizes, shared) if shared else 0)
        ready = [other for other in state.ready if other != op]
        ready += [other for other in self.after[op] if not self.before[other] & ~done]
        live = full - sum(self.sizes[b] for b in dying)
        return _State(done, live, max(state.peak, need), tuple(sorted(ready)), state, op)

    def steps(self, state: _State) -> list[_State]:
        """The states after one more operator; a single one if that is surely no mistake.

        An operator that raises neither the peak nor what is alive behind it may as well run at once:
        whatever runs before it elsewhere would only find more memory in use.
        """
        found = []
        for op in state.ready:
            after = self.step(state, op)
            if after.peak == state.peak and after.live <= state.live:
                return [after]
            found.append(after)
        return found


@dataclass(frozen=True, slots=True)
class _State:
    """The operators that have run, what is alive behind them, and the most that was needed on the way."""

    done: int
    live: int
    peak: int
    ready: tuple[int, ...]
    previous: _State | None = None
    op: int = -1

    def order(self) -> list[int]:
        """The operators in the order in which they ran."""
        found, state = [], self
        while state.previous is not None:
            found.append(state.op)
            state = state.previous
        return found[::-1]


def _start(work: _Work, least: int) -> _State:
    """No order needs less than the neediest operator, so that need is free from the start."""
    ready = tuple(op for op, before in enumerate(work.before) if not before)
    return _State(0, work.first_live, max(least, work.first_live), ready)


def _search(work: _Work, start: _State) -> _State | None:
    """The best order, or None when there are too many sets to try."""
    states = [start]
    heap = [(states[0].peak, 0, 0)]
    best = {0: states[0].peak}
    while heap and len(states) < _EXACT_STEPS:
        state = states[heapq.heappop(heap)[2]]
        if not state.ready:
            return state
        if state.peak > best[state.done]:
            continue
        for after in work.steps(state):
            if after.peak < best.get(after.done, after.peak + 1):
                best[after.done] = after.peak
                heapq.heappush(heap, (after.peak, -after.done.bit_count(), len(states)))
                states.append(after)
    return None


def _beam(work: _Work, start: _State) -> _State:
    """A good order: of the sets of each size those with the lowest peak, then with the least alive."""
    kept = [start]
    left = _BEAM_STEPS
    for remaining in range(len(work.before), 0, -1):
        found: dict[int, _State] = {}
        for state in kept:
            for after in work.steps(state):
                known = found.get(after.done)
                if known is None or after.peak < known.peak:
                    found[after.done] = after
            left -= len(state.ready)
        ranked = sorted(found.values(), key=lambda s: (s.peak, s.live))
        ready = max(1, sum(len(s.ready) for s in ranked[:_BEAM_WIDTH]) // min(len(ranked), _BEAM_WIDTH))
        kept = ranked[: max(1, min(_BEAM_WIDTH, left // (remaining * ready)))]
    return kept[0]


def _hungriest_first(work: _Work, state: _State) -> _State:
    """Each operator as late as possible; of what it waits for, first what needs most beyond its result.

    That is the best order of a tree (Sethi and Ullman's for registers), and a good one of long chains
    with side inputs, such as an unrolled recurrent network.
    """
    waiting = [_members(before) for before in work.before]
    result = [sum(work.sizes[b] for b in created) for created in work.created]
    need: list[int] = []
    for op, others in enumerate(waiting):
        others.sort(key=lambda other: result[other] - need[other])
        held, most = 0, 0
        for other in others:
            most = max(most, held + need[other])
            held += result[other]
        need.append(max(most, held + result[op] + work.scratch[op]))
    stack = [op for op in reversed(range(len(waiting))) if not work.after[op]]
    while stack:
        op = stack[-1]
        missing = [other for other in waiting[op] if not state.done >> other & 1]
        if missing:
            stack += missing[::-1]
            continue
        stack.pop()
        if not state.done >> op & 1:
            state = work.step(state, op)
    return state


def _work(
    graph: Graph,
    buffers: Sequence[Buffer],
    sizes: Sequence[int],
    pairs: Sequence[Sharing],
    scratch_bytes: Mapping[int, int],
) -> _Work:
    owner = {tensor_id: i for i, buffer in enumerate(buffers) for tensor_id in buffer.tensor_ids}
    given = {owner[i] for i in (*graph.inputs, *graph.variables)}
    touched = [_owners(owner, (*op.inputs, *op.outputs, *op.updates)) for op in graph.ops]
    created, born = [], set(given)
    for own in touched:
        created.append(tuple(b for b in own if b not in born))
        born.update(own)
    users = [0] * len(buffers)
    for position, own in enumerate(touched):
        for b in own:
            users[b] |= 1 << position
    for b in _owners(owner, (*graph.outputs, *graph.variables)):
        users[b] |= 1 << len(graph.ops)
    before = _before(graph)
    by_operator: list[list[Sharing]] = [[] for _ in graph.ops]
    for pair in pairs:
        if pair.output in created[pair.position]:
            by_operator[pair.position].append(pair)
    return _Work(
        before=before,
        after=_after(before),
        created=tuple(created),
        touched=tuple(touched),
        users=tuple(users),
        sizes=tuple(sizes),
        scratch=tuple(scratch_bytes.get(op.index, 0) for op in graph.ops),
        sharings=tuple(map(tuple, by_operator)),
        first_live=sum(sizes[b] for b in given if users[b]),
    )


def _owners(owner: Mapping[int, int], tensor_ids: Iterable[int | None]) -> tuple[int, ...]:
    """The buffers of these tensors, each once; constants have none."""
    return tuple(dict.fromkeys(owner[i] for i in tensor_ids if i is not None and i in owner))


def _before(graph: Graph) -> tuple[int, ...]:
    """For each operator the set of those whose results it reads, or that use a variable before it does."""
    writer: dict[int, int] = {}
    readers: dict[int, int] = {}
    before = []
    for position, op in enumerate(graph.ops):
        read = [i for i in op.inputs if i is not None]
        needed = 0
        for tensor_id in (*read, *op.updates):
            if tensor_id in writer:
                needed |= 1 << writer[tensor_id]
        for tensor_id in op.updates:
            needed |= readers.get(tensor_id, 0)
        for tensor_id in graph.variables.keys() & read:
            readers[tensor_id] = readers.get(tensor_id, 0) | 1 << position
        writer.update(dict.fromkeys((*op.outputs, *op.updates), position))
        before.append(needed)
    return tuple(before)


def _members(operators: int) -> list[int]:
    """The operators of a set, in ascending order."""
    found = []
    while operators:
        lowest = operators & -operators
        found.append(lowest.bit_length() - 1)
        operators ^= lowest
    return found


def _after(before: Sequence[int]) -> tuple[tuple[int, ...], ...]:
    """The relation turned round: for each operator those that wait for it."""
    after: list[list[int]] = [[] for _ in before]
    for later, needed in enumerate(before):
        for first in _members(needed):
            after[first].append(later)
    return tuple(map(tuple, after))
