"""DEPTHWISE_CONV_2D of multiplier 1: ``ef_depthwise_conv_2d_s8_mve``, 16 channels at a time, or lines."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from edgeflow.ir.graph import Graph, Op
from edgeflow.ops import convolution, overlap
from edgeflow.ops.dsp.channels import channel_rows
from edgeflow.ops.dsp.depthwise_3x3 import least_memory
from edgeflow.ops.lowering import activation_limits, quant_of, tensor_arg
from edgeflow.ops.mve import depthwise_lines
from edgeflow.ops.spec import ConstArray, KernelCall, ScratchArg, TensorArg

_BLOCK = 16  # channels
_MOST_TAPS = 26  # EF_MOST_TAPS_MVE
# The channels of a block in the order in which the kernel has their sums.
_SUMS = np.array([0, 4, 8, 12, 2, 6, 10, 14, 1, 5, 9, 13, 3, 7, 11, 15])


# Instructions, counted: around a position, around a block of channels, two taps of a block.
_POSITION_COST, _BLOCK_COST, _PAIR_COST = 240, 60, 25


def lower(graph: Graph, op: Op) -> tuple[KernelCall, ...]:
    """The calls from the least memory to the fastest, or none for a convolution that no kernel takes."""
    found = sorted([*depthwise_lines.ways(graph, op), *_by_blocks(graph, op)], key=lambda way: -way[0])
    calls = [call for _, call in found]
    return tuple(calls[least_memory(calls) :])


def _by_blocks(graph: Graph, op: Op) -> list[tuple[int, KernelCall]]:
    """All channels of a position after the other, with about how many instructions that takes."""
    source, weights, output = graph.input_tensor(op, 0), graph.input_tensor(op, 1), graph.output_tensor(op)
    if source.dtype != "int8" or output.shape[3] != source.shape[3]:
        return []
    taps = np.asarray(weights.data, np.int8).reshape(-1, source.shape[3])  # [taps, channels]
    taps = np.pad(taps, ((0, len(taps) % 2), (0, 0)))
    rows = channel_rows(graph, op, taps.T.astype(np.int64))
    if rows is None or len(taps) > _MOST_TAPS or not _fit_pairs(taps):
        return []
    call = KernelCall(
        function="ef_depthwise_conv_2d_s8_mve",
        header="ef_depthwise_conv_2d_mve.h",
        args=(
            tensor_arg(source),
            ConstArray("weights", _blocks(taps)),
            ConstArray("bias", _constants(rows)),
            ScratchArg(),
            TensorArg(output.id),
        ),
        params_type="ef_depthwise_conv_2d_mve_params",
        params=(
            *convolution.window_params(graph, op),
            ("input_zero_point", quant_of(source).zero_point),
            *activation_limits(op, output),
        ),
        scratch_bytes=source.shape[3],
        overlaps=overlap.element_overlap(source, output, _distance(graph, op)),
    )
    positions = output.element_count // output.shape[3]
    blocks = -(-source.shape[3] // _BLOCK)
    cost = _POSITION_COST + blocks * (_BLOCK_COST + len(taps) // 2 * _PAIR_COST)
    return [(positions * cost, call)]


def _fit_pairs(taps: npt.NDArray[np.int8]) -> bool:
    """Whether the products of two taps always add up to an int16."""
    largest = 128 * np.abs(taps.astype(np.int32)).reshape(-1, 2, taps.shape[1]).sum(axis=1)
    return bool((largest < 2**15).all())


def _blocks(taps: npt.NDArray[np.int8]) -> npt.NDArray[np.int8]:
    """Taps [taps, C] as [C / 16, taps, 16], filled up with zeros."""
    filled = np.pad(taps, ((0, 0), (0, -taps.shape[1] % _BLOCK)))
    return np.ascontiguousarray(filled.reshape(len(taps), -1, _BLOCK).transpose(1, 0, 2))


def _constants(rows: npt.NDArray[np.int32]) -> npt.NDArray[np.int32]:
    """The rows of ``channel_rows`` as ``ef_depthwise_block_mve.h`` has them, [C / 16, 64]."""
    filled = np.concatenate([rows, np.repeat(rows[-1:], -len(rows) % _BLOCK, axis=0)])
    filled[:, 3] = -filled[:, 3]
    blocks = filled.reshape(-1, _BLOCK, 4)[:, _SUMS]
    others = blocks[:, :, 1:].reshape(-1, 4, 4, 3).transpose(0, 1, 3, 2)
    return np.ascontiguousarray(
        np.concatenate([blocks[:, :, 0], others.reshape(len(blocks), -1)], axis=1), np.int32
    )


def _distance(graph: Graph, op: Op) -> int:
    """All taps of 16 channels of a position are read, then these channels are written."""
    channels = graph.output_tensor(op).shape[3]
    starts = convolution.window_starts(graph, op)[:, None]
    blocks = np.arange(0, channels, _BLOCK, dtype=np.int64)
    ends = np.arange(len(starts), dtype=np.int64)[:, None] * channels + np.minimum(blocks + _BLOCK, channels)
    return overlap.step_distance((starts + blocks).reshape(-1), ends.reshape(-1) - 1)
