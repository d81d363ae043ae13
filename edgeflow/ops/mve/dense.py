"""Layers whose every position reads all channels of its own: ``ef_dense_s8_mve``, or in place."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from edgeflow.ir.graph import Graph, Op, Tensor
from edgeflow.ops import overlap
from edgeflow.ops.dsp.channels import channel_rows
from edgeflow.ops.lowering import activation_limits, tensor_arg
from edgeflow.ops.mve.packing import CHANNELS, quad_rows, quad_weights
from edgeflow.ops.spec import ConstArray, KernelCall, ScratchArg, TensorArg


def lower(graph: Graph, op: Op) -> tuple[KernelCall, ...]:
    """The call of a fully connected layer, or none for one that the kernel does not take."""
    weights = graph.input_tensor(op, 1)
    if graph.input_tensor(op, 0).dtype != "int8":
        return ()
    return dense(graph, op, np.asarray(weights.data, np.int8))


def dense(graph: Graph, op: Op, taps: npt.NDArray[np.int8]) -> tuple[KernelCall, ...]:
    """The calls with the filters [channels, taps], or none where their arithmetic would not be exact.

    First one whose output may begin where the input does, if that takes less memory.
    """
    source, output = graph.input_tensor(op, 0), graph.output_tensor(op)
    rows = channel_rows(graph, op, taps.astype(np.int64))
    if rows is None:
        return ()
    channels, depth = taps.shape
    positions = source.element_count // depth
    call = KernelCall(
        function="ef_dense_s8_mve",
        header="ef_dense_mve.h",
        args=(
            tensor_arg(source),
            ConstArray("weights", quad_weights(taps)),
            ConstArray("bias", quad_rows(rows)),
            TensorArg(output.id),
        ),
        params_type="ef_dense_mve_params",
        params=(
            ("positions", positions),
            ("input_c", depth),
            ("output_c", channels),
            *activation_limits(op, output),
        ),
        overlaps=overlap.element_overlap(source, output, _distance(positions, depth, channels)),
    )
    # An output below its input moves the next layer's, too: as many bytes of scratch memory are better.
    below = min(_distance(positions, depth, channels), output.element_count)
    return (_in_place(call, source, output, depth, channels), call) if depth <= below + CHANNELS else (call,)


def _in_place(call: KernelCall, source: Tensor, output: Tensor, depth: int, channels: int) -> KernelCall:
    """The same layer with each position copied, and with the last one first where positions grow."""
    starts = np.arange(source.element_count // depth, dtype=np.int64)
    order = slice(None, None, -1 if channels > depth else 1)
    distance = overlap.step_distance((starts * depth)[order], (starts * channels + channels - 1)[order])
    return replace(
        call,
        function="ef_dense_in_place_s8_mve",
        header="ef_dense_in_place_mve.h",
        args=(*call.args[:-1], ScratchArg(), call.args[-1]),
        scratch_bytes=depth,
        overlaps=overlap.overlap(source, output, distance, in_place=True),
    )


def _distance(positions: int, depth: int, channels: int) -> int:
    """Each four channels read the whole position again."""
    position = np.arange(positions, dtype=np.int64)[:, None]
    last = np.minimum(np.arange(CHANNELS, channels + CHANNELS, CHANNELS, dtype=np.int64), channels) - 1
    first_reads = np.broadcast_to(position * depth, (positions, len(last)))
    return overlap.step_distance(first_reads.reshape(-1), (position * channels + last).reshape(-1))
