"""What the architectures have in common: a convolution as data, scaled channels, and its Keras layers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeVar

from edgeflow.errors import ProjectError
from edgeflow.train.options import ModelOptions

if TYPE_CHECKING:
    import keras

Block = TypeVar("Block")
SMALLEST_STRIDED_SIDE = 4
# Channels come in multiples of this, so that rows stay aligned for 4- and 8-lane kernels.
CHANNEL_STEP = 8
# Moving averages of batch norm follow within tens of steps: an epoch of a small data set has no more.
BATCH_NORM_MOMENTUM = 0.9


@dataclass(frozen=True, slots=True)
class ConvLayer:
    """One convolution with its batch norm and activation; ``height`` and ``width`` are the output map's."""

    name: str
    kind: Literal["conv", "depthwise", "pointwise"]
    channels_in: int
    channels_out: int
    stride: int
    height: int
    width: int

    @property
    def macs(self) -> int:
        """Multiply-accumulates for one picture, padding included."""
        taps = {"conv": 9 * self.channels_in, "depthwise": 9, "pointwise": self.channels_in}[self.kind]
        return self.height * self.width * self.channels_out * taps


def scaled_channels(channels: int, width: float) -> int:
    """Channels times the width multiplier, to the nearest multiple of eight, at least eight.

    Raises ProjectError when the multiplier leaves less than one channel.
    """
    scaled = channels * width
    if scaled < 1:
        raise ProjectError(
            f"model.width = {width:g} leaves {scaled:.2g} of {channels} channels",
            f"the least that keeps one of them is {1 / channels:g}",
        )
    return max(CHANNEL_STEP, int(scaled + CHANNEL_STEP / 2) // CHANNEL_STEP * CHANNEL_STEP)


def checked_blocks(name: str, blocks: Sequence[Block], options: ModelOptions) -> Sequence[Block]:
    """The first ``options.blocks`` of an architecture's blocks. Raises ProjectError when it has fewer."""
    if options.blocks > len(blocks):
        raise ProjectError(
            f"model.blocks = {options.blocks}, but {name} has {len(blocks)} blocks", "lower model.blocks"
        )
    return blocks[: options.blocks]


def strided(stride: int, height: int, width: int) -> tuple[int, int, int]:
    """The stride, or 1 on a map whose smaller side is small already, and the map's sides behind it."""
    kept = stride if min(height, width) > SMALLEST_STRIDED_SIDE else 1
    return kept, -(-height // kept), -(-width // kept)


def normalised(layer: ConvLayer, maps: keras.KerasTensor) -> keras.KerasTensor:
    """Batch norm behind a convolution."""
    import keras

    return keras.layers.BatchNormalization(momentum=BATCH_NORM_MOMENTUM, name=f"{layer.name}_norm")(maps)


def convolution(layer: ConvLayer) -> keras.layers.Layer:
    """The Keras layer without bias: batch norm follows."""
    import keras

    if layer.kind == "depthwise":
        return keras.layers.DepthwiseConv2D(
            3, strides=layer.stride, padding="same", use_bias=False, name=layer.name
        )
    return keras.layers.Conv2D(
        layer.channels_out,
        3 if layer.kind == "conv" else 1,
        strides=layer.stride,
        padding="same",
        use_bias=False,
        name=layer.name,
    )
