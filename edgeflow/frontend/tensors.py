"""One tensor of the file: element type, shape, quantization and constant data, each checked."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from edgeflow.errors import ModelError
from edgeflow.flatbuffer import Table
from edgeflow.frontend.schema import DTYPE_NAMES, BufferField, ModelField, QuantizationField, TensorField
from edgeflow.ir.graph import DTYPE_BYTES, Quant, Tensor

MAX_RANK = 8
MAX_NAMED = 8  # names in one sentence
MAX_TENSOR_BYTES = 2**31 - 1  # generated C counts elements in 32 bits

REQUANTIZE_HINT = "convert the model again as full-integer int8"


def read_tensor(
    model: Table, table: Table, tensor_id: int, *, given: tuple[int, ...] | None, is_inferred: bool
) -> Tensor:
    """The tensor of a `Tensor` table.

    Args:
        model: the root of the file.
        table: the tensor's own table.
        tensor_id: its index.
        given: a shape that replaces the file's.
        is_inferred: an operator writes it, so that its shape in the file is but a guess.

    Raises:
        ModelError: it has a type, shape, quantization or data that is corrupt or not supported.
    """
    name = table.text(TensorField.NAME) or f"tensor{tensor_id}"
    what = f"tensor {tensor_id} (`{short(name)}`)"
    _refuse_forms(table, what)
    dtype = read_dtype(table, what)
    shape = _shape(table, given, DTYPE_BYTES[dtype], what, is_inferred=is_inferred)
    quant = read_quant(table, shape, dtype, what)
    data = _constant(model, table, shape, dtype, what)
    return Tensor(tensor_id, name, shape, dtype, quant, data)


def short(name: str) -> str:
    """A name that fits into a sentence."""
    return name if len(name) <= 80 else f"{name[:77]}..."


def listed(names: Sequence[str]) -> str:
    """Names in backticks for a sentence, of many only the first."""
    shown = ", ".join(f"`{short(name)}`" for name in names[:MAX_NAMED])
    return shown if len(names) <= MAX_NAMED else f"{shown} and {len(names) - MAX_NAMED} more"


def pattern_text(dims: Sequence[int]) -> str:
    """``[1,?,96]`` for [1, -1, 96]."""
    return f"[{','.join('?' if dim < 1 else str(dim) for dim in dims)}]"


def _refuse_forms(table: Table, what: str) -> None:
    origin = table.file.origin
    if table.has(TensorField.SPARSITY):
        raise ModelError(
            f"`{origin}` stores {what} in sparse form, which is not supported.",
            "convert the model again without sparsity",
        )


def read_dtype(table: Table, what: str) -> str:
    """The element type of a `Tensor` table."""
    number = table.integer(TensorField.TYPE, "b")
    dtype = DTYPE_NAMES.get(number)
    if dtype is None:
        raise table.file.corrupt(f"{what} is of the unknown element type {number}")
    if dtype not in DTYPE_BYTES:
        message = f"`{table.file.origin}`: {what} is of type {dtype}, which is not supported."
        raise ModelError(message, REQUANTIZE_HINT)
    return dtype


def _shape(
    table: Table, given: tuple[int, ...] | None, element_bytes: int, what: str, *, is_inferred: bool
) -> tuple[int, ...]:
    """The static shape; a dynamic batch stands in `shape_signature` and is 1 here."""
    shape = given or table.integers(TensorField.SHAPE, "i") or ()
    if len(shape) > MAX_RANK:
        raise table.file.corrupt(f"{what} has {len(shape)} dimensions, more than {MAX_RANK}")
    if is_inferred:
        shape = tuple(max(1, dim) for dim in shape)  # any legal one will do
    if min(shape, default=1) < 1:
        message = f"`{table.file.origin}`: {what} has the shape {pattern_text(shape)}, which is not static."
        sizes = ",".join(str(max(1, dim)) for dim in shape)
        raise ModelError(message, f"give an input's shape with `--shape NAME={sizes}`, or convert again")
    if math.prod(shape) * element_bytes > MAX_TENSOR_BYTES:
        message = f"{what} of shape {list(shape)} has more than {MAX_TENSOR_BYTES} bytes"
        if given is not None:
            raise ModelError(f"`{table.file.origin}`: {message}.", "give a smaller shape")
        raise table.file.corrupt(message)
    return shape


def read_quant(table: Table, shape: tuple[int, ...], dtype: str, what: str) -> Quant | None:
    """Quantization, None where there is no scale (calibration alone leaves a minimum and a maximum)."""
    params = table.table(TensorField.QUANTIZATION, f"the quantization of {what}")
    if params is None or dtype in {"float32", "bool"}:
        return None
    if params.integer(QuantizationField.DETAILS_TYPE, "B"):
        message = f"`{table.file.origin}`: {what} has a custom quantization, which is not supported."
        raise ModelError(message, REQUANTIZE_HINT)
    scales = tuple(map(float, params.numbers(QuantizationField.SCALE, "f") or ()))
    if not scales:
        return None
    zero_points = params.integers(QuantizationField.ZERO_POINT, "q") or ()
    _check_values(table, scales, zero_points, dtype, what)
    if len(scales) == 1:
        return Quant(scales, zero_points)
    axis = params.integer(QuantizationField.QUANTIZED_DIMENSION, "i")
    return Quant(scales, zero_points, _axis(table, shape, axis, len(scales), what))


def _check_values(
    table: Table, scales: tuple[float, ...], zero_points: tuple[int, ...], dtype: str, what: str
) -> None:
    origin = table.file.origin
    if len(zero_points) != len(scales):
        raise table.file.corrupt(f"{what} has {len(scales)} scales, but {len(zero_points)} zero points")
    bad = next((scale for scale in scales if not (math.isfinite(scale) and scale > 0)), None)
    if bad is not None:
        message = f"`{origin}`: {what} has the scale {bad}; a scale must be finite and above 0."
        raise ModelError(message, "look for NaN, infinite or constant layers, then convert again")
    limits = np.iinfo(dtype)
    outside = next((z for z in zero_points if not limits.min <= z <= limits.max), None)
    if outside is not None:
        raise table.file.corrupt(f"{what} has the zero point {outside}, which is not in the range of {dtype}")


def _axis(table: Table, shape: tuple[int, ...], axis: int, count: int, what: str) -> int:
    """The dimension of per-channel quantization.

    Some converters give a bias of one dimension its weights' dimension (`person_detect` has 3);
    runtimes ignore it, since one dimension leaves no choice.
    """
    if len(shape) == 1:
        axis = 0
    if not 0 <= axis < len(shape):
        raise table.file.corrupt(f"{what} of shape {list(shape)} is quantized along dimension {axis}")
    if shape[axis] != count:
        raise table.file.corrupt(
            f"{what} has {count} scales along dimension {axis} of its shape {list(shape)}"
        )
    return axis


def _constant(
    model: Table, table: Table, shape: tuple[int, ...], dtype: str, what: str
) -> npt.NDArray[np.generic] | None:
    """The tensor's data as a read-only view of the file, None for an activation."""
    index = table.integer(TensorField.BUFFER, "I")
    buffer = model.element(ModelField.BUFFERS, index, f"buffer {index}")
    if buffer is None:
        raise table.file.corrupt(f"{what} names buffer {index} of {model.count(ModelField.BUFFERS)}")
    if buffer.integer(BufferField.OFFSET, "Q") > 1:
        message = f"`{table.file.origin}` stores {what} behind the model, a form for files above 2 GiB."
        raise ModelError(message, "convert the model again as one flatbuffer")
    raw = buffer.bytes_view(BufferField.DATA)
    if not raw:
        return None
    expected_bytes = math.prod(shape) * DTYPE_BYTES[dtype]
    if len(raw) != expected_bytes:
        raise table.file.corrupt(f"{what} has {len(raw)} bytes of data; its shape needs {expected_bytes}")
    return np.frombuffer(raw, dtype).reshape(shape)
