"""From operators and a height of stripes to kernel calls, an inner plan and overlaps."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from edgeflow.codegen.offer import Offer
from edgeflow.codegen.stripes import rows as row_math
from edgeflow.codegen.stripes.region import REGION_KIND, Region, RegionCall, Stage, StageTurn
from edgeflow.codegen.stripes.rows import Held, Reach, Rows, Turn, Walk
from edgeflow.ir.graph import DTYPE_BYTES, Graph, Op, Tensor
from edgeflow.ir.overlap import Overlap
from edgeflow.memory.checker import check_plan
from edgeflow.memory.needs import least_arena_bytes
from edgeflow.memory.planner import plan_memory
from edgeflow.ops.geometry import windows
from edgeflow.ops.overlap import NO_PLACE, overlap, step_distance
from edgeflow.ops.registry import op_macs
from edgeflow.ops.spec import ConstArray, KernelCall, ScratchArg

# The shape of a stage's stripe: rows read of the first input, rows written, padding above and below.
Form = tuple[int, int, int, int]


class Lowered:
    """Kernel calls of stripes, each form of each operator once."""

    def __init__(self, graph: Graph, offer: Offer) -> None:
        self.graph = graph
        self.offer = offer
        self._reaches: dict[int, Reach] = {}
        self._known: dict[tuple[int, Form], tuple[tuple[str, KernelCall], ...]] = {}

    def reach(self, op: Op) -> Reach:
        """Which rows the operator reads."""
        if op.index not in self._reaches:
            self._reaches[op.index] = row_math.reach_of(self.graph, op)
        return self._reaches[op.index]

    def offered(self, op: Op, form: Form) -> tuple[tuple[str, KernelCall], ...]:
        """The calls to choose from, from the least scratch memory to the fastest; none of several calls.

        Before each stands a hash of what the calls of one stage must have in common: kernel and constants.
        """
        key = (op.index, form)
        if key not in self._known:
            graph = stripe_graph(self.graph, op, form)
            several = self.offer(graph, graph.ops[0])
            self._known[key] = tuple((_constants(calls[0]), calls[0]) for calls in several if len(calls) == 1)
        return self._known[key]


def stripe_form(reach: Reach, written: Rows) -> Form:
    """The form of what an operator does for some rows."""
    seen = reach.field(written)
    return (seen.rows.count, written.count, seen.pad_top, seen.pad_bottom)


def stripe_graph(graph: Graph, op: Op, form: Form) -> Graph:
    """A graph of the operator alone, on tensors of fewer rows."""
    read, written, pad_top, pad_bottom = form
    output, attrs = graph.output_tensor(op), dict(op.attrs)
    ids = [i for i in (*op.inputs, *op.outputs) if i is not None]
    tensors = {i: graph.tensors[i] for i in ids}
    if row_math.row_window(graph, op) is not None:
        source = graph.input_tensor(op, 0)
        _, columns = windows(op, *_kernel_size(graph, op))
        before, after = columns.pads(source.shape[2])
        pads = {"pad_top": pad_top, "pad_bottom": pad_bottom, "pad_left": before, "pad_right": after}
        attrs |= {"padding": "EXPLICIT", **pads}
        tensors[source.id] = _with_rows(source, read)
    else:
        for tensor_id in op.inputs:
            if tensor_id is not None and is_by_rows(graph.tensors[tensor_id], output):
                tensors[tensor_id] = _with_rows(graph.tensors[tensor_id], written)
    tensors[output.id] = _with_rows(output, written)
    inputs = tuple(dict.fromkeys(i for i in op.inputs if i is not None and not tensors[i].is_constant))
    return Graph(tensors, (replace(op, attrs=attrs),), inputs, op.outputs)


def is_by_rows(source: Tensor, output: Tensor) -> bool:
    """Whether an elementwise operator reads this input row by row, not again for each row."""
    return not source.is_constant and len(source.shape) == 4 and source.shape[1] == output.shape[1]


def _kernel_size(graph: Graph, op: Op) -> tuple[int, int]:
    if op.kind in row_math.CONVOLUTIONS:
        _, kernel_h, kernel_w, _ = graph.input_tensor(op, 1).shape
        return kernel_h, kernel_w
    return int(str(op.attrs["filter_height"])), int(str(op.attrs["filter_width"]))


def _with_rows(tensor: Tensor, count: int) -> Tensor:
    return replace(tensor, shape=(tensor.shape[0], count, *tensor.shape[2:]))


def row_bytes(tensor: Tensor) -> int:
    """Bytes of a row of a tensor [1, H, W, C]."""
    return tensor.shape[2] * tensor.shape[3] * DTYPE_BYTES[tensor.dtype]


@dataclass(frozen=True)
class Draft:
    """A region with its calls chosen, before anything is placed."""

    graph: Graph
    ops: tuple[Op, ...]
    rows: int
    walk: Walk
    reaches: tuple[Reach, ...]
    calls: tuple[Mapping[Form, KernelCall], ...]
    recompute: bool

    @cached_property
    def inner_graph(self) -> Graph:
        """The operators on buffers: those that carry rows from turn to turn are alive all the time."""
        tensors = {i: _with_rows(self.graph.tensors[i], _height(held)) for i, held in self.walk.held.items()}
        kept = tuple(i for i, held in self.walk.held.items() if any(h.carried.count for h in held))
        ops = tuple(
            replace(
                op,
                inputs=tuple(i for i in dict.fromkeys(op.inputs) if i in tensors),
                outputs=tuple(i for i in op.outputs if i in tensors),
            )
            for op in self.ops
        )
        return Graph(tensors, ops, kept, kept)

    @cached_property
    def recomputed_macs(self) -> int:
        """Multiply-accumulates that run more than once."""
        return sum(
            row_math.recomputed_rows(turns) * _macs_of_row(self.graph, op)
            for op, turns in zip(self.ops, self.walk.turns, strict=True)
        )

    @cached_property
    def least_bytes(self) -> int:
        """What no plan of its scratch memory can go below."""
        return least_arena_bytes(self.inner_graph, self.scratch_bytes, (), self.inner_overlaps)

    @cached_property
    def all_overlaps(self) -> tuple[Overlap, ...]:
        """Where the region's output may share memory with its inputs."""
        return tuple(each for i in region_inputs(self.graph, self.ops) for each in self.overlaps(i))

    @cached_property
    def scratch_bytes(self) -> dict[int, int]:
        """What each operator's kernels need."""
        return {
            op.index: max(call.scratch_bytes for call in calls.values())
            for op, calls in zip(self.ops, self.calls, strict=True)
        }

    @cached_property
    def inner_overlaps(self) -> dict[int, tuple[Overlap, ...]]:
        """What all forms of each operator allow between buffers whose stripe begins at their front."""
        movable = {i for i, held in self.walk.held.items() if not any(h.carried.count for h in held)}
        found = {}
        for op, calls in zip(self.ops, self.calls, strict=True):
            forms = [{(o.input_id, o.output_id): o for o in call.overlaps} for call in calls.values()]
            common = set.intersection(*(set(form) for form in forms))
            found[op.index] = tuple(
                Overlap(*pair, max(form[pair].distance_bytes for form in forms))
                for pair in sorted(common, key=str)
                if pair[0] in movable and (pair[1] is None or pair[1] in movable)
            )
        return found

    def overlaps(self, source_id: int) -> tuple[Overlap, ...]:
        """Where the region's output may begin before one of its inputs.

        What a turn writes must not reach rows that a later turn, or a later operator of it, reads.
        """
        source, output = self.graph.tensors[source_id], self.graph.output_tensor(self.ops[-1])
        reads, writes, inside = [], [], [-NO_PLACE]
        for turn in range(len(self.walk.turns[0])):
            for position, op in enumerate(self.ops):
                step = self.walk.turns[position][turn]
                if not step.written.count:
                    continue
                first = self._first_read(op, step, source)
                is_last = position == len(self.ops) - 1
                reads.append(first)
                writes.append(step.written.end * row_bytes(output) - 1 if is_last else -NO_PLACE)
                if is_last and first != NO_PLACE:
                    least = self._least(step, source_id)
                    if least is None:
                        return ()
                    inside.append(least + step.written.first * row_bytes(output) - first)
        between = step_distance(np.array(reads, np.int64), np.array(writes, np.int64))
        return overlap(source, output, max(between, *inside))

    def _first_read(self, op: Op, step: Turn, source: Tensor) -> int:
        if source.id not in op.inputs:
            return NO_PLACE
        return step.read[source.id].first * row_bytes(source) if source.id in step.read else 0

    def _least(self, step: Turn, source_id: int) -> int | None:
        """The distance that the last operator's own call needs."""
        call = self.calls[-1][stripe_form(self.reaches[-1], step.written)]
        found = [
            o.distance_bytes for o in call.overlaps if o.input_id == source_id and o.output_id is not None
        ]
        return found[0] if found else None


