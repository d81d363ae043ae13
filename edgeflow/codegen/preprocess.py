"""``preprocess.c`` and ``.h``: a raw picture, row by row, to the network's input. Data and calls only."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import numpy as np
import numpy.typing as npt

from edgeflow.codegen.kernels import kernel_files
from edgeflow.codegen.program import Program
from edgeflow.codegen.render import render
from edgeflow.codegen.sound import sound_files
from edgeflow.errors import UsageError
from edgeflow.ir.graph import Graph, Tensor
from edgeflow.ops.spec import KernelCall
from edgeflow.preprocess.audio_spec import SoundSpec
from edgeflow.preprocess.declaration import Declaration
from edgeflow.preprocess.spec import PictureSpec
from edgeflow.preprocess.values import RawType, raw_table, real_table

# Of `ef_picture`, on every machine; preprocess.c asserts it.
_PICTURE_BYTES = 48
_MINUS_128 = 128  # the xor that takes 128 from a pixel
_COLORS = {1: "grey", 3: "rgb"}
_VALUE_TYPES = ("int8", "uint8", "int16", "float32")


@dataclass(frozen=True, slots=True)
class Preprocess:
    """What the templates print. ``table`` is None where no pixel needs one; ``functions`` by their place."""

    prefix: str
    spec: PictureSpec
    value_type: str
    flip: int
    table: npt.NDArray[Any] | None
    work: tuple[str, int] | None
    functions: dict[str, str | None]

    @property
    def state_bytes(self) -> int:
        """Of the caller's memory that a picture needs while its rows come."""
        element, count = self.work or ("uint8", 0)
        return _PICTURE_BYTES + np.dtype(element).itemsize * count

    @property
    def work_bytes(self) -> int:
        """The part of it that depends on the input's size."""
        return self.state_bytes - _PICTURE_BYTES


def preprocess_files(spec: Declaration, program: Program, kernels_dir: Path) -> dict[str, bytes]:
    """The C of a model's preprocessing by flat file name: its own two files and those of the kernels.

    Raises UsageError when the network does not take such a picture or sound.
    """
    if isinstance(spec, SoundSpec):
        tensor = _input(spec, program.graph)
        table = _table(spec, tensor)
        flip = _flip(table, tensor)
        return sound_files(spec, tensor, program.prefix, kernels_dir, flip=flip, table=table)
    preprocess = preprocess_of(spec, program.graph, program.prefix)
    values = {"p": preprocess, "macro": preprocess.prefix.upper()}
    own = {f"preprocess.{kind}": render(f"preprocess.{kind}.j2", **values).encode() for kind in ("h", "c")}
    functions = ["ef_picture_begin", "ef_picture_row", "ef_picture_frame"]
    functions += [function for function in preprocess.functions.values() if function]
    calls = [KernelCall(function, "ef_picture.h", ()) for function in functions]
    headers = ("ef_picture_rows.h", "ef_picture_place.h", "ef_picture_values.h")
    return own | kernel_files(calls, kernels_dir / "preprocess", headers)


def preprocess_of(spec: PictureSpec, graph: Graph, prefix: str) -> Preprocess:
    """The declaration resolved for a network's input. Raises UsageError when they do not fit."""
    tensor = _input(spec, graph)
    table = _table(spec, tensor)
    color = _COLORS[spec.channels]
    values = None if table is None else f"ef_picture_values_{8 * table.itemsize}"
    row_values = spec.width * spec.channels
    work = {"nearest": None, "bilinear": ("uint16", 2 * row_values), "area": ("uint32", row_values)}
    return Preprocess(
        prefix=prefix,
        spec=spec,
        value_type=tensor.dtype,
        flip=_flip(table, tensor),
        table=table,
        work=work[spec.interpolation],
        functions={
            "copy_row": f"ef_picture_copy_{color}",
            "resize_row": f"ef_picture_{spec.interpolation}_{color}",
            "place": None if spec.aspect_ratio == "fit" else f"ef_picture_{spec.aspect_ratio}",
            "borders": "ef_picture_borders" if spec.aspect_ratio == "pad" else None,
            "values": values,
        },
    )


def _flip(table: npt.NDArray[Any] | None, tensor: Tensor) -> int:
    return _MINUS_128 if table is None and tensor.dtype == "int8" else 0


def _input(spec: Declaration, graph: Graph) -> Tensor:
    """The network's one input, of the declared shape and of a type that pixels have values in."""
    wanted = (1, spec.height, spec.width, spec.channels)
    if len(graph.inputs) != 1:
        raise UsageError(
            f"the model has {len(graph.inputs)} inputs: the preprocessing makes only one",
            "generate the C without --preprocessing",
        )
    tensor = graph.tensors[graph.inputs[0]]
    if tensor.shape != wanted:
        raise UsageError(
            f"the preprocessing makes inputs of {list(wanted)} but the model's input"
            f" `{tensor.name}` is {list(tensor.shape)}",
            "give the preprocessing.json that was written with this model",
        )
    has_values = tensor.quant is not None or tensor.dtype == "float32"
    if tensor.dtype not in _VALUE_TYPES or not has_values:
        raise UsageError(
            f"pixels have no value in the model's input `{tensor.name}`, {tensor.dtype} without a scale",
            "quantize the model with int8 inputs",
        )
    return tensor


def _table(spec: Declaration, tensor: Tensor) -> npt.NDArray[Any] | None:
    """The value of each pixel, one row for all channels where they agree; None for pixel or pixel - 128."""
    if tensor.quant is None:
        table: npt.NDArray[Any] = real_table(spec).astype(tensor.dtype)
    else:
        dtype = cast(RawType, tensor.dtype)
        table = raw_table(spec, tensor.quant.scale, tensor.quant.zero_point, dtype)
    if not (table == table[0]).all():
        return table
    plain = np.arange(256) - (_MINUS_128 if tensor.dtype == "int8" else 0)
    is_plain = table.itemsize == 1 and np.array_equal(table[0], plain)
    return None if is_plain else table[:1]
