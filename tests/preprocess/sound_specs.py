"""Declarations of sound to try, by name."""

from edgeflow.preprocess.audio_spec import sound_spec

DEFAULTS = {
    "sample_rate_hz": 8000,
    "clip_ms": 400,
    "window_ms": 32,
    "stride_ms": 16,
    "mel_bands": 32,
    "coefficients": 13,
    "low_hz": 60,
    "high_hz": None,
    "floor_db": -80,
    "ceiling_db": 0,
    "lifter": 22,
    "coefficient_limit_db": 300,
}


def make(kind="log-mel", **changes):
    return sound_spec(kind, **(DEFAULTS | changes))


SPECS = {
    "log-mel at 8 kHz": make(),
    "mfcc at 8 kHz": make("mfcc"),
    "keyword log-mel": make(sample_rate_hz=16000, window_ms=30, stride_ms=20, mel_bands=40),
    "keyword mfcc": make("mfcc", sample_rate_hz=16000, window_ms=40, stride_ms=20, mel_bands=40),
    "largest": make(
        "mfcc", sample_rate_hz=44100, window_ms=92, stride_ms=46, mel_bands=64, coefficients=40,
        lifter=0, coefficient_limit_db=100, floor_db=-96,
    ),
    "smallest": make(window_ms=1, stride_ms=1, mel_bands=2, clip_ms=20, low_hz=0),
    "odd window": make(window_ms=21.875, stride_ms=3.125, mel_bands=9, clip_ms=60),
    "narrow": make(low_hz=1000, high_hz=2000, mel_bands=8, ceiling_db=-20),
}  # fmt: skip