def _height(held: Sequence[Held]) -> int:
    return max(h.end - h.first for h in held)


def draft(
    lowered: Lowered, ops: tuple[Op, ...], rows: int, *, fastest: bool, recompute: bool = False
) -> Draft | None:
    """The region in stripes of that many rows, or None where an operator has no calls for all its stripes.

    The calls are the fastest ones or those of the least scratch memory.
    """
    graph = lowered.graph
    reaches, total = tuple(map(lowered.reach, ops)), graph.output_tensor(ops[-1]).shape[1]
    walk = row_math.walk(ops, reaches, total, rows, recompute=recompute)
    calls = []
    for op, reach, turns in zip(ops, reaches, walk.turns, strict=True):
        forms = list(dict.fromkeys(stripe_form(reach, t.written) for t in turns if t.written.count))
        chosen = _alike(lowered, op, forms, fastest=fastest)
        if chosen is None:
            return None
        calls.append(chosen)
    return Draft(graph, ops, rows, walk, reaches, tuple(calls), recompute)


def _alike(
    lowered: Lowered, op: Op, forms: Sequence[Form], *, fastest: bool
) -> dict[Form, KernelCall] | None:
    """A call for each form, all of one kernel on the same constants, so that these stand in flash once."""
    # Of those that are alike the last one stays: the fastest, or the one of the least scratch memory.
    by_form = [dict(lowered.offered(op, form)[:: 1 if fastest else -1]) for form in forms]
    common = set.intersection(*(set(each) for each in by_form))
    tallest = max(range(len(forms)), key=lambda i: forms[i][1])
    wanted = next((key for key in reversed(by_form[tallest]) if key in common), None)
    if wanted is None:
        return None
    return {form: each[wanted] for form, each in zip(forms, by_form, strict=True)}


