"""Which operators have kernels for Helium."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from edgeflow.ir.graph import Graph, Op
from edgeflow.ops.mve import add, conv_2d, dense, depthwise_conv_2d
from edgeflow.ops.spec import KernelCall

MVE_LOWERINGS: Mapping[str, Callable[[Graph, Op], tuple[KernelCall, ...]]] = MappingProxyType(
    {
        "ADD": add.lower,
        "CONV_2D": conv_2d.lower,
        "DEPTHWISE_CONV_2D": depthwise_conv_2d.lower,
        "FULLY_CONNECTED": dense.lower,
    }
)
