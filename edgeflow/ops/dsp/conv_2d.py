"""CONV_2D by ``ef_conv_2d_s8_dsp``: three positions times two channels at a time."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from edgeflow.ir.graph import Graph, Op
from edgeflow.ops import convolution, overlap
from edgeflow.ops.dsp import fully_connected
from edgeflow.ops.dsp.fields import fits
from edgeflow.ops.dsp.tiles import tile_stream
from edgeflow.ops.lowering import activation_limits, quant_of, tensor_arg
from edgeflow.ops.spec import ConstArray, KernelCall, ParamValue, ScratchArg, TensorArg

_PARAMS: tuple[str, ...] = (
    "batches",
    "input_h",
    "input_w",
    "input_c",
    "output_h",
    "output_w",
    "kernel_h",
    "kernel_w",
)
_PARAMS += ("stride_h", "stride_w", "dilation_h", "pad_top", "pad_left")

_POSITIONS = 3  # at a time


def lower(graph: Graph, op: Op) -> tuple[KernelCall, ...]:
    """The call, or none for a convolution that the kernel does not take."""
    source, weights, output = graph.input_tensor(op, 0), graph.input_tensor(op, 1), graph.output_tensor(op)
    window = dict(convolution.window_params(graph, op))
    grouped = weights.shape[3] != source.shape[3]
    if source.dtype != "int8" or grouped or window["dilation_w"] != 1:
        return ()
    if convolution.is_dense(graph, op) and (dense := fully_connected.lower(graph, op)):
        return dense
    taps = padded_rows(np.asarray(weights.data))
    stream = tile_stream(graph, op, taps)
    if stream is None:
        return ()
    packed, signs = stream
    name = "ef_conv_2d"
    params = *((key, window[key]) for key in _PARAMS), ("input_zero_point", quant_of(source).zero_point)
    if is_pointwise(window):
        name = "ef_pointwise"
        params = (("positions", output.element_count // output.shape[3]), ("input_c", source.shape[3]))
    row_bytes = -(-weights.shape[2] * weights.shape[3] // 4) * 4
    call = KernelCall(
        function=f"{name}_s8_dsp",
        header=f"{name}_s8_dsp.h",
        args=(
            tensor_arg(source),
            ConstArray("weights", packed, alignment_bytes=4),
            ScratchArg(),
            TensorArg(output.id),
        ),
        params_type=f"{name}_dsp_params",
        params=(
            *params,
            ("output_c", output.shape[3]),
            *activation_limits(op, output),
            ("signs", int(signs)),
        ),
        scratch_bytes=2 * _POSITIONS * taps.shape[1] + (row_bytes if source.shape[3] % 4 else 0),
        overlaps=overlap.element_overlap(source, output, _distance(graph, op)),
    )
    return (call,) if fits(call) else ()


def is_pointwise(window: Mapping[str, ParamValue]) -> bool:
    """A filter of 1 x 1 at each position of the input."""
    steps = ("kernel_h", "kernel_w", "stride_h", "stride_w")
    same_size = (window["input_h"], window["input_w"]) == (window["output_h"], window["output_w"])
    return same_size and all(window[name] == 1 for name in steps)


def padded_rows(weights: npt.NDArray[np.generic]) -> npt.NDArray[np.int8]:
    """Filters [O, KH, KW, I] as [O, taps], each row of taps filled up with zeros to a multiple of 4."""
    channels, kernel_h = weights.shape[:2]
    rows = weights.reshape(channels, kernel_h, -1).astype(np.int8)
    rows = np.pad(rows, ((0, 0), (0, 0), (0, -rows.shape[2] % 4)))
    return rows.reshape(channels, -1)


def _distance(graph: Graph, op: Op) -> int:
    """Some positions of one batch are read, then all of them are written."""
    output = graph.output_tensor(op)
    batches, channels = output.shape[0], output.shape[3]
    if is_pointwise(dict(convolution.window_params(graph, op))):
        batches = 1
    starts = convolution.window_starts(graph, op).reshape(batches, -1)
    positions = starts.shape[1]
    starts = np.pad(starts, ((0, 0), (0, -positions % _POSITIONS)), constant_values=overlap.NO_PLACE)
    first_reads = starts.reshape(len(starts), -1, _POSITIONS).min(axis=2)
    last = np.minimum(np.arange(1, first_reads.shape[1] + 1) * _POSITIONS, positions)
    ends = (np.arange(len(starts))[:, None] * positions + last[None, :]) * channels - 1
    return overlap.step_distance(first_reads.reshape(-1), ends.reshape(-1).astype(np.int64))
