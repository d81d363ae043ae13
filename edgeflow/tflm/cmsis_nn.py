"""What TFLite Micro's kernels on CMSIS-NN ask for beyond the reference kernels: never less than they do.

Buffer sizes follow CMSIS-NN's ``arm_*_get_buffer_sizes_s8.c`` for cores with the DSP extension or
none (Cortex-M0 to M33) and for those with MVE (Cortex-M55, M85), compiled by any compiler; where a
size depends on options that a file's shapes do not show, the largest counts. 16-bit activations
count double.
No CMSIS-NN build was at hand to measure: these are estimates.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType

from edgeflow.tflm.kernels import REFERENCE_KERNELS, Kernel, Operands, Sizes
from edgeflow.tflm.layout import align_up

# Kinds with kernels of their own on CMSIS-NN whose extra buffers are not modelled here.
UNCOUNTED_KINDS = ("BATCH_MATMUL", "UNIDIRECTIONAL_SEQUENCE_LSTM")

_CHANNEL_BLOCK_MVE = 124  # CH_IN_BLOCK_MVE of arm_nnsupportfunctions.h
_REVERSE_CHANNELS = 16  # REVERSE_TCOL_EFFICIENT_THRESHOLD of arm_nnsupportfunctions.h


def _wide(op: Operands) -> int:
    tensor = op.input(0)
    return 2 if tensor is not None and tensor.dtype == "int16" else 1


def _window(op: Operands) -> int:
    """Elements of a filter's window in one channel; weights are [O, H, W, I] or [1, H, W, O]."""
    return op.dims(1)[1] * op.dims(1)[2]


def _conv_dsp(op: Operands) -> Sizes:
    """Two columns of int16."""
    return [_wide(op) * 4 * align_up(_window(op) * op.dims(0)[3], 4)]


def _conv_mve(op: Operands) -> Sizes:
    """Four columns of int8 in whole vectors; a 1x1 convolution needs none."""
    if _window(op) == 1:
        return []
    return [_wide(op) * 4 * align_up(_window(op) * op.dims(0)[3], 16)]


def _is_plain_depthwise(op: Operands) -> bool:
    return op.dims(0)[0] == 1 and op.dims(0)[3] == op.dims(1)[3]


def _depthwise_dsp(op: Operands) -> Sizes:
    """A column of int16; 3x3 windows need none."""
    if not _is_plain_depthwise(op) or (op.dims(1)[1:3] == (3, 3) and _wide(op) == 1):
        return []
    return [_wide(op) * 2 * _window(op) * op.dims(0)[3]]


def _depthwise_mve(op: Operands) -> Sizes:
    return [_wide(op) * 4 * _CHANNEL_BLOCK_MVE * _window(op)] if _is_plain_depthwise(op) else []


def _fully_connected_arrays(op: Operands) -> Sizes:
    """Multiplier and shift per output, beyond two dimensions also where one would do."""
    as_convolution = [4 * op.dims(1)[0]] * 2 if len(op.outputs[0].shape) > 2 else []
    return REFERENCE_KERNELS["FULLY_CONNECTED"].persistent(op) + as_convolution


def _fully_connected_dsp(op: Operands) -> Sizes:
    """Beyond two dimensions it runs as a 1x1 convolution."""
    return [4 * op.dims(1)[1]] if len(op.outputs[0].shape) > 2 else []


def _fully_connected_mve(op: Operands) -> Sizes:
    """A sum of weights per output; some versions keep it in scratch, some for good: both are counted."""
    return [4 * op.dims(1)[0]]


def _average_pool_dsp(op: Operands) -> Sizes:
    return [4 * op.dims(0)[-1]]


def _transpose_conv(columns: Callable[[Operands], Sizes]) -> Callable[[Operands], Sizes]:
    """Sums of some output rows, or the columns of a reversed convolution and its reversed weights."""

    def sizes(op: Operands) -> Sizes:
        if _wide(op) == 2:
            return REFERENCE_KERNELS["TRANSPOSE_CONV"].scratch(op)
        data = Operands((op.input(2), op.input(1)), op.outputs)
        (_, in_h, _, in_c), (out_c, kh, kw, _) = data.dims(0), data.dims(1)
        _, out_h, out_w, _ = op.outputs[0].shape
        stride = -(-out_h // in_h)
        rows = 4 * (out_w + max(kw, stride)) * out_c * max(kh, stride)
        if in_c <= _REVERSE_CHANNELS:
            return [rows]
        return [max([rows, *columns(data)]), in_c * kw * kh * out_c]

    return sizes


def _svdf_mve(op: Operands) -> Sizes:
    return [*REFERENCE_KERNELS["SVDF"].scratch(op), 4 * op.dims(1)[0]]


def _with(kind: str, fields: str, scratch: Callable[[Operands], Sizes]) -> Kernel:
    """A reference kernel whose data has further fields and which asks for further scratch."""
    reference = REFERENCE_KERNELS[kind]
    return replace(reference, op_data=f"{reference.op_data} {fields}", scratch=scratch)


def _table(changed: dict[str, Kernel]) -> Mapping[str, Kernel]:
    return MappingProxyType({**REFERENCE_KERNELS, **changed})


def _fully_connected(scratch: Callable[[Operands], Sizes], kept: Callable[[Operands], Sizes]) -> Kernel:
    # Per-channel arrays, sums of weights, buffer index, batch and depths.
    kernel = _with("FULLY_CONNECTED", "ppp iiii", scratch)
    return replace(kernel, persistent=kept)


CMSIS_NN_KERNELS = _table(
    {
        "AVERAGE_POOL_2D": _with("AVERAGE_POOL_2D", "i", _average_pool_dsp),
        "CONV_2D": _with("CONV_2D", "i", _conv_dsp),
        "DEPTHWISE_CONV_2D": _with("DEPTHWISE_CONV_2D", "i", _depthwise_dsp),
        "FULLY_CONNECTED": _fully_connected(_fully_connected_dsp, _fully_connected_arrays),
        "MAX_POOL_2D": replace(REFERENCE_KERNELS["MAX_POOL_2D"], op_data="i" * 9),
        "TRANSPOSE_CONV": _with("TRANSPOSE_CONV", "ii", _transpose_conv(_conv_dsp)),
    }
)
CMSIS_NN_MVE_KERNELS = _table(
    {
        "AVERAGE_POOL_2D": replace(REFERENCE_KERNELS["AVERAGE_POOL_2D"], op_data="i" * 9),
        "CONV_2D": _with("CONV_2D", "i", _conv_mve),
        "DEPTHWISE_CONV_2D": _with("DEPTHWISE_CONV_2D", "i", _depthwise_mve),
        "FULLY_CONNECTED": _fully_connected(
            _fully_connected_mve, lambda op: [*_fully_connected_arrays(op), *_fully_connected_mve(op)]
        ),
        "MAX_POOL_2D": replace(REFERENCE_KERNELS["MAX_POOL_2D"], op_data="i" * 9),
        "SVDF": _with("SVDF", "i", _svdf_mve),
        "TRANSPOSE_CONV": _with("TRANSPOSE_CONV", "ii", _transpose_conv(_conv_mve)),
    }
)
