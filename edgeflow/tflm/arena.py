"""The arena that TFLite Micro needs for a model, played through as its allocator goes.

The arena is filled from both ends. Persistent structs grow down from its end (the tail). From its
start grow, while a model is prepared, requests for scratch buffers and temporary structs, and then
the memory plan's working arrays; after that the same place holds activations and scratch (the head).
The need is the largest sum of both ends at any step. Order and lifetimes follow
``docs/memory_management.md``, ``micro_allocator.h`` and ``micro_interpreter.h`` of TFLite Micro.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from edgeflow.tflm import structs
from edgeflow.tflm.greedy import BUFFER_ALIGNMENT_BYTES, planned_bytes
from edgeflow.tflm.head import ScratchRequest, all_tensors, head_buffers, operands, planned_tensors
from edgeflow.tflm.kernels import REFERENCE_KERNELS, Kernel, Operands
from edgeflow.tflm.layout import align_up, struct_block
from edgeflow.tflm.source import ModelFacts, NodeFacts, SubgraphFacts, TensorFacts


@dataclass(frozen=True, slots=True)
class ArenaNeed:
    """Bytes of a TFLite Micro arena.

    ``head_bytes`` holds activations and scratch during Invoke, ``tail_bytes`` what lives as long as the
    interpreter, ``temporary_bytes`` what stands at the head's place while the model is prepared.
    ``arena_bytes`` is the least arena that passes every step, a multiple of 16.
    """

    head_bytes: int
    tail_bytes: int
    temporary_bytes: int
    arena_bytes: int


def unknown_kinds(model: ModelFacts, kernels: Mapping[str, Kernel] = REFERENCE_KERNELS) -> tuple[str, ...]:
    """The operator kinds of a model whose need is not known, in alphabetical order."""
    return tuple(sorted({n.kind for g in model.subgraphs for n in g.nodes} - set(kernels)))


def arena_need(
    model: ModelFacts,
    pointer_bytes: int,
    kernels: Mapping[str, Kernel] = REFERENCE_KERNELS,
    *,
    recording: bool = False,
) -> ArenaNeed:
    """The need of a model all of whose operators are in ``kernels``.

    Args:
        model: the facts of the file.
        pointer_bytes: 4 or 8.
        kernels: what each operator's kernel allocates.
        recording: with the larger objects of the recording allocator, as in the Python package.
    """
    arena = _Arena(pointer_bytes)
    arena.create(recording=recording)
    return _Allocation(model, arena, kernels).run()


class _Arena:
    """Both ends of the arena and the largest sum so far; its base and its size are multiples of 16."""

    def __init__(self, pointer_bytes: int) -> None:
        self.pointer_bytes = pointer_bytes
        self.tail = 0
        self.head = 0
        self.temporary = 0
        self.peak = 0
        self.highest_temporary = 0

    def create(self, *, recording: bool) -> None:
        """The allocator's own objects."""
        self.struct(structs.RECORDING_ARENA_ALLOCATOR if recording else structs.SINGLE_ARENA_ALLOCATOR)
        self.struct(structs.GREEDY_PLANNER)
        self.struct(structs.RECORDING_MICRO_ALLOCATOR if recording else structs.MICRO_ALLOCATOR)

    def persistent(self, byte_count: int, alignment_bytes: int = BUFFER_ALIGNMENT_BYTES) -> None:
        """Allocate at the tail."""
        self.tail = align_up(self.tail + byte_count, alignment_bytes)
        self._note()

    def struct(self, fields: str, count: int = 1) -> None:
        """Allocate an array of structs at the tail, aligned as the struct is."""
        block = struct_block(fields, self.pointer_bytes)
        self.persistent(block.byte_count * count, block.alignment_bytes)

    def kernel_struct(self, fields: str, count: int = 1) -> None:
        """Allocate structs at the tail as kernels do, aligned to 16."""
        self.persistent(struct_block(fields, self.pointer_bytes).byte_count * count)

    def reserve_head(self, byte_count: int) -> None:
        """Set the head's size; temporary structs are gone."""
        self.head = byte_count
        self.temporary = byte_count
        self._note()

    def temp(self, byte_count: int, alignment_bytes: int) -> None:
        """Allocate above the head until it is next set."""
        self.temporary = align_up(self.temporary, alignment_bytes) + byte_count
        self.highest_temporary = max(self.highest_temporary, self.temporary)
        self._note()

    def temp_struct(self, fields: str, count: int = 1) -> None:
        """Allocate structs above the head."""
        block = struct_block(fields, self.pointer_bytes)
        self.temp(block.byte_count * count, block.alignment_bytes)

    def _note(self) -> None:
        self.peak = max(self.peak, self.tail + max(self.head, self.temporary))


