"""What turns a clip of sound into network input, resolved to samples, bands and bytes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import msgspec

from edgeflow.errors import DataError, ProjectError
from edgeflow.strict_toml import convert_strict

SoundKind = Literal["log-mel", "mfcc"]
SOUND_KINDS: tuple[SoundKind, ...] = ("log-mel", "mfcc")
SCHEMA = 1
SMALLEST_FFT = 16
LARGEST_FFT = 4096
# Levels are units of 1/1024 of a doubling of energy and fit 15 bits, as products with Q15 tables need.
LARGEST_RANGE_DB = 96.0


class SoundSpec(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Log-mel or MFCC features of a clip: the whole declaration (docs/preprocessing-audio.md)."""

    kind: SoundKind
    sample_rate_hz: int
    clip_samples: int
    window_samples: int
    stride_samples: int
    mel_bands: int
    coefficients: int  # of MFCC; 0 for log-mel
    low_hz: float
    high_hz: float
    floor_db: float
    ceiling_db: float
    lifter: int
    coefficient_limit_db: float

    @property
    def fft_samples(self) -> int:
        """The least power of two that holds a window."""
        return max(SMALLEST_FFT, 1 << (self.window_samples - 1).bit_length())

    @property
    def frames(self) -> int:
        """Windows that lie wholly inside a clip."""
        return 1 + (self.clip_samples - self.window_samples) // self.stride_samples

    @property
    def width(self) -> int:
        """Bytes of one frame."""
        return self.coefficients if self.kind == "mfcc" else self.mel_bands

    @property
    def shape(self) -> tuple[int, int, int]:
        """Of the features of a clip, as a grey picture: frames, bands or coefficients, 1."""
        return self.frames, self.width, 1

    @property
    def height(self) -> int:
        """Frames: rows of the network's input."""
        return self.frames

    @property
    def channels(self) -> int:
        """Of the network's input."""
        return 1

    @property
    def scale(self) -> tuple[float, ...]:
        """The network's value of a byte is ``byte * scale + offset``, as of pictures by default."""
        return (1 / 128,)

    @property
    def offset(self) -> tuple[float, ...]:
        """See ``scale``."""
        return (-1.0,)

    def as_json(self) -> dict[str, Any]:
        """The document ``preprocessing.json``, with a hash of the constants that follow from it."""
        from edgeflow.preprocess.audio_tables import sound_tables

        facts = msgspec.to_builtins(self)
        return {"schema": SCHEMA, **facts, "tables_sha256": sound_tables(self).sha256()}


def sound_from_json(document: Mapping[str, Any], origin: str) -> SoundSpec:
    """The spec of a ``preprocessing.json``. Raises DataError that begins with ``origin``."""
    from edgeflow.preprocess.audio_tables import sound_tables

    facts = dict(document)
    schema, sha256 = facts.pop("schema", None), facts.pop("tables_sha256", None)
    if schema != SCHEMA or facts.get("kind") not in SOUND_KINDS:
        raise DataError(f"{origin}: not the preprocessing of sounds (schema {schema})")
    spec = convert_strict(facts, SoundSpec, {"": SoundSpec}, origin, DataError)
    for fault, hint in _faults(spec):
        raise DataError(f"{origin}: {fault}", hint)
    if sha256 != sound_tables(spec).sha256():
        raise DataError(
            f"{origin}: `tables_sha256` is not that of the constants this machine computes",
            "build the model again on this machine",
        )
    return spec


def sound_spec(
    kind: SoundKind,
    *,
    sample_rate_hz: int,
    clip_ms: float,
    window_ms: float,
    stride_ms: float,
    mel_bands: int,
    coefficients: int,
    low_hz: float,
    high_hz: float | None,
    floor_db: float,
    ceiling_db: float,
    lifter: int,
    coefficient_limit_db: float,
) -> SoundSpec:
    """Resolve what a project says; durations are cut to whole samples.

    Raises ProjectError with the key at fault when the numbers do not fit together.
    """
    spec = SoundSpec(
        kind=kind,
        sample_rate_hz=sample_rate_hz,
        clip_samples=_samples(sample_rate_hz, clip_ms),
        window_samples=_samples(sample_rate_hz, window_ms),
        stride_samples=_samples(sample_rate_hz, stride_ms),
        mel_bands=mel_bands,
        coefficients=coefficients if kind == "mfcc" else 0,
        low_hz=low_hz,
        high_hz=sample_rate_hz / 2 if high_hz is None else high_hz,
        floor_db=floor_db,
        ceiling_db=ceiling_db,
        lifter=lifter if kind == "mfcc" else 0,
        coefficient_limit_db=coefficient_limit_db,
    )
    for fault, hint in _faults(spec):
        raise ProjectError(f"preprocessing.{fault}", hint)
    return spec


def _samples(rate_hz: int, milliseconds: float) -> int:
    # The nudge keeps 0.1 ms of 10 kHz, which is not exact in binary, a whole sample.
    return int(rate_hz * milliseconds / 1000 + 1e-6)


def _faults(spec: SoundSpec) -> list[tuple[str, str]]:
    """What does not fit together, each as key and sentence with a hint."""
    nyquist_hz = spec.sample_rate_hz / 2
    rules = (
        (spec.sample_rate_hz > 0, "sample_rate_hz: it must be positive", "16000 suits speech"),
        (spec.low_hz >= 0, "low_hz: it must not be negative", "20 suits most sounds"),
        (1 <= spec.mel_bands <= 128, "mel_bands: 1 to 128 are possible", "40 are usual"),
        (spec.coefficient_limit_db >= 1, "coefficient_limit_db: it must be at least 1", "300 suits speech"),
        (spec.window_samples >= 8, "window_ms: a window has fewer than 8 samples", "make it longer"),
        (
            spec.window_samples <= LARGEST_FFT,
            f"window_ms: a window has {spec.window_samples} samples, more than {LARGEST_FFT}",
            "make it shorter",
        ),
        (
            1 <= spec.stride_samples <= spec.window_samples,
            "stride_ms: windows must begin at least a sample and at most a window apart",
            "half of window_ms is usual",
        ),
        (
            spec.clip_samples >= spec.window_samples,
            "clip_ms: a clip is shorter than a window",
            "make clip_ms longer or window_ms shorter",
        ),
        (
            spec.low_hz < spec.high_hz <= nyquist_hz,
            f"high_hz: {spec.high_hz:g} is not between low_hz = {spec.low_hz:g} and {nyquist_hz:g}",
            "leave high_hz away for half the sample rate",
        ),
        (
            (1 if spec.kind == "mfcc" else 0) <= spec.coefficients <= spec.mel_bands,
            f"coefficients: {spec.coefficients} of only {spec.mel_bands} mel_bands",
            "take fewer coefficients or more bands",
        ),
        (
            0 < spec.ceiling_db - spec.floor_db <= LARGEST_RANGE_DB,
            f"floor_db: it must lie below ceiling_db = {spec.ceiling_db:g}, by at most {LARGEST_RANGE_DB:g}",
            "-80 and 0 suit most recordings",
        ),
    )
    return [(fault, hint) for holds, fault, hint in rules if not holds] or _empty_bands(spec)


def _empty_bands(spec: SoundSpec) -> list[tuple[str, str]]:
    from edgeflow.preprocess.audio_tables import empty_bands

    empty = empty_bands(spec)
    if not empty:
        return []
    fault = f"mel_bands: {len(empty)} of {spec.mel_bands} bands, the first number {empty[0]},"
    hint = "take fewer bands, a longer window or a higher low_hz"
    return [(f"{fault} lie between two lines of the spectrum", hint)]
