"""MobileNetV1 (Howard et al., arXiv 1704.04861) with the width multiplier, for pictures of any size.

Two things differ from the paper. The blocks may be cut short (``blocks``; section 4.2 of the paper
cuts five of them and calls the result shallow). And a stride of 2 is applied only while the map's smaller
side is above ``layers.SMALLEST_STRIDED_SIDE``: the paper ends at 7 x 7 from 224 pixels, while 32 pixels would
end at 1 x 1, where a 3 x 3 kernel sees eight zeros of padding. Maps of 96 pixels and above keep the
paper's strides.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from edgeflow.train.models.layers import (
    ConvLayer,
    checked_blocks,
    convolution,
    normalised,
    scaled_channels,
    strided,
)
from edgeflow.train.options import ModelOptions

if TYPE_CHECKING:
    import keras

NAME = "mobilenet-v1"
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


def conv_layers(options: ModelOptions, height: int, width: int, channels: int) -> tuple[ConvLayer, ...]:
    """The convolutions in order for an input ``[height, width, channels]``."""
    stem_out = scaled_channels(STEM_CHANNELS, options.width)
    stride, height, width = strided(options.stem_stride, height, width)
    layers = [ConvLayer("stem", "conv", channels, stem_out, stride, height, width)]
    channels_in = stem_out
    for number, (block_channels, block_stride) in enumerate(checked_blocks(NAME, BLOCKS, options), start=1):
        stride, height, width = strided(block_stride, height, width)
        channels_out = scaled_channels(block_channels, options.width)
        name = f"block{number:02d}"
        size = (height, width)
        layers.append(ConvLayer(f"{name}_depthwise", "depthwise", channels_in, channels_in, stride, *size))
        layers.append(ConvLayer(f"{name}_pointwise", "pointwise", channels_in, channels_out, 1, *size))
        channels_in = channels_out
    return tuple(layers)


def build(options: ModelOptions, height: int, width: int, channels: int, class_count: int) -> keras.Model:
    """A Keras model from float32 ``[N, height, width, channels]`` to class probabilities ``[N, classes]``."""
    import keras

    picture = keras.Input((height, width, channels), name="picture")
    maps = picture
    layers = conv_layers(options, height, width, channels)
    for layer in layers:
        maps = normalised(layer, convolution(layer)(maps))
        maps = keras.layers.ReLU(6.0, name=f"{layer.name}_relu6")(maps)
    features = keras.layers.GlobalAveragePooling2D(name="pool")(maps)
    if options.dropout:
        features = keras.layers.Dropout(options.dropout, name="dropout")(features)
    logits = keras.layers.Dense(class_count, name="classifier")(features)
    return keras.Model(picture, keras.layers.Softmax(name="probabilities")(logits), name="mobilenet_v1")
