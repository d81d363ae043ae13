"""The architecture against the paper's figures and against the network that Keras builds."""

import json
import subprocess
import sys

import pytest

from edgeflow.errors import ProjectError
from edgeflow.train.models.mobilenet_v2 import BLOCKS, blocks, conv_layers
from edgeflow.train.options import ModelOptions


def full(**changes):
    return ModelOptions(**({"width": 1.0, "blocks": 17, "stem_stride": 2} | changes))


def test_macs_are_those_of_the_paper():
    """Table 4 of arXiv 1801.04381: 300 million at width 1 and 224 pixels, classifier included."""
    layers = conv_layers(full(), 224, 224, 3)
    assert round((sum(layer.macs for layer in layers) + 1280 * 1000) / 1e6) == pytest.approx(300, abs=1)


def test_sides_and_channels_of_the_paper():
    """Table 2: output channels and sides of the seven groups of blocks, behind the stem of 112 x 112 x 32."""
    last = [block.layers[-1] for block in blocks(full(), 224, 224, 3)]
    ends = [last[i] for i in (0, 1, 3, 6, 10, 13, 16, 17, 18)]
    assert [(layer.height, layer.channels_out) for layer in ends] == [
        (112, 32),
        (112, 16),
        (56, 24),
        (28, 32),
        (14, 64),
        (14, 96),
        (7, 160),
        (7, 320),
        (7, 1280),
    ]


def test_inputs_are_added_where_nothing_changes():
    found = blocks(full(), 224, 224, 3)
    assert [number for number, block in enumerate(found) if block.adds] == [3, 5, 6, 8, 9, 10, 12, 13, 15, 16]


def test_the_head_belongs_to_all_blocks_and_does_not_shrink():
    assert conv_layers(full(width=0.25), 96, 96, 3)[-1].channels_out == 1280
    assert conv_layers(full(width=2.0), 96, 96, 3)[-1].channels_out == 2560
    assert conv_layers(full(blocks=16), 96, 96, 3)[-1].name == "block16_project"


def test_layers_chain():
    layers = conv_layers(full(width=0.35), 32, 32, 1)
    assert layers[0].channels_in == 1
    assert [a.channels_out for a in layers[:-1]] == [b.channels_in for b in layers[1:]]
    assert len({layer.name for layer in layers}) == len(layers)
    assert all(layer.channels_out % 8 == 0 for layer in layers)


def test_impossible_options():
    with pytest.raises(ProjectError, match=r"leaves 0.32 of 32 channels"):
        conv_layers(full(width=0.01), 32, 32, 1)
    assert len(BLOCKS) == 17


BUILD = """
import json, sys
from edgeflow.train.models.mobilenet_v2 import build, conv_layers
from edgeflow.train.options import ModelOptions
paper = build(ModelOptions(width=1.0, blocks=17, stem_stride=2), 224, 224, 3, 1000)
options = ModelOptions(width=0.25, blocks=9, stem_stride=1, dropout=0.1)
small = build(options, 25, 40, 1, 7)
print(json.dumps({
    "paper_parameters": paper.count_params(),
    "outputs": {layer.name: list(layer.output.shape[1:]) for layer in small.layers},
    "planned": {l.name: [l.height, l.width, l.channels_out] for l in conv_layers(options, 25, 40, 1)},
}))
"""


@pytest.mark.slow
def test_keras_builds_the_planned_network():
    answer = subprocess.run([sys.executable, "-c", BUILD], capture_output=True, check=True, text=True)
    built = json.loads(answer.stdout.splitlines()[-1])
    assert built["paper_parameters"] == 3_538_984  # as Keras's own MobileNetV2 with 1000 classes
    assert {name: built["outputs"][name] for name in built["planned"]} == built["planned"]
    assert {"block03_add", "probabilities", "dropout"} <= set(built["outputs"])
