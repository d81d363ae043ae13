"""Change a ``.tflite`` without writing it anew: numbers in place, longer lists at its end.

Of files that have been read before; nonsense raises what the flatbuffer classes raise, ``EDIT_ERRORS``.
"""

from __future__ import annotations

import struct
from collections.abc import Collection, Mapping, Sequence
from typing import Any

EDIT_ERRORS = (struct.error, TypeError, AttributeError)

# Places in the vtables: 4 and twice the number of the field in schema.fbs.
_MODEL_SUBGRAPHS, _MODEL_SIGNATURES = 8, 18
_SUBGRAPH_INPUTS, _SUBGRAPH_OUTPUTS, _SUBGRAPH_OPERATORS = 6, 8, 10
_TENSOR_SHAPE = 4
_CODE_VERSION = 8


def with_outputs(model: bytes, tensor_ids: Sequence[int]) -> bytes:
    """The model with these tensors of its first subgraph as further outputs.

    They keep their values to the end. ``experimental_preserve_all_tensors`` does not do:
    tflite-runtime 2.14 still lets ADD write over its input.
    """
    if not tensor_ids:
        return model
    data = bytearray(model)
    subgraph = _root(data).Subgraphs(0)
    old = [subgraph.Outputs(index) for index in range(subgraph.OutputsLength())]
    new = [*old, *(tensor_id for tensor_id in tensor_ids if tensor_id not in old)]
    _append(data, _field(subgraph, _SUBGRAPH_OUTPUTS), new)
    return bytes(data)


def with_integer_edges(model: bytes) -> bytes | None:
    """The model without QUANTIZE of its float32 inputs and DEQUANTIZE to its outputs; None if it has none.

    QUANTIZE between uint8 at an edge and int8 goes, too, where it only shifts by 128. Only of one subgraph,
    and where nothing else reads the float values. Signatures, which name the old tensors, are left out.
    """
    import tflite

    data = bytearray(model)
    root = _root(data)
    if root.SubgraphsLength() != 1:
        return None
    subgraph = root.Subgraphs(0)
    operators = [subgraph.Operators(index) for index in range(subgraph.OperatorsLength())]
    kinds = [_builtin(root.OperatorCodes(operator.OpcodeIndex())) for operator in operators]
    reads = [[op.Inputs(i) for i in range(op.InputsLength())] for op in operators]
    writes = [[op.Outputs(i) for i in range(op.OutputsLength())] for op in operators]
    removed: dict[int, tuple[int, int]] = {}
    for index, kind in enumerate(kinds):
        before, after = (reads[index] or [-1])[0], (writes[index] or [-1])[0]
        is_alone = sum(before in each for each in reads) == 1
        is_unread = not any(after in each for each in reads)
        if kind == tflite.BuiltinOperator.QUANTIZE and is_alone and _is_edge(subgraph, before, after):
            removed[index] = (before, after)
        is_shift = kind == tflite.BuiltinOperator.QUANTIZE and _is_shift(subgraph, after, before)
        if is_unread and (kind == tflite.BuiltinOperator.DEQUANTIZE or is_shift):
            removed[index] = (after, before)
    inputs = [subgraph.Inputs(i) for i in range(subgraph.InputsLength())]
    outputs = [subgraph.Outputs(i) for i in range(subgraph.OutputsLength())]
    removed = {at: pair for at, pair in removed.items() if pair[0] in (*inputs, *outputs)}
    replaced = dict(removed.values())
    ports = [[replaced.get(i, i) for i in each] for each in (inputs, outputs)]
    if not removed or any(len({*each}) < len(each) for each in ports) or {*ports[0]} & {*ports[1]}:
        return None  # of no use, or two ports would become one
    _remove(data, subgraph, removed)
    _append(data, _field(subgraph, _SUBGRAPH_INPUTS), ports[0])
    _append(data, _field(subgraph, _SUBGRAPH_OUTPUTS), ports[1])
    if root.SignatureDefsLength():
        _append(data, _field(root, _MODEL_SIGNATURES), [])
    return bytes(data)


def _is_edge(subgraph: Any, edge: int, inner: int) -> bool:  # noqa: ANN401  the generated classes are untyped
    """Whether QUANTIZE from the one to the other tensor may be the caller's: from float32, or a shift."""
    import tflite

    return subgraph.Tensors(edge).Type() == tflite.TensorType.FLOAT32 or _is_shift(subgraph, edge, inner)


