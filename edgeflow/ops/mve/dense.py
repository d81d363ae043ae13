"""Layers whose every position reads all channels of its own: ``ef_dense_s8_mve``."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from edgeflow.ir.graph import Graph, Op
from edgeflow.ops import overlap
from edgeflow.ops.dsp.channels import channel_rows
from edgeflow.ops.lowering import activation_limits, tensor_arg
from edgeflow.ops.mve.packing import CHANNELS, quad_rows, quad_weights
from edgeflow.ops.spec import ConstArray, KernelCall, TensorArg


def lower(graph: Graph, op: Op) -> tuple[KernelCall, ...]:
    """The call of a fully connected layer, or none for one that the kernel does not take."""
    weights = graph.input_tensor(op, 1)
    if graph.input_tensor(op, 0).dtype != "int8":
        return ()
    return dense(graph, op, np.asarray(weights.data, np.int8))


def dense(graph: Graph, op: Op, taps: npt.NDArray[np.int8]) -> tuple[KernelCall, ...]:
    """The call with the filters [channels, taps], or none where their arithmetic would not be exact."""
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
    return (call,)


def _distance(positions: int, depth: int, channels: int) -> int:
    """Each four channels read the whole position again."""
    position = np.arange(positions, dtype=np.int64)[:, None]
    last = np.minimum(np.arange(CHANNELS, channels + CHANNELS, CHANNELS, dtype=np.int64), channels) - 1
    first_reads = np.broadcast_to(position * depth, (positions, len(last)))
    return overlap.step_distance(first_reads.reshape(-1), (position * channels + last).reshape(-1))
