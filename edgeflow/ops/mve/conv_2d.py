"""CONV_2D by ``ef_conv_2d_s8_mve``: a window's taps side by side, four channels at a time."""

from __future__ import annotations

import numpy as np

from edgeflow.ir.graph import Graph, Op
from edgeflow.ops import convolution, overlap
from edgeflow.ops.dsp.channels import channel_rows
from edgeflow.ops.dsp.conv_2d import is_pointwise
from edgeflow.ops.lowering import activation_limits, quant_of, tensor_arg
from edgeflow.ops.mve.dense import dense
from edgeflow.ops.mve.packing import quad_rows, quad_weights
from edgeflow.ops.spec import ConstArray, KernelCall, ScratchArg, TensorArg

_PARAMS: tuple[str, ...] = ("batches", "input_h", "input_w", "input_c", "output_h", "output_w")
_PARAMS += ("kernel_h", "kernel_w", "stride_h", "stride_w", "dilation_h", "pad_top", "pad_left")


def lower(graph: Graph, op: Op) -> tuple[KernelCall, ...]:
    """The call, or none for a convolution that the kernels do not take."""
    source, weights, output = graph.input_tensor(op, 0), graph.input_tensor(op, 1), graph.output_tensor(op)
    window = dict(convolution.window_params(graph, op))
    grouped = weights.shape[3] != source.shape[3]
    if source.dtype != "int8" or grouped or window["dilation_w"] != 1:
        return ()
    taps = np.asarray(weights.data, np.int8).reshape(weights.shape[0], -1)
    if is_pointwise(window):
        return dense(graph, op, taps)
    rows = channel_rows(graph, op, taps.astype(np.int64))
    if rows is None:
        return ()
    positions = output.element_count // output.shape[3]
    ends = np.arange(1, positions + 1, dtype=np.int64) * output.shape[3] - 1
    distance = overlap.step_distance(convolution.window_starts(graph, op), ends)
    call = KernelCall(
        function="ef_conv_2d_s8_mve",
        header="ef_conv_2d_mve.h",
        args=(
            tensor_arg(source),
            ConstArray("weights", quad_weights(taps)),
            ConstArray("bias", quad_rows(rows)),
            ScratchArg(),
            TensorArg(output.id),
        ),
        params_type="ef_conv_2d_mve_params",
        params=(
            *((name, window[name]) for name in _PARAMS),
            ("output_c", output.shape[3]),
            ("input_zero_point", quant_of(source).zero_point),
            *activation_limits(op, output),
        ),
        scratch_bytes=taps.shape[1],
        overlaps=overlap.element_overlap(source, output, distance),
    )
    return (call,)
