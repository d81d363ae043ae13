"""MobileNetV2 (Sandler et al., arXiv 1801.04381) with the width multiplier, for pictures of any size.

A block expands the channels, filters them depthwise, and projects them back without an activation; where
neither side nor channels change, its input is added. As in ``mobilenet_v1`` the blocks may be cut short
and strides end on small maps. The last 1 x 1 convolution of the paper belongs to all 17 blocks: a
network cut short goes without. Its channels do not shrink with a width below 1 (section 4.1).
"""

from __future__ import annotations

from dataclasses import dataclass
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

NAME = "mobilenet-v2"
STEM_CHANNELS = 32
HEAD_CHANNELS = 1280
# Expansion, output channels, repeats and stride of the first of them: table 2 of the paper.
_GROUPS = (
    (1, 16, 1, 1),
    (6, 24, 2, 2),
    (6, 32, 3, 2),
    (6, 64, 4, 2),
    (6, 96, 3, 1),
    (6, 160, 3, 2),
    (6, 320, 1, 1),
)
BLOCKS = tuple(
    (expansion, channels, stride if repeat == 0 else 1)
    for expansion, channels, repeats, stride in _GROUPS
    for repeat in range(repeats)
)


@dataclass(frozen=True, slots=True)
class Block:
    """Convolutions in a row; with ``adds`` the block's input is added to what the last one gives."""

    layers: tuple[ConvLayer, ...]
    adds: bool = False


def blocks(options: ModelOptions, height: int, width: int, channels: int) -> tuple[Block, ...]:
    """The network in order, for an input ``[height, width, channels]``.

    Raises ProjectError when the width leaves less than a channel, or the blocks are more than 17.
    """
    stride, height, width = strided(options.stem_stride, height, width)
    channels_in = scaled_channels(STEM_CHANNELS, options.width)
    found = [Block((ConvLayer("stem", "conv", channels, channels_in, stride, height, width),))]
    for number, (expansion, block_channels, block_stride) in enumerate(
        checked_blocks(NAME, BLOCKS, options), start=1
    ):
        channels_out = scaled_channels(block_channels, options.width)
        layers = _inverted_residual(
            f"block{number:02d}", (channels_in, channels_out), expansion, block_stride, (height, width)
        )
        last = layers[-1]
        keeps = (last.height, last.width, channels_out) == (height, width, channels_in)
        found.append(Block(layers, adds=keeps))
        height, width, channels_in = last.height, last.width, channels_out
    if options.blocks == len(BLOCKS):
        head = scaled_channels(HEAD_CHANNELS, max(1.0, options.width))
        found.append(Block((ConvLayer("head", "pointwise", channels_in, head, 1, height, width),)))
    return tuple(found)


def _inverted_residual(
    name: str, channels: tuple[int, int], expansion: int, stride: int, size: tuple[int, int]
) -> tuple[ConvLayer, ...]:
    """``channels`` are the block's input and output channels, ``size`` is its input's height and width."""
    channels_in, channels_out = channels
    wide = channels_in * expansion
    stride, *size_out = strided(stride, *size)
    expand = ConvLayer(f"{name}_expand", "pointwise", channels_in, wide, 1, *size)
    rest = (
        ConvLayer(f"{name}_depthwise", "depthwise", wide, wide, stride, *size_out),
        ConvLayer(f"{name}_project", "pointwise", wide, channels_out, 1, *size_out),
    )
    return rest if expansion == 1 else (expand, *rest)


def conv_layers(options: ModelOptions, height: int, width: int, channels: int) -> tuple[ConvLayer, ...]:
    """All convolutions in order."""
    return tuple(layer for block in blocks(options, height, width, channels) for layer in block.layers)


def build(options: ModelOptions, height: int, width: int, channels: int, class_count: int) -> keras.Model:
    """A Keras model from float32 ``[N, height, width, channels]`` to class probabilities ``[N, classes]``."""
    import keras

    picture = keras.Input((height, width, channels), name="picture")
    maps = picture
    for block in blocks(options, height, width, channels):
        before = maps
        for layer in block.layers:
            maps = normalised(layer, convolution(layer)(maps))
            if not layer.name.endswith("_project"):
                maps = keras.layers.ReLU(6.0, name=f"{layer.name}_relu6")(maps)
        if block.adds:
            name = block.layers[-1].name.replace("_project", "_add")
            maps = keras.layers.Add(name=name)([before, maps])
    features = keras.layers.GlobalAveragePooling2D(name="pool")(maps)
    if options.dropout:
        features = keras.layers.Dropout(options.dropout, name="dropout")(features)
    logits = keras.layers.Dense(class_count, name="classifier")(features)
    return keras.Model(picture, keras.layers.Softmax(name="probabilities")(logits), name="mobilenet_v2")
