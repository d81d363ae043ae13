"""Params whose C types are narrower than ``int32_t``: which fields, and whether a call's values fit."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from edgeflow.ops.spec import KernelCall

# The values that each C type holds.
RANGES: Mapping[str, range] = MappingProxyType(
    {
        "int8_t": range(-(2**7), 2**7),
        "uint8_t": range(2**8),
        "uint16_t": range(2**16),
        "int32_t": range(-(2**31), 2**31),
    }
)

_LIMITS: tuple[str, ...] = ("activation_min", "activation_max")
_DEPTHWISE_BYTES: tuple[str, ...] = (
    *("line_stride", "stride", "pad_lines", "pad", "channels_per_step", "half_pairs"),
)
_DEPTHWISE_HALVES: tuple[str, ...] = (
    *("batches", "input_c", "depth_multiplier", "input_lines", "input_line_step", "input_step"),
    *("output_lines", "output_length", "output_line_step", "output_step"),
    *("lines_per_step", "pairs", "whole_pairs"),
)
_CONV_BYTES: tuple[str, ...] = (
    *("kernel_h", "stride_h", "stride_w", "dilation_h", "pad_top", "pad_left", "signs"),
)
_CONV_HALVES: tuple[str, ...] = ("batches", "input_h", "input_c", "output_h", "output_c")


def _types(
    signed_bytes: tuple[str, ...], unsigned_bytes: tuple[str, ...], halves: tuple[str, ...]
) -> dict[str, str]:
    types = dict.fromkeys(signed_bytes, "int8_t") | dict.fromkeys(unsigned_bytes, "uint8_t")
    return types | dict.fromkeys(halves, "uint16_t")


# By params type the C type of each narrow field, as the kernel's header has it; the others are int32_t.
NARROW: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "ef_depthwise_3x3_dsp_params": _types(("zero_point", *_LIMITS), _DEPTHWISE_BYTES, _DEPTHWISE_HALVES),
        "ef_conv_2d_dsp_params": _types(("input_zero_point", *_LIMITS), _CONV_BYTES, _CONV_HALVES),
        "ef_pointwise_dsp_params": _types(_LIMITS, ("signs",), ("input_c", "output_c")),
    }
)


def fits(call: KernelCall) -> bool:
    """Whether every field of the call's params holds its value."""
    types = NARROW.get(call.params_type or "", {})
    return all(value in RANGES[types.get(name, "int32_t")] for name, value in call.params)