def _is_shift(subgraph: Any, edge: int, inner: int) -> bool:  # noqa: ANN401  as above
    """Whether uint8 values are the int8 values plus 128: one scale, and zero points that far apart."""
    import tflite

    tensors = [subgraph.Tensors(i) for i in (edge, inner)]
    quants = [tensor.Quantization() for tensor in tensors]
    if [tensor.Type() for tensor in tensors] != [tflite.TensorType.UINT8, tflite.TensorType.INT8]:
        return False
    if any(quant is None or quant.ScaleLength() != 1 or quant.ZeroPointLength() != 1 for quant in quants):
        return False
    (scale, zero_point), other = ((quant.Scale(0), quant.ZeroPoint(0)) for quant in quants)
    return bool((scale, zero_point - 128) == other)


def _builtin(code: Any) -> int:  # noqa: ANN401  the generated classes are untyped
    """Old files have the number in the narrow field only."""
    return max(int(code.DeprecatedBuiltinCode()), int(code.BuiltinCode()))


def _remove(data: bytearray, subgraph: Any, removed: Collection[int]) -> None:  # noqa: ANN401  as above
    """Take operators out of a subgraph's list: the rest moves forward, and its offsets grow by as much."""
    table = subgraph._tab  # noqa: SLF001  the generated classes have no other way to a field's place
    first = table.Vector(table.Offset(_SUBGRAPH_OPERATORS))
    count = subgraph.OperatorsLength()
    places = [first + 4 * at + struct.unpack_from("<I", data, first + 4 * at)[0] for at in range(count)]
    left = [place for at, place in enumerate(places) if at not in removed]
    struct.pack_into("<I", data, first - 4, len(left))
    for at, place in enumerate(left):
        struct.pack_into("<I", data, first + 4 * at, place - (first + 4 * at))


def with_only_subgraph(model: bytes, index: int) -> bytes:
    """The model without its other subgraphs and without signatures, which number them."""
    data = bytearray(model)
    root = _root(data)
    table = root._tab  # noqa: SLF001  the generated classes have no other way to a field's place
    first = table.Vector(table.Offset(_MODEL_SUBGRAPHS))
    target = root.Subgraphs(index)._tab.Pos  # noqa: SLF001  as above
    struct.pack_into("<II", data, first - 4, 1, target - first)
    if root.SignatureDefsLength():
        _append(data, _field(root, _MODEL_SIGNATURES), [])
    return bytes(data)


def with_shapes(model: bytes, shapes: Mapping[int, Sequence[int]]) -> bytes:
    """The model with these shapes of tensors of its first subgraph; equal ones stay as they are.

    Tensors may share a list, so none is changed. One whose shape the file leaves out, a scalar, keeps it.
    """
    data = bytearray(model)
    subgraph = _root(data).Subgraphs(0)
    for tensor_id, shape in sorted(shapes.items()):
        tensor = subgraph.Tensors(tensor_id)
        old = [tensor.Shape(index) for index in range(tensor.ShapeLength())]
        if old != list(shape) and not tensor.ShapeIsNone():
            _append(data, _field(tensor, _TENSOR_SHAPE), shape)
    return bytes(data)


def with_version_at_most(model: bytes, builtin: int, version: int) -> bytes:
    """The model with this version of a builtin operator where it stands with a later one."""
    data = bytearray(model)
    root = _root(data)
    for index in range(root.OperatorCodesLength()):
        code = root.OperatorCodes(index)
        if _builtin(code) == builtin and code.Version() > version:
            struct.pack_into("<i", data, _field(code, _CODE_VERSION), version)
    return bytes(data)


def _root(data: bytearray) -> Any:  # noqa: ANN401  the generated classes are untyped
    import tflite

    return tflite.Model.GetRootAsModel(data, 0)


def _field(table: Any, place: int) -> int:  # noqa: ANN401  as above
    """Where the field's offset stands in the file."""
    inner = table._tab  # noqa: SLF001  as above
    return int(inner.Pos + inner.Offset(place))


def _append(data: bytearray, field: int, values: Sequence[int]) -> None:
    """Let a field name a new list of 32-bit integers at the end of the file."""
    data += bytes(-len(data) % 4)
    struct.pack_into("<I", data, field, len(data) - field)
    data += struct.pack(f"<I{len(values)}i", len(values), *values)
