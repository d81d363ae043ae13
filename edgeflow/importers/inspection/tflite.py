"""What a `.tflite` file is refused for, read by the bounds-checked reader that the compiler uses too.

Slots of fields: tensorflow/lite/schema/schema.fbs.
"""

from __future__ import annotations

from pathlib import Path

from edgeflow.errors import ModelError
from edgeflow.flatbuffer import Table, root_table
from edgeflow.importers.inspection.files import file_bytes
from edgeflow.importers.inspection.sizes import checked_bytes

IDENTIFIER = b"TFL3"
MODEL_OPERATOR_CODES, MODEL_SUBGRAPHS, MODEL_BUFFERS = 1, 2, 4
CODE_DEPRECATED, CODE_CUSTOM, CODE_BUILTIN = 0, 1, 3
SUBGRAPH_TENSORS = 0
TENSOR_SHAPE, TENSOR_TYPE, TENSOR_BUFFER, TENSOR_NAME = 0, 1, 2, 3
BUFFER_DATA, BUFFER_OFFSET = 0, 1
CUSTOM = 32
# TensorType -> bits of an element, as far as it has a size of its own.
ELEMENT_BITS = {
    **dict.fromkeys((0, 2, 15), 32),
    **dict.fromkeys((1, 7, 16, 18), 16),
    **dict.fromkeys((4, 8, 10, 12), 64),
    11: 128,
    17: 4,
}


def inspect_tflite(path: Path) -> None:
    """Raise ModelError for a file that is corrupt, has custom operators or declares more than the limits."""
    model = root_table(file_bytes(path), path.name, IDENTIFIER, "the model")
    _check_operators(model)
    buffers = model.count(MODEL_BUFFERS)
    for buffer in model.elements(MODEL_BUFFERS, "buffer"):
        buffer.bytes_view(BUFFER_DATA)
        if buffer.integer(BUFFER_OFFSET, "Q") > 1:  # 0 and 1 stand for no such place
            raise ModelError(
                f"`{path.name}` keeps {buffer.what} behind its tables, as files above 2 GiB do.",
                "convert a smaller model",
            )
    for subgraph in model.elements(MODEL_SUBGRAPHS, "subgraph"):
        for tensor in subgraph.elements(SUBGRAPH_TENSORS, "tensor"):
            _check_tensor(tensor, buffers)


def _check_operators(model: Table) -> None:
    for code in model.elements(MODEL_OPERATOR_CODES, "operator code"):
        number = max(code.integer(CODE_BUILTIN, "i"), code.integer(CODE_DEPRECATED, "b"))
        if number == CUSTOM:
            raise ModelError(
                f"`{model.file.origin}` has the custom operator `{code.text(CODE_CUSTOM)}`, code that is not"
                " in the file.",
                "convert the model again with builtin operators only",
            )


def _check_tensor(tensor: Table, buffers: int) -> None:
    shape = tensor.integers(TENSOR_SHAPE, "i") or ()
    bits = ELEMENT_BITS.get(tensor.integer(TENSOR_TYPE, "b"), 8)
    checked_bytes(tensor.file.origin, f"tensor `{tensor.text(TENSOR_NAME)[:200]}`", shape, bits)
    if tensor.integer(TENSOR_BUFFER, "I") >= max(buffers, 1):
        raise tensor.file.corrupt(f"{tensor.what} names a buffer that is not there")
