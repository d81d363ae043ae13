"""Pieces of kernel calls that several operators share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

import numpy as np

from edgeflow.ir.graph import DTYPE_BYTES, Graph, Op, Quant, Tensor
from edgeflow.ir.overlap import Overlap
from edgeflow.ops.geometry import int_attr
from edgeflow.ops.overlap import elementwise_distance, overlap, widest
from edgeflow.ops.quant_math import activation_range, quantize_multiplier
from edgeflow.ops.spec import Arg, ConstArray, KernelCall, NullArg, ParamValue, TensorArg

Params = tuple[tuple[str, ParamValue], ...]


def quant_of(tensor: Tensor) -> Quant:
    """The tensor's quantization, which the operator's rules guarantee.

    Raises:
        ValueError: the rules were not checked before.
    """
    if tensor.quant is None:
        raise ValueError(f"tensor {tensor.id} (`{tensor.name}`) has no quantization")
    return tensor.quant


def tensor_arg(tensor: Tensor) -> TensorArg:
    """A pointer to a tensor that may also be a constant of the file."""
    return TensorArg(tensor.id, "weights" if tensor.is_constant else "")


# How the names of kernels end for an element type.
SUFFIX: Mapping[str, str] = MappingProxyType(
    {"int8": "s8", "uint8": "u8", "int16": "s16", "int32": "s32", "float32": "f32"}
)


def kernel_name(stem: str, tensor: Tensor) -> str:
    """The kernel of that operator for the tensor's element type: ``ef_conv_2d_s8``."""
    return f"ef_{stem}_{SUFFIX[tensor.dtype]}"


def bias_args(graph: Graph, op: Op) -> tuple[Arg, ...]:
    """A pointer to the bias at input 2, or null; of int16 inputs one to an int32 and one to an int64 bias."""
    bias = graph.optional_tensor(op, 2)
    arg = NullArg() if bias is None else TensorArg(bias.id, "bias")
    if graph.input_tensor(op, 0).dtype != "int16":
        return (arg,)
    return (NullArg(), arg) if bias is not None and bias.dtype == "int64" else (arg, NullArg())


def wide_bias_args(graph: Graph, op: Op) -> tuple[Arg, ...]:
    """As ``bias_args`` for operators whose int16 sums are always 64-bit: zeros stand for an absent bias."""
    if graph.input_tensor(op, 0).dtype != "int16" or graph.optional_tensor(op, 2) is not None:
        return bias_args(graph, op)
    zeros = np.zeros(graph.output_tensor(op).shape[-1], np.int64)
    return (NullArg(), ConstArray("bias", zeros))


def multiplier_arrays(pairs: Sequence[tuple[int, int]]) -> Params:
    """Per-channel ``multiplier`` (int32) and ``shift`` (int8) arrays."""
    multipliers, shifts = zip(*pairs, strict=True)
    return (
        ("multiplier", ConstArray("multiplier", np.array(multipliers, np.int32))),
        ("shift", ConstArray("shift", np.array(shifts, np.int8))),
    )


def activation_limits(op: Op, output: Tensor) -> Params:
    """``activation_min`` and ``activation_max``: a pass's, else the activation's at the output's scale."""
    if "clamp_min" in op.attrs:
        return (("activation_min", int_attr(op, "clamp_min")), ("activation_max", int_attr(op, "clamp_max")))
    quant = quant_of(output)
    activation = str(op.attrs.get("fused_activation_function", "NONE"))
    low, high = activation_range(activation, quant.scale, quant.zero_point, output.dtype)
    return (("activation_min", low), ("activation_max", high))


def zero_point_offsets(source: Tensor, output: Tensor) -> Params:
    """``input_offset`` (minus the input's zero point) and ``output_offset`` (the output's zero point)."""
    return (
        ("input_offset", -quant_of(source).zero_point),
        ("output_offset", quant_of(output).zero_point),
    )


def four_dims(shape: Sequence[int], fill: int = 1) -> tuple[int, ...]:
    """A shape of up to four dimensions with ones (or ``fill``) put before it to make four."""
    return (fill,) * (4 - len(shape)) + tuple(shape)


def no_macs(_graph: Graph, _op: Op) -> int:
    """Operators that multiply no weights have no multiply-accumulates."""
    return 0


def contiguous_strides(shape: Sequence[int]) -> tuple[int, ...]:
    """Elements from one index to the next along each dimension of a packed tensor."""
    steps = [1]
    for dim in reversed(shape[1:]):
        steps.append(steps[-1] * dim)
    return tuple(reversed(steps[: len(shape)]))


def elementwise_overlaps(output: Tensor, *sources: Tensor) -> tuple[Overlap, ...]:
    """Overlaps of a kernel that reads an element of each input, then writes one, in ascending order."""
    width, count = DTYPE_BYTES[output.dtype], output.element_count
    return widest(
        each
        for source in sources
        for each in overlap(source, output, elementwise_distance(DTYPE_BYTES[source.dtype], width, count))
    )


def rescale_call(source: Tensor, output: Tensor, real_factor: float, limits: tuple[int, int]) -> KernelCall:
    """The call that brings an integer tensor to the output's type, scale and zero point, within limits."""
    multiplier, shift = quantize_multiplier(real_factor)
    return KernelCall(
        function=f"ef_rescale_{SUFFIX[source.dtype]}_{SUFFIX[output.dtype]}",
        header="ef_rescale.h",
        args=(tensor_arg(source), TensorArg(output.id)),
        params_type="ef_rescale_params",
        params=(
            ("count", output.element_count),
            *zero_point_offsets(source, output),
            ("multiplier", multiplier),
            ("shift", shift),
            ("output_min", limits[0]),
            ("output_max", limits[1]),
        ),
        overlaps=elementwise_overlaps(output, source),
    )


def fill_call(output: Tensor, value: int) -> KernelCall:
    """The call of ``ef_fill_s8`` or ``ef_fill_s16``."""
    return KernelCall(
        function=kernel_name("fill", output),
        header="ef_fill.h",
        args=(TensorArg(output.id),),
        params_type="ef_fill_params",
        params=(("count", output.element_count), ("value", value)),
    )
