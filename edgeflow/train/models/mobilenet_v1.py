"""MobileNetV1 (Howard et al., arXiv 1704.04861) with the width multiplier, for pictures of any size.

Two things differ from the paper. The blocks may be cut short (``blocks``; section 4.2 of the paper
cuts five of them and calls the result shallow). And a stride of 2 is applied only while the map's
side is above ``SMALLEST_STRIDED_SIDE``: the paper ends at 7 x 7 from 224 pixels, while 32 pixels would
end at 1 x 1, where a 3 x 3 kernel sees eight zeros of padding. Maps of 96 pixels and above keep the
paper's strides.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from edgeflow.errors import ProjectError
from edgeflow.train.options import ModelOptions

if TYPE_CHECKING:
    import keras

STEM_CHANNELS = 32
# Output channels and stride of the 13 depthwise separable blocks: table 1 of the paper.
BLOCKS = (
    (64, 1),
    (128, 2),
    (128, 1),
    (256, 2),
    (256, 1),
    (512, 2),
    (512, 1),
    (512, 1),
    (512, 1),
    (512, 1),
    (512, 1),
    (1024, 2),
    (1024, 1),
)
SMALLEST_STRIDED_SIDE = 4
# Channels come in multiples of this, so that rows stay aligned for 4- and 8-lane kernels.
CHANNEL_STEP = 8
# Moving averages of batch norm follow within tens of steps: an epoch of a small data set has no more.
BATCH_NORM_MOMENTUM = 0.9


@dataclass(frozen=True, slots=True)
class ConvLayer:
    """One convolution with its batch norm and activation; ``side_out`` is the output map's side."""

    name: str
    kind: Literal["conv", "depthwise", "pointwise"]
    channels_in: int
    channels_out: int
    stride: int
    side_out: int

    @property
    def macs(self) -> int:
        """Multiply-accumulates for one picture, padding included."""
        taps = {"conv": 9 * self.channels_in, "depthwise": 9, "pointwise": self.channels_in}[self.kind]
        return self.side_out**2 * self.channels_out * taps


def scaled_channels(channels: int, width: float) -> int:
    """Channels times the width multiplier, to the nearest multiple of eight, at least eight.

    Raises ProjectError when the multiplier leaves less than one channel.
    """
    scaled = channels * width
    if scaled < 1:
        raise ProjectError(
            f"model.width = {width:g} leaves {scaled:.2g} of {channels} channels",
            f"the least that keeps a channel everywhere is {1 / STEM_CHANNELS:g}",
        )
    return max(CHANNEL_STEP, int(scaled + CHANNEL_STEP / 2) // CHANNEL_STEP * CHANNEL_STEP)


def conv_layers(options: ModelOptions, side_pixels: int, channels: int) -> tuple[ConvLayer, ...]:
    """The convolutions in order for a square input ``[side_pixels, side_pixels, channels]``."""
    stem_out = scaled_channels(STEM_CHANNELS, options.width)
    stride = _kept_stride(options.stem_stride, side_pixels)
    side = -(-side_pixels // stride)
    layers = [ConvLayer("stem", "conv", channels, stem_out, stride, side)]
    channels_in = stem_out
    for number, (block_channels, block_stride) in enumerate(BLOCKS[: options.blocks], start=1):
        stride = _kept_stride(block_stride, side)
        side = -(-side // stride)
        channels_out = scaled_channels(block_channels, options.width)
        name = f"block{number:02d}"
        layers.append(ConvLayer(f"{name}_depthwise", "depthwise", channels_in, channels_in, stride, side))
        layers.append(ConvLayer(f"{name}_pointwise", "pointwise", channels_in, channels_out, 1, side))
        channels_in = channels_out
    return tuple(layers)


def _kept_stride(stride: int, side: int) -> int:
    return stride if side > SMALLEST_STRIDED_SIDE else 1


def build(options: ModelOptions, side_pixels: int, channels: int, class_count: int) -> keras.Model:
    """A Keras model from float32 ``[N, side, side, channels]`` to class probabilities ``[N, classes]``."""
    import keras

    picture = keras.Input((side_pixels, side_pixels, channels), name="picture")
    maps = picture
    layers = conv_layers(options, side_pixels, channels)
    for layer in layers:
        maps = _convolution(layer)(maps)
        maps = keras.layers.BatchNormalization(momentum=BATCH_NORM_MOMENTUM, name=f"{layer.name}_norm")(maps)
        maps = keras.layers.ReLU(6.0, name=f"{layer.name}_relu6")(maps)
    features = keras.layers.GlobalAveragePooling2D(name="pool")(maps)
    if options.dropout:
        features = keras.layers.Dropout(options.dropout, name="dropout")(features)
    logits = keras.layers.Dense(class_count, name="classifier")(features)
    return keras.Model(picture, keras.layers.Softmax(name="probabilities")(logits), name="mobilenet_v1")


def _convolution(layer: ConvLayer) -> keras.layers.Layer:
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
