"""What TFLite Micro's allocator sees of a ``.tflite``: every tensor and operator of every subgraph.

The graph of the compiler leaves out tensors that nobody uses and passes change it; the runtime
allocates for what stands in the file.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from edgeflow.flatbuffer import Table, root_table
from edgeflow.frontend.schema import (
    BUILTIN_NAMES,
    DTYPE_NAMES,
    IDENTIFIER,
    BufferField,
    ModelField,
    OperatorCodeField,
    OperatorField,
    QuantizationField,
    SubGraphField,
    TensorField,
)

METADATA_NAME = "OfflineMemoryAllocation"
ONLINE_PLANNED = -1

# A resource is a handle that stands in the tensor struct itself and gets no buffer.
_ELEMENT_BYTES = {
    "float32": 4,
    "float16": 2,
    "float64": 8,
    "int4": 1,
    "int8": 1,
    "uint8": 1,
    "int16": 2,
    "uint16": 2,
    "int32": 4,
    "uint32": 4,
    "int64": 8,
    "uint64": 8,
    "bool": 1,
    "complex64": 8,
    "complex128": 16,
    "resource": 0,
}
# Options that name other subgraphs, in the order in which the allocator walks over them.
_CALLED_SLOTS = {"IF": (0, 1), "WHILE": (0, 1), "CALL_ONCE": (0,)}
_TRANSPOSED_SLOTS = {"BATCH_MATMUL": (0, 1)}  # adj_x, adj_y
_VAR_HANDLE_NAME_SLOTS = (0, 1)  # container, shared_name


@dataclass(frozen=True, slots=True)
class TensorFacts:
    """A tensor: its bytes, whether the file holds them, and its count of scales (0: not quantized)."""

    shape: tuple[int, ...]
    dtype: str
    byte_count: int
    is_constant: bool
    is_variable: bool
    scale_count: int

    @property
    def element_count(self) -> int:
        """Number of elements; 1 for a scalar."""
        return math.prod(self.shape)


@dataclass(frozen=True, slots=True)
class NodeFacts:
    """An operator: tensor indexes in its subgraph (-1: absent), subgraphs it calls, its variable's name.

    ``transposed`` says of each input of a BATCH_MATMUL whether it is given transposed.
    """

    kind: str
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]
    called_subgraphs: tuple[int, ...] = ()
    variable: str = ""
    transposed: tuple[bool, ...] = ()


@dataclass(frozen=True, slots=True)
class SubgraphFacts:
    """A subgraph: all tensors of the file by index, operators in the file's order."""

    tensors: tuple[TensorFacts, ...]
    nodes: tuple[NodeFacts, ...]
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ModelFacts:
    """All subgraphs, and the offsets of an offline plan, tensor by tensor, if the file has one."""

    subgraphs: tuple[SubgraphFacts, ...]
    offline_offsets: tuple[int, ...] | None = None

    @property
    def variable_count(self) -> int:
        """Number of resource variables, told apart by name."""
        return len({n.variable for g in self.subgraphs for n in g.nodes if n.kind == "VAR_HANDLE"})


def read_facts(data: bytes, origin: str) -> ModelFacts:
    """The facts of the bytes of a ``.tflite``; ``origin`` names them in messages.

    Raises:
        ModelError: the bytes are corrupt.
    """
    model = root_table(data, origin, IDENTIFIER, "the model")
    kinds = [_kind(entry) for entry in model.elements(ModelField.OPERATOR_CODES, "operator code")]
    filled = [
        bool(entry.bytes_view(BufferField.DATA) or entry.integer(BufferField.OFFSET, "Q") > 1)
        for entry in model.elements(ModelField.BUFFERS, "buffer")
    ]
    subgraphs = tuple(
        _subgraph(entry, kinds, filled) for entry in model.elements(ModelField.SUBGRAPHS, "subgraph")
    )
    return ModelFacts(subgraphs, _offline_offsets(model))


def _kind(code: Table) -> str:
    number = max(
        code.integer(OperatorCodeField.BUILTIN_CODE, "i"),
        code.integer(OperatorCodeField.DEPRECATED_BUILTIN_CODE, "b"),
    )
    return BUILTIN_NAMES.get(number, f"operator {number}")


