"""The keys of sound in a project and what they resolve to."""

import msgspec
import pytest

from edgeflow.errors import ProjectError
from edgeflow.preprocess.audio_options import LogMelOptions, MfccOptions, SoundOptions, resolved


def test_kind_chooses_the_keys():
    raw = {"kind": "mfcc", "sample_rate_hz": 8000, "coefficients": 10}
    spec = resolved(msgspec.convert(raw, SoundOptions))
    assert (spec.kind, spec.shape, spec.high_hz) == ("mfcc", (61, 10, 1), 4000)
    with pytest.raises(msgspec.ValidationError, match="unknown field `coefficients`"):
        msgspec.convert(raw | {"kind": "log-mel"}, SoundOptions)
    with pytest.raises(msgspec.ValidationError, match="Invalid value 'mel'"):
        msgspec.convert({"kind": "mel"}, SoundOptions)


def test_defaults_resolve():
    spec = resolved(LogMelOptions())
    assert (spec.shape, spec.fft_samples, spec.coefficients, spec.lifter) == ((61, 40, 1), 512, 0, 0)
    assert resolved(MfccOptions()).shape == (61, 13, 1)


def test_durations_are_cut_to_whole_samples():
    spec = resolved(LogMelOptions(sample_rate_hz=11_025, clip_ms=500, window_ms=30, stride_ms=10))
    assert (spec.clip_samples, spec.window_samples, spec.stride_samples) == (5512, 330, 110)
    assert spec.frames == 1 + (5512 - 330) // 110
    exact = resolved(LogMelOptions(sample_rate_hz=10_000, clip_ms=100.1))
    assert exact.clip_samples == 1001


def test_faults_are_project_errors():
    with pytest.raises(ProjectError, match=r"preprocessing\.clip_ms: a clip is shorter"):
        resolved(LogMelOptions(clip_ms=20))
