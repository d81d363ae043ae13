"""How pictures are prepared for a model: its own `preprocessing.json`, settings, raw frames, refusals."""

import json
import shutil

import numpy as np
import pytest
from PIL import Image

from edgeflow.emulate.desktop import DesktopRuntime
from edgeflow.emulate.runtime import TensorInfo
from edgeflow.errors import DataError, ProjectError, UsageError
from edgeflow.preprocess.options import PreprocessingOptions
from edgeflow.preprocess.picture import prepare
from edgeflow.preprocess.spec import picture_spec
from edgeflow.runtimes import Frames, parse_frames, picture_preparation, run_frames, run_pictures

OPTIONS = PreprocessingOptions(
    input_size=8, interpolation="area", aspect_ratio="crop", scale=1 / 255, offset=0.0
)
SPEC = picture_spec(OPTIONS, shape=(2, 4, 1))
INPUT = (TensorInfo(0, "x", (1, 2, 4, 1), "int8", 1 / 128, 0),)


@pytest.fixture
def messages():
    return []


@pytest.fixture
def model(fc_model, tmp_path):
    """A model with its `preprocessing.json` beside it."""
    shutil.copy(fc_model, tmp_path / "model.tflite")
    (tmp_path / "preprocessing.json").write_text(json.dumps(SPEC.as_json()))
    return tmp_path / "model.tflite"


def test_the_file_beside_the_model_says_how(model, messages):
    assert picture_preparation(INPUT, model, None, (), messages.append) == SPEC
    assert "preprocessing.json` says" in messages[0]


def test_settings_go_before_the_file(model, messages):
    settings = ("preprocessing.interpolation=nearest", "preprocessing.offset=-0.5")
    spec = picture_preparation(INPUT, model, None, settings, messages.append)
    assert (spec.interpolation, spec.offset) == ("nearest", (-0.5,))
    assert (spec.aspect_ratio, spec.scale) == ("crop", (1 / 255,))


def test_without_a_file_the_defaults_are_told(fc_model, tmp_path, messages):
    spec = picture_preparation(INPUT, tmp_path / "m.tflite", None, (), messages.append)
    assert spec == picture_spec(PreprocessingOptions(), shape=(2, 4, 1))
    assert "defaults" in messages[0]


def test_what_does_not_suit_is_refused(model, tmp_path, messages):
    def prepared(inputs=INPUT, file=None, *settings):
        return picture_preparation(inputs, model, file, settings, messages.append)

    colour = (TensorInfo(0, "x", (1, 2, 4, 3), "int8", 1 / 128, 0),)
    with pytest.raises(
        UsageError, match=r"prepares pictures \[2, 4, 1\] but the model's input is \[2, 4, 3\]"
    ):
        prepared(colour)
    with pytest.raises(UsageError, match="only keys of \\[preprocessing\\]"):
        prepared(INPUT, None, "data.recipe=digits")
    with pytest.raises(ProjectError, match="unknown field `zoom`"):
        prepared(INPUT, None, "preprocessing.zoom=2")
    with pytest.raises(DataError, match="cannot read"):
        prepared(INPUT, tmp_path / "absent.json")
    with pytest.raises(UsageError, match="not one picture"):
        prepared(INPUT * 2)


def test_a_raw_frame_scores_as_its_picture(model, fc_oracle, tmp_path):
    words = np.random.default_rng(4).integers(0, 65536, (12, 20)).astype("<u2")
    (tmp_path / "frame.raw").write_bytes(words.tobytes())
    red, green, blue = words >> 11, words >> 5 & 63, words & 31
    colour = np.stack([red << 3 | red >> 2, green << 2 | green >> 4, blue << 3 | blue >> 2], axis=-1)
    Image.fromarray(colour.astype(np.uint8)).save(tmp_path / "frame.png")
    runtime = DesktopRuntime(model, "reference")
    from_frame = run_frames(runtime, runtime.inputs, [tmp_path / "frame.raw"], Frames("rgb565", 20, 12), SPEC)
    from_picture = run_pictures(runtime, runtime.inputs, [tmp_path / "frame.png"], SPEC)
    assert np.array_equal(from_frame, from_picture)
    prepared = prepare(colour.astype(np.uint8), SPEC)
    raw = np.rint(prepared / 255 / runtime.inputs[0].scale) + runtime.inputs[0].zero_point
    assert np.array_equal(from_frame, fc_oracle(np.clip(raw, -128, 127).astype(np.int8)[None]))


def test_wrong_frames_are_named(model, tmp_path):
    runtime = DesktopRuntime(model, "reference")
    (tmp_path / "short.raw").write_bytes(b"123")
    with pytest.raises(DataError, match=r"short.raw`: a `gray8` frame of 2x2 has 4 bytes, not 3"):
        run_frames(runtime, runtime.inputs, [tmp_path / "short.raw"], Frames("gray8", 2, 2), SPEC)
    with pytest.raises(DataError, match=r"cannot read frame `.*absent.raw`: No such file"):
        run_frames(runtime, runtime.inputs, [tmp_path / "absent.raw"], Frames("gray8", 2, 2), SPEC)


def test_formats_and_sizes_of_frames():
    assert parse_frames("yuyv", "320x240") == Frames("yuyv", 320, 240)
    with pytest.raises(UsageError, match="no frame format `rgb666`"):
        parse_frames("rgb666", "320x240")
    with pytest.raises(UsageError, match="not of the form WIDTHxHEIGHT"):
        parse_frames("yuyv", "320")
