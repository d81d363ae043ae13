"""A small picture classifier and its bundle, whole and with a wrong golden output."""

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "emulate"))
sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "preprocess"))

from bundles import PICTURES, bundle_of
from tflite_file import fully_connected

from edgeflow.export.bundle import GoldenCase


@pytest.fixture(scope="session")
def picture_model(tmp_path_factory):
    """An int8 .tflite that takes a grey picture of 8 x 8 pixels and gives three scores."""
    random = np.random.default_rng(11)
    weights, bias = random.integers(-127, 128, (3, 64)), random.integers(-2000, 2000, 3)
    path = tmp_path_factory.mktemp("export") / "model.tflite"
    path.write_bytes(fully_connected((1, 8, 8, 1), weights, bias, (1 / 128, 1 / 64, 1 / 16)))
    return path


@pytest.fixture(scope="session")
def bundle(picture_model, tmp_path_factory):
    """The bundle of that model for the generic Cortex-M."""
    return bundle_of(picture_model, tmp_path_factory.mktemp("bundle"), preprocessing=PICTURES)


@pytest.fixture(scope="session")
def disturbed(bundle):
    """The same with one golden output byte changed: its self-test must fail."""
    first = bundle.golden[0]
    wrong = GoldenCase(first.inputs, (bytes([first.outputs[0][0] ^ 1]) + first.outputs[0][1:],))
    return replace(bundle, golden=(wrong, *bundle.golden[1:]))
