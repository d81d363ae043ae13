"""The architecture table against the paper's figures and against the network that Keras builds."""

import json
import subprocess
import sys

import pytest

from edgeflow.errors import ProjectError
from edgeflow.train.models.layers import scaled_channels
from edgeflow.train.models.mobilenet_v1 import BLOCKS, conv_layers
from edgeflow.train.models.registry import ARCHITECTURES
from edgeflow.train.options import ModelOptions

# Million multiply-accumulates of tables 6 and 7 of arXiv 1704.04861, classifier included, rounded there.
PAPER_MACS = [
    (1.0, 224, 569),
    (0.75, 224, 325),
    (0.5, 224, 149),
    (0.25, 224, 41),
    (1.0, 192, 418),
    (1.0, 128, 186),
]

# stem stride, side -> the sides of the stem's map and of each block's.
SIDES = {
    (2, 224): [112, 112, 56, 56, 28, 28, 14, 14, 14, 14, 14, 14, 7, 7],
    (2, 96): [48, 48, 24, 24, 12, 12, 6, 6, 6, 6, 6, 6, 3, 3],
    (1, 32): [32, 32, 16, 16, 8, 8, 4, 4, 4, 4, 4, 4, 4, 4],
    (2, 32): [16, 16, 8, 8, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4],
    (1, 16): [16, 16, 8, 8, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4],
    (2, 8): [4] * 14,
    (2, 25): [13, 13, 7, 7, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4],
}


def full(**changes):
    return ModelOptions(**({"width": 1.0, "blocks": 13, "stem_stride": 2} | changes))


@pytest.mark.parametrize(("width", "side", "million"), PAPER_MACS)
def test_macs_are_those_of_the_paper(width, side, million):
    layers = conv_layers(full(width=width), side, side, 3)
    classifier = layers[-1].channels_out * 1000
    assert round((sum(layer.macs for layer in layers) + classifier) / 1e6) == pytest.approx(million, abs=1)


@pytest.mark.parametrize(("stem_stride", "side"), SIDES)
def test_map_sides(stem_stride, side):
    layers = conv_layers(full(stem_stride=stem_stride), side, side, 1)
    assert [layer.height for layer in layers if layer.kind != "pointwise"] == SIDES[stem_stride, side]


def test_layers_chain_and_blocks_cut_the_end():
    layers = conv_layers(full(blocks=5), 32, 32, 3)
    assert len(layers) == 1 + 2 * 5
    assert layers[0].channels_in == 3
    assert [a.channels_out for a in layers[:-1]] == [b.channels_in for b in layers[1:]]
    assert conv_layers(full(), 32, 32, 3)[: len(layers)] == layers
    assert len({layer.name for layer in layers}) == len(layers)


@pytest.mark.parametrize(
    ("channels", "width", "scaled"),
    [
        (32, 0.25, 8),
        (32, 0.1, 8),
        (64, 0.1, 8),
        (128, 0.1, 16),
        (64, 0.3, 16),
        (1024, 1.0, 1024),
        (32, 2.0, 64),
        (64, 0.3125, 24),
    ],
)
def test_scaled_channels(channels, width, scaled):
    assert scaled_channels(channels, width) == scaled


def test_a_width_without_channels_is_refused():
    with pytest.raises(ProjectError, match=r"model.width = 0.01 leaves 0.32 of 32 channels") as caught:
        conv_layers(full(width=0.01), 32, 32, 1)
    assert "0.03125" in caught.value.hint


def test_more_blocks_than_there_are():
    with pytest.raises(ProjectError, match=r"model.blocks = 14, but mobilenet-v1 has 13 blocks"):
        conv_layers(full(blocks=14), 32, 32, 3)


def test_registry_counts_what_the_layers_count():
    architecture = ARCHITECTURES["mobilenet-v1"]
    options = ModelOptions(width=0.25, blocks=1, stem_stride=1)
    by_hand = 16 * 16 * 8 * 9 + 16 * 16 * 8 * 9 + 16 * 16 * 8 * 16
    assert architecture.macs(options, 16, 16, 1) == by_hand


BUILD = """
import json, sys
from edgeflow.train.models.mobilenet_v1 import build, conv_layers
from edgeflow.train.options import ModelOptions
paper = build(ModelOptions(width=1.0, blocks=13, stem_stride=2), 224, 224, 3, 1000)
options = ModelOptions(width=0.25, blocks=13, stem_stride=1, dropout=0.1)
small = build(options, 25, 40, 1, 7)
print(json.dumps({
    "paper_parameters": paper.count_params(),
    "outputs": {layer.name: list(layer.output.shape[1:]) for layer in small.layers},
    "planned": {l.name: [l.height, l.width, l.channels_out] for l in conv_layers(options, 25, 40, 1)},
    "last": type(small.layers[-1]).__name__,
    "input": list(small.input_shape[1:]),
}))
"""


@pytest.mark.slow
def test_keras_builds_the_planned_network():
    answer = subprocess.run([sys.executable, "-c", BUILD], capture_output=True, check=True, text=True)
    built = json.loads(answer.stdout.splitlines()[-1])
    assert built["paper_parameters"] == 4_253_864  # as Keras's own MobileNet with 1000 classes
    assert {name: built["outputs"][name] for name in built["planned"]} == built["planned"]
    assert len(built["planned"]) == 1 + 2 * len(BLOCKS)
    assert built["last"] == "Softmax"
    assert built["input"] == [25, 40, 1]
    assert built["outputs"]["probabilities"] == [7]
    assert "dropout" in built["outputs"]
