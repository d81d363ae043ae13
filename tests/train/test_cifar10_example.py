"""The example's network is the one its comments describe."""

import itertools
from pathlib import Path

import pytest

from edgeflow.project import load_project
from edgeflow.train.models.mobilenet_v1 import conv_layers

EXAMPLE = Path(__file__).parents[2] / "examples" / "cifar10" / "edgeflow.toml"


@pytest.fixture(scope="module")
def project():
    return load_project(EXAMPLE, ())


def test_it_reads_cifar10_in_colour(project):
    assert (project.data.recipe, project.preprocessing.input_size, project.preprocessing.color_mode) == (
        "cifar10",
        32,
        "rgb",
    )


def test_its_network_fits_the_generic_cortex_m(project):
    layers = conv_layers(project.model, 32, 32, 3)
    maps = [32 * 32 * 3] + [(layer.height * layer.width) * layer.channels_out for layer in layers]
    weights = sum(layer.macs // (layer.height * layer.width) for layer in layers)
    channels = sum(layer.channels_out for layer in layers)
    assert max(a + b for a, b in itertools.pairwise(maps)) == 48 * 1024
    # A channel takes its int32 bias, multiplier and shift beside the int8 weights.
    assert weights + 12 * channels < 512 * 1024
    assert round(sum(layer.macs for layer in layers) / 1e6, 1) == 10.6
