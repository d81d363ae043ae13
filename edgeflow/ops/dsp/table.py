"""Which operators have kernels for the DSP extension: calls from the least scratch memory to the fastest."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from edgeflow.ir.graph import Graph, Op
from edgeflow.ops.dsp import add, conv_2d, depthwise_conv_2d, fully_connected, mean, pooling
from edgeflow.ops.spec import KernelCall

DSP_LOWERINGS: Mapping[str, Callable[[Graph, Op], tuple[KernelCall, ...]]] = MappingProxyType(
    {
        "ADD": add.lower,
        "AVERAGE_POOL_2D": pooling.lower,
        "CONV_2D": conv_2d.lower,
        "DEPTHWISE_CONV_2D": depthwise_conv_2d.lower,
        "FULLY_CONNECTED": fully_connected.lower,
        "MAX_POOL_2D": pooling.lower,
        "MEAN": mean.lower,
        "SUM": mean.lower,
    }
)