class _Allocation:
    """The interpreter's AllocateTensors, step by step."""

    def __init__(self, model: ModelFacts, arena: _Arena, kernels: Mapping[str, Kernel]) -> None:
        self.model = model
        self.arena = arena
        self.kernels = kernels
        self.scratch: list[ScratchRequest] = []
        self.assigned: set[str] = set()

    def run(self) -> ArenaNeed:
        self._start()
        self._parse_and_init()
        self._prepare()
        head_bytes = self._plan()
        self._inputs_and_outputs()
        return ArenaNeed(
            head_bytes=head_bytes,
            tail_bytes=self.arena.tail,
            temporary_bytes=self.arena.highest_temporary,
            arena_bytes=align_up(self.arena.peak, BUFFER_ALIGNMENT_BYTES),
        )

    def _start(self) -> None:
        arena, model = self.arena, self.model
        if model.variable_count:
            arena.kernel_struct(structs.RESOURCE_VARIABLES)
            arena.kernel_struct(structs.RESOURCE_VARIABLE, model.variable_count)
        arena.struct(structs.BUILTIN_DATA_ALLOCATOR)
        self._reserve_requests()
        arena.struct(structs.SUBGRAPH_ALLOCATIONS, len(model.subgraphs))
        for graph in model.subgraphs:
            arena.struct(structs.EVAL_TENSOR, len(graph.tensors))
        for graph in model.subgraphs:
            arena.struct(structs.NODE_AND_REGISTRATION, len(graph.nodes))

    def _reserve_requests(self) -> None:
        block = struct_block(structs.SCRATCH_REQUEST, self.arena.pointer_bytes)
        count = len(self.scratch) + structs.SCRATCH_REQUESTS_PER_NODE
        self.arena.reserve_head(block.byte_count * count)

    def _parse_and_init(self) -> None:
        kernels = [self.kernels[node.kind] for graph in self.model.subgraphs for node in graph.nodes]
        for kernel in kernels:
            if kernel.params:
                self.arena.struct(kernel.params)
        for kernel in kernels:
            if kernel.op_data:
                self.arena.kernel_struct(kernel.op_data)

    def _prepare(self) -> None:
        for subgraph, graph in enumerate(self.model.subgraphs):
            for position, node in enumerate(graph.nodes):
                named = operands(graph, node)
                kernel = self.kernels[node.kind]
                for tensor in _temporaries(kernel, named):
                    self._temp_tensor(tensor)
                for byte_count in kernel.persistent(named):
                    self.arena.persistent(byte_count)
                self._resource_buffer(graph, node)
                self.scratch += [(subgraph, position, n) for n in kernel.scratch(named)]
                self._reserve_requests()

    def _temp_tensor(self, tensor: TensorFacts) -> None:
        self.arena.temp_struct(structs.TENSOR)
        if tensor.scale_count:
            self.arena.temp_struct(structs.AFFINE_QUANTIZATION)
            self.arena.temp(4 + 4 * tensor.scale_count, 4)

    def _resource_buffer(self, graph: SubgraphFacts, node: NodeFacts) -> None:
        """The first operator that assigns a variable gets it its bytes."""
        if node.kind != "ASSIGN_VARIABLE":
            return
        handle = next((n for n in graph.nodes if n.outputs[:1] == node.inputs[:1]), None)
        if handle is not None and handle.variable not in self.assigned:
            self.assigned.add(handle.variable)
            self.arena.persistent(graph.tensors[node.inputs[1]].byte_count)

    def _plan(self) -> int:
        """Handles, variables, the plan and its working arrays; the bytes of the head."""
        arena, model = self.arena, self.model
        if self.scratch:
            arena.struct(structs.SCRATCH_HANDLE, len(self.scratch))
        tensors = all_tensors(model)
        planned = set(planned_tensors(model))
        for index, tensor in enumerate(tensors):
            if tensor.is_variable and index not in planned:
                arena.persistent(tensor.byte_count)
        arena.temp(arena.pointer_bytes * len(model.subgraphs), arena.pointer_bytes)
        arena.temp_struct(structs.ALLOCATION_INFO, len(tensors) + len(self.scratch))
        buffers = head_buffers(model, self.scratch)
        working_bytes = structs.GREEDY_PLANNER_BYTES_PER_BUFFER * len(buffers)
        # What is left between both ends is cut to multiples of 16 on either side.
        arena.tail, unaligned_tail = align_up(arena.tail, BUFFER_ALIGNMENT_BYTES), arena.tail
        arena.temp(working_bytes, BUFFER_ALIGNMENT_BYTES)
        arena.tail = unaligned_tail
        head_bytes = planned_bytes(buffers)
        arena.reserve_head(head_bytes)
        return head_bytes

    def _inputs_and_outputs(self) -> None:
        if not self.model.subgraphs:
            return
        graph = self.model.subgraphs[0]
        for tensor_ids in (graph.inputs, graph.outputs):
            self.arena.kernel_struct("p", len(tensor_ids))
            for tensor in (graph.tensors[i] for i in tensor_ids):
                self.arena.struct(structs.TENSOR)
                if tensor.scale_count:
                    self.arena.struct(structs.AFFINE_QUANTIZATION)
                    self.arena.persistent(4 + 4 * tensor.scale_count, 4)


def _temporaries(kernel: Kernel, named: Operands) -> list[TensorFacts]:
    found: list[TensorFacts | None] = []
    for name in kernel.temps.split():
        if name == "i*":
            found += named.inputs
        elif name[0] == "i":
            found.append(named.input(int(name[1:])))
        else:
            found += named.outputs[int(name[1:]) :][:1]
    return [tensor for tensor in found if tensor is not None]
