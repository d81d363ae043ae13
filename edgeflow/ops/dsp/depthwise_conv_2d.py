"""DEPTHWISE_CONV_2D by ``ef_depthwise_conv_2d_s8_dsp``: one channel at a time over some rows."""

from __future__ import annotations

import numpy as np

from edgeflow.ir.graph import Graph, Op
from edgeflow.ops import convolution, overlap
from edgeflow.ops.dsp import depthwise_3x3
from edgeflow.ops.dsp.channels import channel_rows
from edgeflow.ops.geometry import windows
from edgeflow.ops.lowering import activation_limits, quant_of, tensor_arg
from edgeflow.ops.spec import ConstArray, KernelCall, ScratchArg, TensorArg

_PARAMS: tuple[str, ...] = ("batches", "input_h", "input_w", "input_c", "output_h", "output_w")
_PARAMS += ("kernel_h", "kernel_w", "stride_h", "stride_w", "pad_top", "pad_left")

# Output rows of a step: neighbouring steps gather the same rows twice, and an output that overlaps the
# input has to keep a step's distance.
ROWS_PER_STEP = 4


def lower(graph: Graph, op: Op) -> tuple[KernelCall, ...]:
    """The call, or none for a convolution that no kernel here takes."""
    narrow = depthwise_3x3.lower(graph, op)
    if narrow:
        return narrow
    source, weights, output = graph.input_tensor(op, 0), graph.input_tensor(op, 1), graph.output_tensor(op)
    window = dict(convolution.window_params(graph, op))
    if source.dtype != "int8" or not window["dilation_h"] == window["dilation_w"] == 1:
        return ()
    if output.shape[1] * output.shape[2] == 1 and source.shape[3] == output.shape[3]:
        return ()  # to gather a channel for one output costs more than the plain kernel
    filters = np.moveaxis(np.asarray(weights.data, np.int8)[0], 2, 0)
    rows = channel_rows(graph, op, filters.reshape(len(filters), -1).astype(np.int64))
    if rows is None:
        return ()
    kernel_h, kernel_w = filters.shape[1:]
    window_rows, columns = windows(op, kernel_h, kernel_w)
    rows_per_step = min(ROWS_PER_STEP, output.shape[1])
    row_size = _row_size(output.shape[2], columns.stride, kernel_w)
    lines = (rows_per_step - 1) * window_rows.stride + kernel_h
    filter_bytes = 4 * kernel_h * -(-kernel_w // 2)
    call = KernelCall(
        function="ef_depthwise_conv_2d_s8_dsp",
        header="ef_depthwise_conv_2d_dsp.h",
        args=(
            tensor_arg(source),
            ConstArray("weights", np.ascontiguousarray(filters)),
            ConstArray("bias", rows),
            ScratchArg(),
            TensorArg(output.id),
        ),
        params_type="ef_depthwise_conv_2d_dsp_params",
        params=(
            *((name, window[name]) for name in _PARAMS),
            ("depth_multiplier", weights.shape[3] // source.shape[3]),
            ("input_zero_point", quant_of(source).zero_point),
            *activation_limits(op, output),
            ("rows_per_step", rows_per_step),
            ("row_size", row_size),
        ),
        scratch_bytes=lines * row_size * 2 + filter_bytes,
        overlaps=overlap.element_overlap(source, output, _distance(graph, op, rows_per_step)),
    )
    return (call,)


def _row_size(outputs: int, stride: int, kernel_w: int) -> int:
    """Elements that the outputs of a row read, an even number of outputs and of taps; even."""
    even_outputs, even_taps = outputs + outputs % 2, kernel_w + kernel_w % 2
    size = (even_outputs - 1) * stride + even_taps
    return size + size % 2


def _distance(graph: Graph, op: Op, rows_per_step: int) -> int:
    """The least distance: a step reads all rows of an input channel, then writes its output channels."""
    source, weights, output = graph.input_tensor(op, 0), graph.input_tensor(op, 1), graph.output_tensor(op)
    batches, output_h, output_w, output_c = output.shape
    _, input_h, input_w, input_c = source.shape
    window, _ = windows(op, *weights.shape[1:3])
    multiplier = output_c // input_c
    first_rows = np.arange(0, output_h, rows_per_step, dtype=np.int64)
    top = np.clip(first_rows * window.stride - window.pad_before(input_h), 0, input_h - 1)
    last_rows = np.minimum(first_rows + rows_per_step, output_h)
    batch, channel = np.arange(batches, dtype=np.int64)[:, None, None], np.arange(input_c, dtype=np.int64)
    reads = (batch * input_h + top[:, None]) * input_w * input_c + channel
    writes = (batch * output_h + last_rows[:, None]) * output_w * output_c - output_c
    writes = writes + channel * multiplier + multiplier - 1
    return overlap.step_distance(reads.reshape(-1), writes.reshape(-1))
