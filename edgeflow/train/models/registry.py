"""The architectures a project can name. A new one is a file here and a line in the table."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from edgeflow.train.models import mobilenet_v1
from edgeflow.train.options import ModelOptions

if TYPE_CHECKING:
    import keras


@dataclass(frozen=True, slots=True)
class Architecture:
    """How to build a network: both functions take options, the input's side in pixels and its channels.

    ``build`` takes the number of classes as well; ``macs`` gives those of the convolutions.
    """

    build: Callable[[ModelOptions, int, int, int], keras.Model]
    macs: Callable[[ModelOptions, int, int], int]


def _mobilenet_v1_macs(options: ModelOptions, side_pixels: int, channels: int) -> int:
    return sum(layer.macs for layer in mobilenet_v1.conv_layers(options, side_pixels, channels))


ARCHITECTURES: dict[str, Architecture] = {
    "mobilenet-v1": Architecture(mobilenet_v1.build, _mobilenet_v1_macs),
}
