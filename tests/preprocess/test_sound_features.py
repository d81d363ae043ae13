"""Features of sound in integers against the same in float64, and the declaration's faults."""

import json
import math

import numpy as np
import pytest
from sound_oracle import clips_to_try, exact_features
from sound_specs import SPECS, make

from edgeflow.errors import DataError, ProjectError
from edgeflow.preprocess.audio import sound_features
from edgeflow.preprocess.audio_spec import sound_from_json
from edgeflow.preprocess.audio_tables import sound_tables
from edgeflow.preprocess.declaration import read_declaration
from edgeflow.preprocess.options import PreprocessingOptions
from edgeflow.preprocess.spec import picture_spec

# Of the exact value, rounding included: what docs/preprocessing-audio.md promises.
LARGEST_ERROR = 1.2
USUAL_ERROR = 0.55


@pytest.mark.parametrize("name", SPECS)
def test_features_are_near_the_exact_ones(name):
    spec = SPECS[name]
    clips = clips_to_try(spec.clip_samples)
    features = sound_features(clips, spec)
    assert features.dtype == np.uint8
    assert features.shape == (len(clips), *spec.shape)
    error = np.abs(features[..., 0] - np.clip(exact_features(clips, spec), 0, 255))
    assert error.max() < LARGEST_ERROR
    assert np.mean(error > USUAL_ERROR) < 0.005


def test_the_loudest_and_the_most_quiet():
    """A full-scale tone at the peak of a triangle is 0 dB, silence the floor."""
    spec = make(window_ms=32, mel_bands=1, low_hz=0, high_hz=4000)
    peak_hz = 700 * (10 ** (2595 * math.log10(1 + 4000 / 700) / 2 / 2595) - 1)
    line = round(peak_hz / 8000 * 256)
    time = np.arange(spec.clip_samples)
    tone = np.rint(32767 * np.cos(2 * np.pi * line / 256 * time)).astype(np.int16)
    loud, silent = sound_features(np.stack([tone, np.zeros_like(tone)]), spec)
    assert loud.min() >= 254
    assert silent.max() == 0


def test_mfcc_of_silence_is_the_centre():
    spec = make("mfcc")
    row = sound_features(np.zeros((1, spec.clip_samples), np.int16), spec)[0, 0, :, 0]
    assert row.tolist() == [0] + [128] * 12


def test_each_clip_counts_by_itself():
    spec = SPECS["log-mel at 8 kHz"]
    clips = np.tile(clips_to_try(spec.clip_samples), (8, 1))
    together = sound_features(clips, spec)
    alone = np.concatenate([sound_features(clip[None], spec) for clip in clips[::37]])
    assert np.array_equal(together[::37], alone)


def test_declaration_as_json():
    for spec in SPECS.values():
        assert sound_from_json(spec.as_json(), "it") == spec


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"schema": 2}, r"not the preprocessing of sounds \(schema 2\)"),
        ({"kind": "picture"}, "not the preprocessing of sounds"),
        ({"mel_bands": "many"}, "mel_bands: Expected `int`"),
        ({"bands": 3}, "unknown field `bands`"),
        ({"mel_bands": 0}, "mel_bands: 1 to 128"),
        ({"stride_samples": 0}, "stride_ms: windows must begin"),
        ({"low_hz": 70.0}, "`tables_sha256` is not that of the constants"),
    ],
)
def test_other_documents_are_refused(changes, sentence):
    with pytest.raises(DataError, match=f"^it: .*{sentence}"):
        sound_from_json(make().as_json() | changes, "it")


def test_declarations_of_both_kinds_are_read(tmp_path):
    path = tmp_path / "preprocessing.json"
    path.write_text(json.dumps(make().as_json()))
    assert read_declaration(path) == make()
    picture = picture_spec(PreprocessingOptions())
    path.write_text(json.dumps(picture.as_json()))
    assert read_declaration(path) == picture


def test_tables_are_pinned():
    """Another machine, and another implementation, must have these tables."""
    assert sound_tables(SPECS["mfcc at 8 kHz"]).sha256().startswith("29844b2e2dc91e16")


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"window_ms": 0.5}, "window_ms: a window has fewer than 8 samples"),
        ({"window_ms": 600, "clip_ms": 700}, "window_ms: a window has 4800 samples, more than 4096"),
        ({"stride_ms": 33}, "stride_ms: windows must begin"),
        ({"stride_ms": 0.1}, "stride_ms: windows must begin"),
        ({"clip_ms": 31}, "clip_ms: a clip is shorter"),
        ({"high_hz": 4001}, "high_hz: 4001 is not between"),
        ({"low_hz": 4000}, "high_hz: 4000 is not between"),
        ({"coefficients": 33, "kind": "mfcc"}, "coefficients: 33 of only 32"),
        ({"floor_db": 0}, "floor_db: it must lie below"),
        ({"floor_db": -97}, "floor_db: it must lie below"),
        ({"mel_bands": 120}, "mel_bands: .* of 120 bands, the first number [0-9]+,"),
    ],
)
def test_faults_name_their_key(changes, sentence):
    with pytest.raises(ProjectError, match=rf"^preprocessing\.{sentence}") as raised:
        make(**changes)
    assert raised.value.hint