def _subgraph(table: Table, kinds: list[str], filled: list[bool]) -> SubgraphFacts:
    tensors = tuple(_tensor(entry, filled) for entry in table.elements(SubGraphField.TENSORS, "tensor"))
    nodes = tuple(_node(entry, kinds) for entry in table.elements(SubGraphField.OPERATORS, "operator"))
    facts = SubgraphFacts(
        tensors,
        nodes,
        table.integers(SubGraphField.INPUTS, "i") or (),
        table.integers(SubGraphField.OUTPUTS, "i") or (),
    )
    named = [*facts.inputs, *facts.outputs, *(i for n in nodes for i in (*n.inputs, *n.outputs))]
    outside = next((i for i in named if not -1 <= i < len(tensors)), None)
    if outside is not None:
        raise table.file.corrupt(f"an operator, input or output names tensor {outside} of {len(tensors)}")
    return facts


def _tensor(table: Table, filled: list[bool]) -> TensorFacts:
    dtype = DTYPE_NAMES.get(table.integer(TensorField.TYPE, "b"), "")
    shape = table.integers(TensorField.SHAPE, "i") or ()
    buffer = table.integer(TensorField.BUFFER, "I")
    if buffer >= len(filled):
        raise table.file.corrupt(f"{table.what} names buffer {buffer} of {len(filled)}")
    return TensorFacts(
        shape=shape,
        dtype=dtype,
        byte_count=max(math.prod(shape), 0) * _ELEMENT_BYTES.get(dtype, 1),
        is_constant=filled[buffer],
        is_variable=bool(table.integer(TensorField.IS_VARIABLE, "B")),
        scale_count=_scale_count(table),
    )


def _scale_count(table: Table) -> int:
    quantization = table.table(TensorField.QUANTIZATION, f"the quantization of {table.what}")
    if quantization is None or not quantization.integers(QuantizationField.ZERO_POINT, "q"):
        return 0
    return len(quantization.numbers(QuantizationField.SCALE, "f") or ())


def _node(table: Table, kinds: list[str]) -> NodeFacts:
    code = table.integer(OperatorField.OPCODE_INDEX, "I")
    if code >= len(kinds):
        raise table.file.corrupt(f"{table.what} names operator code {code} of {len(kinds)}")
    kind = kinds[code]
    options = table.table(OperatorField.BUILTIN_OPTIONS, f"the options of {table.what}")
    called: tuple[int, ...] = ()
    variable = ""
    transposed: tuple[bool, ...] = ()
    if options is not None:
        transposed = tuple(bool(options.integer(slot, "B")) for slot in _TRANSPOSED_SLOTS.get(kind, ()))
        called = tuple(options.integer(slot, "i") for slot in _CALLED_SLOTS.get(kind, ()))
        if kind == "VAR_HANDLE":
            variable = "/".join(options.text(slot) for slot in _VAR_HANDLE_NAME_SLOTS)
    inputs = table.integers(OperatorField.INPUTS, "i") or ()
    outputs = table.integers(OperatorField.OUTPUTS, "i") or ()
    return NodeFacts(kind, inputs, outputs, called, variable, transposed)


def _offline_offsets(model: Table) -> tuple[int, ...] | None:
    """The last plan among the metadata: version, subgraph, count, then an offset per tensor."""
    found: tuple[int, ...] | None = None
    for entry in model.elements(ModelField.METADATA, "metadata"):
        if entry.text(0) != METADATA_NAME:
            continue
        buffer = model.element(ModelField.BUFFERS, entry.integer(1, "I"), "the offline plan's buffer")
        raw = bytes((buffer.bytes_view(BufferField.DATA) if buffer else None) or b"")
        words = memoryview(raw[: len(raw) // 4 * 4]).cast("i").tolist()
        if len(words) < 3 or not 0 <= words[2] <= len(words) - 3:
            raise model.file.corrupt("its offline memory plan is shorter than it says")
        found = tuple(words[3 : 3 + words[2]])
    return found
