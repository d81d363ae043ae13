"""The architectures a project can name. A new one is a file here and a line in the table."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from edgeflow.train.models import mobilenet_v1, mobilenet_v2
from edgeflow.train.models.layers import ConvLayer
from edgeflow.train.options import ModelOptions

if TYPE_CHECKING:
    import keras


@dataclass(frozen=True, slots=True)
class Architecture:
    """How to build a network: both functions take options and the input's height, width and channels.

    ``build`` takes the number of classes as well; ``macs`` gives those of the convolutions.
    """

    build: Callable[[ModelOptions, int, int, int, int], keras.Model]
    macs: Callable[[ModelOptions, int, int, int], int]


def _macs(
    conv_layers: Callable[[ModelOptions, int, int, int], tuple[ConvLayer, ...]],
) -> Callable[[ModelOptions, int, int, int], int]:
    def macs(options: ModelOptions, height: int, width: int, channels: int) -> int:
        return sum(layer.macs for layer in conv_layers(options, height, width, channels))

    return macs


ARCHITECTURES: dict[str, Architecture] = {
    mobilenet_v1.NAME: Architecture(mobilenet_v1.build, _macs(mobilenet_v1.conv_layers)),
    mobilenet_v2.NAME: Architecture(mobilenet_v2.build, _macs(mobilenet_v2.conv_layers)),
}
