"""CONV_2D by ``ef_conv_2d_s8_scalar``: four positions at a time."""

from __future__ import annotations

import numpy as np

from edgeflow.ir.graph import Graph, Op
from edgeflow.ops import convolution, overlap
from edgeflow.ops.dsp.channels import channel_rows
from edgeflow.ops.lowering import activation_limits, quant_of, tensor_arg
from edgeflow.ops.scalar import fully_connected
from edgeflow.ops.scalar.outputs import output_rows
from edgeflow.ops.spec import ConstArray, KernelCall, ScratchArg, TensorArg

_PARAMS: tuple[str, ...] = ("batches", "input_h", "input_w", "input_c", "output_h", "output_w")
_PARAMS += ("kernel_h", "kernel_w", "stride_h", "stride_w", "dilation_h", "pad_top", "pad_left")

_POSITIONS = 4  # at a time
_WORD_BYTES_PER_TAP = 12
_LARGEST_SUM = 2**23 - 1


def lower(graph: Graph, op: Op) -> tuple[KernelCall, ...]:
    """The call, or none for a convolution that the kernel does not take."""
    source, weights, output = graph.input_tensor(op, 0), graph.input_tensor(op, 1), graph.output_tensor(op)
    window = dict(convolution.window_params(graph, op))
    grouped = weights.shape[3] != source.shape[3]
    if source.dtype != "int8" or grouped or window["dilation_w"] != 1:
        return ()
    if convolution.is_dense(graph, op) and (dense := fully_connected.lower(graph, op)):
        return dense
    taps = np.asarray(weights.data, np.int8).reshape(weights.shape[0], -1)
    rows = channel_rows(graph, op, taps.astype(np.int64), _LARGEST_SUM)
    if rows is None or 128 * np.abs(taps.astype(np.int64)).sum(axis=1).max() > _LARGEST_SUM:
        return ()
    reach, limits = 128 * np.abs(taps.astype(np.int64)).sum(axis=1), activation_limits(op, output)
    packed = output_rows(rows, reach, limits)
    taps = np.pad(taps, ((0, 0), (0, -taps.shape[1] % 4)))
    call = KernelCall(
        function="ef_conv_2d_s8_scalar",
        header="ef_conv_2d_scalar.h",
        args=(
            tensor_arg(source),
            ConstArray("weights", taps.view(np.uint8) ^ np.uint8(128)),
            ConstArray("bias", rows if packed is None else packed),
            ScratchArg(),
            TensorArg(output.id),
        ),
        params_type="ef_conv_2d_scalar_params",
        params=(
            *((name, window[name]) for name in _PARAMS[:6]),
            ("output_c", output.shape[3]),
            *((name, window[name]) for name in _PARAMS[6:]),
            ("input_zero_point", quant_of(source).zero_point),
            *limits,
            ("rounds_once", int(packed is not None)),
        ),
        scratch_bytes=_WORD_BYTES_PER_TAP * taps.shape[1] + 4 * weights.shape[2] * weights.shape[3],
        overlaps=overlap.element_overlap(source, output, _distance(graph, op)),
    )
    return (call,)


def _distance(graph: Graph, op: Op) -> int:
    """Four positions of one batch are read, then all are written."""
    output = graph.output_tensor(op)
    batches, channels = output.shape[0], output.shape[3]
    starts = convolution.window_starts(graph, op).reshape(batches, -1)
    positions = starts.shape[1]
    filled = np.pad(starts, ((0, 0), (0, -positions % _POSITIONS)), constant_values=overlap.NO_PLACE)
    first_reads = filled.reshape(batches, -1, _POSITIONS).min(axis=2)
    last = np.minimum(np.arange(1, first_reads.shape[1] + 1) * _POSITIONS, positions)
    ends = (np.arange(batches)[:, None] * positions + last[None, :]) * channels - 1
    return overlap.step_distance(first_reads.reshape(-1), ends.reshape(-1).astype(np.int64))