def _constants(call: KernelCall) -> str:
    found = hashlib.sha256(f"{call.function} {call.header} {call.params_type}".encode())
    for value in (*call.args, *(value for _, value in call.params)):
        if isinstance(value, ConstArray):
            found.update(f"{value.role} {value.values.dtype.name} {value.values.shape}".encode())
            found.update(value.values.tobytes())
    return found.hexdigest()


def finished(draft: Draft) -> RegionCall:
    """The region with its scratch memory planned and checked.

    Raises:
        InternalError: the inner plan is wrong.
    """
    inner = plan_memory(draft.inner_graph, draft.scratch_bytes, (), overlaps=draft.inner_overlaps)
    check_plan(draft.inner_graph, inner, draft.scratch_bytes, (), draft.inner_overlaps)
    stages = tuple(_stage(draft, position) for position in range(len(draft.ops)))
    return RegionCall(
        function=REGION_KIND.lower(),
        header="",
        args=(ScratchArg(),),
        scratch_bytes=inner.arena_bytes,
        overlaps=draft.all_overlaps,
        region=Region(stages, draft.rows, inner),
    )


def region_inputs(graph: Graph, ops: Sequence[Op]) -> tuple[int, ...]:
    """The activations that a region reads from outside."""
    inner = {i for op in ops for i in op.outputs}
    read = dict.fromkeys(i for op in ops for i in op.inputs if i is not None and i not in inner)
    return tuple(i for i in read if not graph.tensors[i].is_constant)


def stand_in(graph: Graph, ops: Sequence[Op]) -> Op:
    """The operator that stands for a region in the memory plan."""
    return Op(ops[-1].index, REGION_KIND, 1, region_inputs(graph, ops), ops[-1].outputs)


def _stage(draft: Draft, position: int) -> Stage:
    graph, op, turns = draft.graph, draft.ops[position], draft.walk.turns[position]
    distinct = list(draft.calls[position].values())
    places = {form: i for i, form in enumerate(draft.calls[position])}
    held = draft.walk.held
    found = []
    for number, turn in enumerate(turns):
        output = graph.output_tensor(op)
        own = held[output.id][number] if output.id in held else None
        offsets = {i: _offset(graph, held, i, rows, number) for i, rows in turn.read.items()}
        offsets[output.id] = _offset(graph, held, output.id, turn.written, number)
        call = places[stripe_form(draft.reaches[position], turn.written)] if turn.written.count else None
        carried_from = carried_bytes = 0
        if own is not None and own.carried.count and number:
            carried_from = (own.carried.first - held[output.id][number - 1].first) * row_bytes(output)
            carried_bytes = own.carried.count * row_bytes(output) if carried_from else 0
        found.append(StageTurn(call, offsets, carried_from if carried_bytes else 0, carried_bytes))
    again = row_math.recomputed_rows(turns) * _macs_of_row(graph, op)
    return Stage(op, tuple(distinct), tuple(found), again)


def _macs_of_row(graph: Graph, op: Op) -> int:
    return op_macs(graph, op) // graph.output_tensor(op).shape[1]


def _offset(graph: Graph, held: Mapping[int, Sequence[Held]], tensor_id: int, rows: Rows, turn: int) -> int:
    first = held[tensor_id][turn].first if tensor_id in held else 0
    return (rows.first - first) * row_bytes(graph.tensors[tensor_id])
