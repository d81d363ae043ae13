"""How sounds are prepared for a model: by its own `preprocessing.json`; refusals."""

import json
import shutil
import wave

import numpy as np
import pytest

from edgeflow.emulate.desktop import DesktopRuntime
from edgeflow.emulate.runtime import TensorInfo
from edgeflow.errors import DataError, UsageError
from edgeflow.preprocess.audio import sound_features
from edgeflow.preprocess.audio_options import LogMelOptions, resolved
from edgeflow.preprocess.options import PreprocessingOptions
from edgeflow.preprocess.spec import picture_spec
from edgeflow.runtimes import run_sounds, sound_preparation, takes_sound

# Two frames of four bands: what the small model takes.
SPEC = resolved(LogMelOptions(sample_rate_hz=8000, clip_ms=24, window_ms=16, stride_ms=8, mel_bands=4))
INPUT = (TensorInfo(0, "x", (1, 2, 4, 1), "int8", 1 / 128, 0),)


@pytest.fixture
def model(fc_model, tmp_path):
    """A model with its `preprocessing.json` beside it."""
    shutil.copy(fc_model, tmp_path / "model.tflite")
    (tmp_path / "preprocessing.json").write_text(json.dumps(SPEC.as_json()))
    return tmp_path / "model.tflite"


def test_the_file_beside_the_model_says_how(model):
    assert sound_preparation(INPUT, model, None) == SPEC
    assert takes_sound(model, None)


def test_what_does_not_suit_is_refused(model, fc_model, tmp_path):
    with pytest.raises(UsageError, match="how sounds become its input is not known"):
        sound_preparation(INPUT, tmp_path / "elsewhere" / "m.tflite", None)
    wider = (TensorInfo(0, "x", (1, 2, 5, 1), "int8", 1 / 128, 0),)
    with pytest.raises(UsageError, match=r"prepares inputs \[2, 4, 1\] but the model's is \[2, 5, 1\]"):
        sound_preparation(wider, model, None)
    pictures = tmp_path / "pictures.json"
    pictures.write_text(json.dumps(picture_spec(PreprocessingOptions()).as_json()))
    assert not takes_sound(model, pictures)
    with pytest.raises(UsageError, match="prepares pictures, not sounds"):
        sound_preparation(INPUT, model, pictures)


def test_a_file_scores_as_its_features(model, fc_oracle, tmp_path):
    samples = np.random.default_rng(6).normal(0, 2000, SPEC.clip_samples).astype("<i2")
    with wave.open(str(tmp_path / "noise.wav"), "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(8000)
        sound.writeframes(samples.tobytes())
    runtime = DesktopRuntime(model, "reference")
    scores = run_sounds(runtime, runtime.inputs, [tmp_path / "noise.wav"], SPEC)
    real = (sound_features(samples[None], SPEC).astype(np.float64) - 128) / 128
    raw = np.rint(real / runtime.inputs[0].scale) + runtime.inputs[0].zero_point
    assert np.array_equal(scores, fc_oracle(np.clip(raw, -128, 127).astype(np.int8)))
    with pytest.raises(DataError, match="cannot read sound"):
        run_sounds(runtime, runtime.inputs, [model], SPEC)
