"""Everything the templates print, resolved: names, offsets, arrays, calls. No text layout here."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace

from edgeflow.codegen.arrays import Array, ArrayPool
from edgeflow.codegen.identifiers import Names, c_prefix
from edgeflow.codegen.literals import braced, c_type, float_literal, int_literal, shape_text
from edgeflow.codegen.stripes.region import Region, RegionCall, Stage
from edgeflow.codegen.stripes.runs import Run, runs_of
from edgeflow.codegen.stripes.table import Table
from edgeflow.codegen.stripes.unfolded import unfolded
from edgeflow.errors import InternalError, ModelError
from edgeflow.ir.graph import Graph, Op, Tensor
from edgeflow.memory.plan import MemoryPlan
from edgeflow.ops.spec import Arg, ConstArray, KernelCall, NullArg, ParamValue, ScratchArg, TensorArg


@dataclass(frozen=True, slots=True)
class Argument:
    """An argument of a kernel call as C text, and what it is."""

    text: str
    note: str


@dataclass(frozen=True, slots=True)
class Place:
    """Where something lies: which part of the arena (None: the arena is one piece), and where in it."""

    part: int | None
    offset_bytes: int

    def text(self, arena: str) -> str:
        """The address as C, of an arena that is one pointer, or an array of them."""
        part = "" if self.part is None else f"[{self.part}]"
        return f"{arena}{part} + {self.offset_bytes}"


@dataclass(frozen=True, slots=True)
class Trace:
    """A tensor to show after its operator."""

    tensor_id: int
    place: Place
    byte_count: int


@dataclass(frozen=True, slots=True)
class Call:
    """One kernel call with its params and arguments as C text."""

    kernel: KernelCall
    params: tuple[tuple[str, str], ...]
    arguments: tuple[Argument, ...]


@dataclass(frozen=True, slots=True)
class Striped:
    """How an operator of a region is printed; its ``Step`` has a call for each form of its stripes.

    ``arguments`` are those of the function that runs a turn, beside the arena: integers. ``columns`` and
    ``rows`` are the table of the runs. ``call`` says which call a turn makes; with ``pauses`` it is one more,
    and 0 for none. ``carried`` are the buffer whose rows move to its front, from where, and how many bytes.
    """

    region: str
    is_last: bool
    arguments: tuple[str, ...]
    element_type: str
    columns: tuple[str, ...]
    rows: tuple[tuple[int, ...], ...]
    call: str
    pauses: bool
    carried: tuple[str, str, str] | None


@dataclass(frozen=True, slots=True)
class RegionFunction:
    """The function that runs the operators of a region turn by turn; ``counts`` are the turns of each run."""

    name: str
    output_rows: int
    counts: tuple[int, ...]
    recomputed_macs: int
    last_index: int


@dataclass(frozen=True, slots=True)
class Step:
    """One operator; without ``function`` and ``calls`` when its bytes are in place already."""

    op: Op
    label: str
    function: str | None
    calls: tuple[Call, ...]
    traces: tuple[Trace, ...]
    weights_bytes: int
    macs: int
    recomputed_macs: int = 0
    striped: Striped | None = None


@dataclass(frozen=True, slots=True)
class Port:
    """A graph input or output and where it lies in the arena."""

    tensor: Tensor
    place: Place


@dataclass(frozen=True, slots=True)
class Variable:
    """What keeps its value between runs; before the first all bytes are ``fill``, or those of ``array``."""

    tensor: Tensor
    offset_bytes: int
    place: Place
    fill: int
    array: str | None


@dataclass(frozen=True, slots=True)
class Program:
    """A network ready to be printed; ``prefix`` begins every symbol of its own.

    With ``static_arena`` the generated C holds the arena, otherwise its caller does. ``subgraph`` is the
    file's that was compiled.
    """

    prefix: str
    source_sha256: str
    graph: Graph
    plan: MemoryPlan
    inputs: tuple[Port, ...]
    outputs: tuple[Port, ...]
    steps: tuple[Step, ...]
    arrays: tuple[Array, ...]
    variables: tuple[Variable, ...]
    static_arena: bool = False
    subgraph: int = 0
    regions: tuple[RegionFunction, ...] = ()

    @property
    def recomputed_macs(self) -> int:
        """Multiply-accumulates that run more than once."""
        return sum(region.recomputed_macs for region in self.regions)

    @property
    def arena_parts(self) -> tuple[int, ...]:
        """Bytes of each memory region that the arena is cut into."""
        return tuple(region.used_bytes for region in self.plan.regions) or (self.plan.arena_bytes,)

    @property
    def weights_bytes(self) -> int:
        """Bytes of all constant arrays."""
        return sum(array.values.nbytes for array in self.arrays)

    @property
    def state_bytes(self) -> int:
        """Bytes that must survive from one run to the next."""
        return sum(variable.tensor.byte_count for variable in self.variables)


def build_program(
    graph: Graph,
    calls: Mapping[int, tuple[KernelCall, ...]],
    plan: MemoryPlan,
    *,
    name: str,
    source_sha256: str,
    macs: Mapping[int, int],
    alias_ops: Collection[str] = ("RESHAPE",),
) -> Program:
    """Resolve a planned graph.

    Args:
        graph: the graph after all passes.
        calls: the kernel calls of every operator, in sequence, by ``Op.index``.
        plan: the checked memory plan of this graph.
        name: the model's name; symbols begin with its C form.
        source_sha256: hash of the source file, for the provenance comment.
        macs: multiply-accumulates of every operator, by ``Op.index``.
        alias_ops: operators that need no call when both ends share an offset.

    Raises:
        ModelError: the graph has no input or output, or one of them is a constant.
    """
    prefix = c_prefix(name)
    inputs = _ports(graph, plan, graph.inputs, "input")
    outputs = _ports(graph, plan, graph.outputs, "output")
    resolver = _Resolver(graph, plan, prefix, alias_ops)
    steps: list[Step] = []
    for position, op in enumerate(graph.ops):
        steps += resolver.steps(position, op, calls[op.index], macs)
    variables = tuple(resolver.variable(tensor_id) for tensor_id in sorted(graph.variables))
    return Program(
        prefix=prefix,
        source_sha256=source_sha256,
        graph=replace(graph, ops=tuple(step.op for step in steps)),
        plan=unfolded(graph, plan, calls),
        inputs=inputs,
        outputs=outputs,
        steps=tuple(steps),
        arrays=resolver.pool.arrays,
        variables=variables,
        regions=tuple(resolver.regions),
    )


def _ports(graph: Graph, plan: MemoryPlan, tensor_ids: tuple[int, ...], what: str) -> tuple[Port, ...]:
    if not tensor_ids:
        raise ModelError(f"the model has no {what}", f"export it with at least one {what} tensor")
    offsets = plan.tensor_offsets()
    places = _places(plan)
    for tensor_id in tensor_ids:
        if graph.tensors[tensor_id].is_constant:
            raise ModelError(
                f"the model's {what} `{graph.tensors[tensor_id].name}` is a constant",
                f"remove that {what} before the conversion; its value never changes",
            )
    return tuple(Port(graph.tensors[i], places(offsets[i])) for i in tensor_ids)


def _places(plan: MemoryPlan) -> Callable[[int], Place]:
    """From offsets of the plan to places."""
    if len(plan.regions) < 2:
        return lambda offset: Place(None, offset)
    return lambda offset: Place(*plan.region_place(offset))


@dataclass(frozen=True, slots=True)
class _StageOf:
    """A stage of a region: its function's name, and where buffers and the stage's scratch memory lie."""

    region: str
    stage: Stage
    runs: tuple[Run, ...]
    buffers: Mapping[int, int]
    scratch: int | None


class _Resolver:
    def __init__(self, graph: Graph, plan: MemoryPlan, prefix: str, alias_ops: Collection[str]) -> None:
        self.graph = graph
        self.prefix = prefix
        self.alias_ops = alias_ops
        self.names = Names()
        self.pool = ArrayPool(prefix, self.names)
        self.place = _places(plan)
        self.offsets = plan.tensor_offsets()
        self.scratch = plan.scratch_offsets()
        self.regions: list[RegionFunction] = []

    def steps(
        self, position: int, op: Op, calls: tuple[KernelCall, ...], macs: Mapping[int, int]
    ) -> list[Step]:
        """The operator, or those of the region that it stands for."""
        if isinstance(calls[0], RegionCall):
            return self._region(position, calls[0].region, macs)
        return [self.step(position, op, calls, macs[op.index])]

    def _region(self, position: int, region: Region, macs: Mapping[int, int]) -> list[Step]:
        runs, last = runs_of(region), region.stages[-1].op
        function = RegionFunction(
            name=self.names.unique(f"{self.prefix}_stripes{last.index:02d}"),
            output_rows=region.rows,
            counts=tuple(run.count for run in runs),
            recomputed_macs=region.recomputed_macs,
            last_index=last.index,
        )
        self.regions.append(function)
        base = self.scratch[position]
        buffers = {i: base + offset for i, offset in region.inner.tensor_offsets().items()}
        scratch = {at: base + offset for at, offset in region.inner.scratch_offsets().items()}
        return [
            self._stage(_StageOf(function.name, stage, runs, buffers, scratch.get(at)), macs[stage.op.index])
            for at, stage in enumerate(region.stages)
        ]

    def _stage(self, of: _StageOf, macs: int) -> Step:
        bytes_before = self.pool.byte_count
        op, calls, table = of.stage.op, of.stage.calls, Table(of.runs, of.stage.turns)
        call, pauses = table.call()
        moves, output = table.carried(), op.outputs[0]
        buffer = self.place(of.buffers[output]).text("arena") if moves else ""
        arguments = tuple(self._stage_argument(of, table, position) for position in range(len(calls[0].args)))
        kernels = tuple(
            Call(each, tuple((key, self._param(op, value)) for key, value in each.params), arguments)
            for each in calls
        )
        used = {"run": bool(table.columns), "turn": table.uses_turn}
        return Step(
            op=op,
            label=self.graph.label(op),
            function=self.names.unique(f"{self.prefix}_op{op.index:02d}_{op.kind.lower()}"),
            calls=kernels,
            traces=() if output in of.buffers or output < 0 else (self._trace(output),),
            weights_bytes=self.pool.byte_count - bytes_before,
            macs=macs,
            recomputed_macs=of.stage.recomputed_macs,
            striped=Striped(
                region=of.region,
                is_last=output not in of.buffers,
                arguments=tuple(name for name, is_used in used.items() if is_used),
                element_type=table.c_type,
                columns=tuple(column.name for column in table.columns),
                rows=tuple(table.rows),
                call=call,
                pauses=pauses,
                carried=(buffer, *moves) if moves else None,
            ),
        )

    def _stage_argument(self, of: _StageOf, table: Table, position: int) -> Argument:
        """An argument of all calls of a stage, which differ in their params alone."""
        op, calls = of.stage.op, of.stage.calls
        arg = calls[0].args[position]
        if isinstance(arg, ScratchArg):
            if of.scratch is None:
                return Argument("NULL", "no scratch")
            most = max(call.scratch_bytes for call in calls)
            return Argument(f"(void *)({self.place(of.scratch).text('arena')})", f"scratch, {most} bytes")
        if not isinstance(arg, TensorArg) or self.graph.tensors[arg.tensor_id].is_constant:
            return self._argument(0, op, calls[0], arg)
        tensor, is_output = self.graph.tensors[arg.tensor_id], arg.tensor_id in op.outputs
        constant, moving = table.offset("output" if is_output else f"input{position}", tensor.id)
        begin = of.buffers.get(tensor.id, self.offsets.get(tensor.id))
        if begin is None:
            raise InternalError(f"tensor {tensor.id} of a region lies nowhere")
        place = self.place(begin)
        text = replace(place, offset_bytes=place.offset_bytes + constant).text("arena") + moving
        qualifier = "" if is_output else "const "
        note = f"{'out' if is_output else 'in'}: rows of tensor {tensor.id}, {shape_text(tensor.shape)}"
        return Argument(f"({qualifier}{c_type(tensor.dtype)} *)({text})", note)

    def step(self, position: int, op: Op, calls: tuple[KernelCall, ...], macs: int) -> Step:
        bytes_before = self.pool.byte_count
        needed = not self._in_place(op)
        return Step(
            op=op,
            label=self.graph.label(op),
            function=self.names.unique(f"{self.prefix}_op{op.index:02d}_{op.kind.lower()}")
            if needed
            else None,
            calls=tuple(self._call(position, op, call) for call in calls) if needed else (),
            traces=tuple(self._trace(tensor_id) for tensor_id in op.outputs if tensor_id >= 0),
            weights_bytes=self.pool.byte_count - bytes_before,
            macs=macs,
        )

    def variable(self, tensor_id: int) -> Variable:
        value = self.graph.variables[tensor_id]
        content = value.tobytes()
        is_alike = content == content[:1] * len(content)
        array = None if is_alike else self.pool.name("state", self._first_user(tensor_id), value)
        return Variable(
            tensor=self.graph.tensors[tensor_id],
            offset_bytes=self.offsets[tensor_id],
            place=self.place(self.offsets[tensor_id]),
            fill=content[0],
            array=array,
        )

    def _first_user(self, tensor_id: int) -> int:
        users = (op.index for op in self.graph.ops if tensor_id in (*op.inputs, *op.updates))
        return next(users, 0)

    def _call(self, position: int, op: Op, call: KernelCall) -> Call:
        return Call(
            kernel=call,
            params=tuple((key, self._param(op, value)) for key, value in call.params),
            arguments=tuple(self._argument(position, op, call, arg) for arg in call.args),
        )

    def _in_place(self, op: Op) -> bool:
        """True for an alias operator whose output already lies where its input is."""
        if op.kind not in self.alias_ops or self.graph.input_tensor(op, 0).is_constant:
            return False
        return self.offsets[self.graph.input_tensor(op, 0).id] == self.offsets[op.outputs[0]]

    def _trace(self, tensor_id: int) -> Trace:
        return Trace(tensor_id, self.place(self.offsets[tensor_id]), self.graph.tensors[tensor_id].byte_count)

    def _argument(self, position: int, op: Op, call: KernelCall, arg: Arg) -> Argument:
        match arg:
            case TensorArg():
                return self._tensor_argument(op, arg)
            case ConstArray(role=role, values=values, alignment_bytes=alignment_bytes):
                return Argument(self.pool.name(role, op.index, values, alignment_bytes), "")
            case ScratchArg() if call.scratch_bytes > 0:
                text = f"(void *)({self.place(self.scratch[position]).text('arena')})"
                return Argument(text, f"scratch, {call.scratch_bytes} bytes")
            case ScratchArg():
                return Argument("NULL", "no scratch")
            case NullArg():
                return Argument("NULL", "absent")

    def _tensor_argument(self, op: Op, arg: TensorArg) -> Argument:
        tensor = self.graph.tensors[arg.tensor_id]
        if tensor.data is not None:
            name = self.pool.name(arg.role or "weights", op.index, tensor.data)
            return Argument(name, f"tensor {tensor.id}, {shape_text(tensor.shape)}")
        is_output = tensor.id in (*op.outputs, *op.updates)
        place = self.place(self.offsets[tensor.id]).text("arena")
        qualifier = "" if is_output else "const "
        text = f"({qualifier}{c_type(tensor.dtype)} *)({place})"
        way = "out" if is_output else "in"
        return Argument(text, f"{way}: tensor {tensor.id}, {shape_text(tensor.shape)}")

    def _param(self, op: Op, value: ParamValue) -> str:
        match value:
            case None:
                return "NULL"
            case ConstArray(role=role, values=values):
                return self.pool.name(role, op.index, values)
            case tuple():
                return braced(value)
            case float():
                return float_literal(value)
            case int():
                return _int32_param(op, int(value))


def _int32_param(op: Op, value: int) -> str:
    if not -(2**31) <= value < 2**32:
        raise InternalError(f"a parameter of {op.kind} #{op.index} is {value}, more than 32 bits")
    return int_literal(value) if value < 2**31 else f"{value}u"
