"""Which rows each operator of a region reads and writes in each turn."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from edgeflow.ir.graph import Graph, Op
from edgeflow.ops.geometry import Window, int_attr, windows

CONVOLUTIONS = frozenset({"CONV_2D", "DEPTHWISE_CONV_2D"})
POOLINGS = frozenset({"AVERAGE_POOL_2D", "MAX_POOL_2D"})
# An element of the output follows from those at the same place of the inputs.
ELEMENTWISE = frozenset(
    {
        "ABS",
        "ADD",
        "EXP",
        "GELU",
        "HARD_SWISH",
        "LEAKY_RELU",
        "LOGISTIC",
        "LOOKUP",
        "MAXIMUM",
        "MINIMUM",
        "MUL",
    }
    | {
        "PRELU",
        "QUANTIZE",
        "RELU",
        "RELU6",
        "RELU_0_TO_1",
        "RELU_N1_TO_1",
        "SQUARED_DIFFERENCE",
        "SUB",
        "TANH",
    }
)


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows of a tensor from ``first`` to before ``end``."""

    first: int
    end: int

    @property
    def count(self) -> int:
        """How many."""
        return self.end - self.first


@dataclass(frozen=True, slots=True)
class Field:
    """What an operator reads of its first input: rows that exist, and rows of padding around them."""

    rows: Rows
    pad_top: int
    pad_bottom: int


@dataclass(frozen=True, slots=True)
class Turn:
    """One operator in one turn: the rows that it writes (none if ``written.count`` is 0).

    ``read`` are the rows of each activation that it reads by rows; others it reads whole.
    """

    written: Rows
    read: Mapping[int, Rows]


@dataclass(frozen=True, slots=True)
class Held:
    """What the buffer of an inner tensor holds in a turn.

    ``first`` is the row at its front; the rows ``carried`` of an earlier turn are moved there before.
    ``end`` is behind the last row that is held when the operator has run.
    """

    first: int
    end: int
    carried: Rows


@dataclass(frozen=True, slots=True)
class Walk:
    """All turns of a region, by operator in order, and what its inner tensors hold in each, by id."""

    turns: tuple[tuple[Turn, ...], ...]
    held: Mapping[int, tuple[Held, ...]]


def row_window(graph: Graph, op: Op) -> Window | None:
    """The window along the height of a convolution or pooling, None of another operator."""
    if op.kind in CONVOLUTIONS:
        _, kernel_h, kernel_w, _ = graph.input_tensor(op, 1).shape
    elif op.kind in POOLINGS:
        kernel_h, kernel_w = int_attr(op, "filter_height"), int_attr(op, "filter_width")
    else:
        return None
    return windows(op, kernel_h, kernel_w)[0]


@dataclass(frozen=True, slots=True)
class Reach:
    """Which rows an operator reads for rows that it writes.

    ``by_rows`` are the activations that it reads by rows: of a window its first input, of which each row
    written needs ``reach`` rows, ``stride`` from one to the next, the first ``pad`` rows above the input.
    """

    by_rows: tuple[int, ...]
    height: int
    stride: int = 1
    pad: int = 0
    reach: int = 1

    def field(self, written: Rows) -> Field:
        """What some rows of the output need of what is read by rows."""
        top = written.first * self.stride - self.pad
        bottom = (written.end - 1) * self.stride - self.pad + self.reach
        rows = Rows(max(0, top), min(self.height, bottom))
        return Field(rows, rows.first - top, bottom - rows.end)


def reach_of(graph: Graph, op: Op) -> Reach:
    """The operator's, whichever rows it writes."""
    window, height = row_window(graph, op), graph.output_tensor(op).shape[1]
    if window is not None:
        source = graph.input_tensor(op, 0)
        pad = window.pad_before(source.shape[1])
        return Reach((source.id,), source.shape[1], window.stride, pad, window.reach)
    activations = (graph.tensors[i] for i in op.inputs if i is not None and not graph.tensors[i].is_constant)
    by_rows = dict.fromkeys(t.id for t in activations if len(t.shape) == 4 and t.shape[1] == height)
    return Reach(tuple(by_rows), height)


def walk(
    ops: Sequence[Op], reaches: Sequence[Reach], total: int, height: int, *, recompute: bool = False
) -> Walk:
    """The turns that make ``height`` of the ``total`` rows of the last operator's output each.

    Without ``recompute`` every row is computed once, and rows that a later turn reads again are carried.
    With it a turn begins from the region's inputs, as in MCUNetV2 (Lin et al., arXiv 2110.15352).
    """
    readers = Counter(i for op in ops for i in op.inputs)
    reached = dict.fromkeys((op.outputs[0] for op in ops), 0)
    turns: list[tuple[Turn, ...]] = []
    for first in range(0, total, height):
        needed = {ops[-1].outputs[0]: Rows(first, min(total, first + height))}
        done: list[Turn] = []
        for op, reach in zip(reversed(ops), reversed(reaches), strict=True):
            output = op.outputs[0]
            written = needed.get(output, Rows(reached[output], reached[output]))
            if not recompute:
                # With one reader, rows that it skips are never computed.
                start = max(reached[output], written.first if readers[output] == 1 else 0)
                written = Rows(start, max(start, written.end))
            rows = reach.field(written).rows
            read = dict.fromkeys(reach.by_rows, rows) if written.count else {}
            for tensor_id in read:
                known = needed.get(tensor_id, rows)
                needed[tensor_id] = Rows(min(known.first, rows.first), max(known.end, rows.end))
            done.append(Turn(written, read))
            if written.count:
                reached[output] = max(reached[output], written.end)
        turns.append(tuple(reversed(done)))
    by_stage = tuple(zip(*turns, strict=True))
    held = _fresh if recompute else _carried
    return Walk(by_stage, {op.outputs[0]: held(op.outputs[0], by_stage, i) for i, op in enumerate(ops[:-1])})


def _fresh(_tensor_id: int, turns: Sequence[Sequence[Turn]], stage: int) -> tuple[Held, ...]:
    """Each turn writes all that it reads."""
    return tuple(Held(t.written.first, t.written.end, Rows(0, 0)) for t in turns[stage])


def _carried(tensor_id: int, turns: Sequence[Sequence[Turn]], stage: int) -> tuple[Held, ...]:
    """Rows stay until the last turn that reads them."""
    firsts: list[int] = []
    following: int | None = None
    for t in reversed(range(len(turns[stage]))):
        candidates = [each[t].read[tensor_id].first for each in turns if tensor_id in each[t].read]
        written = turns[stage][t].written
        candidates += [written.first] if written.count else []
        candidates += [] if following is None else [following]
        following = min(candidates, default=written.end)
        firsts.append(following)
    held: list[Held] = []
    for first, turn in zip(reversed(firsts), turns[stage], strict=True):
        before = held[-1].end if held else 0
        carried = Rows(first, max(first, before)) if held else Rows(first, first)
        held.append(Held(first, max(before, turn.written.end), carried))
    return tuple(held)


def recomputed_rows(turns: Sequence[Turn]) -> int:
    """Rows that an operator writes more than once."""
    written = sum(turn.written.count for turn in turns)
    return max(0, written - max(turn.written.end for turn in turns))
