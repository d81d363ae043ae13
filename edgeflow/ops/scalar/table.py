"""Which operators have kernels for cores without SIMD: calls from the least scratch memory to the fastest."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from edgeflow.ir.graph import Graph, Op
from edgeflow.ops.dsp import add
from edgeflow.ops.scalar import conv_2d, depthwise_conv_2d, fully_connected
from edgeflow.ops.spec import KernelCall

# Sums, and depthwise convolutions that have no kernel here or no room for it, are those for the DSP
# extension, in their portable form.
SCALAR_LOWERINGS: Mapping[str, Callable[[Graph, Op], tuple[KernelCall, ...]]] = MappingProxyType(
    {
        "ADD": add.lower,
        "CONV_2D": conv_2d.lower,
        "DEPTHWISE_CONV_2D": depthwise_conv_2d.lower,
        "FULLY_CONNECTED": fully_connected.lower,
    }
)
