"""What a project says about sound; no heavy import, read at start-up."""

from __future__ import annotations

from typing import Annotated, ClassVar

import msgspec

from edgeflow.preprocess.audio_spec import SoundKind, SoundSpec, sound_spec
from edgeflow.preprocess.options import PreprocessingOptions

Milliseconds = Annotated[float, msgspec.Meta(gt=0.0, le=60_000.0)]
Hertz = Annotated[float, msgspec.Meta(ge=0.0)]


class _SoundOptions(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Keys of both kinds. docs/preprocessing-audio.md states what each does to a sample."""

    # A file of another rate is left out with a reason.
    sample_rate_hz: Annotated[int, msgspec.Meta(ge=1000, le=192_000)] = 16_000
    # Longer sounds are cut at their end, shorter ones filled with silence there.
    clip_ms: Milliseconds = 1000.0
    # Length of the piece of sound behind one column of features.
    window_ms: Milliseconds = 32.0
    # From the begin of one window to the next.
    stride_ms: Milliseconds = 16.0
    # Bands of the mel scale between `low_hz` and `high_hz`.
    mel_bands: Annotated[int, msgspec.Meta(ge=1, le=128)] = 40
    # Lower edge of the first band.
    low_hz: Hertz = 20.0
    # Upper edge of the last band; where it is left open, half the sample rate.
    high_hz: Hertz | None = None
    # Level that becomes byte 0; 0 dB is a sine of full scale.
    floor_db: Annotated[float, msgspec.Meta(ge=-120.0, le=0.0)] = -80.0
    # Level that becomes byte 255.
    ceiling_db: Annotated[float, msgspec.Meta(ge=-120.0, le=20.0)] = 0.0


class LogMelOptions(_SoundOptions, frozen=True, forbid_unknown_fields=True, tag="log-mel", tag_field="kind"):
    """The ``[preprocessing]`` table of the project file with ``kind = "log-mel"``."""

    kind: ClassVar[SoundKind] = "log-mel"


class MfccOptions(_SoundOptions, frozen=True, forbid_unknown_fields=True, tag="mfcc", tag_field="kind"):
    """The ``[preprocessing]`` table of the project file with ``kind = "mfcc"``."""

    kind: ClassVar[SoundKind] = "mfcc"
    # How many coefficients a window has, from the first on.
    coefficients: Annotated[int, msgspec.Meta(ge=1, le=128)] = 13
    # HTK's lifter, which makes the coefficients of about one size; 0 for none.
    lifter: Annotated[int, msgspec.Meta(ge=0, le=1000)] = 22
    # This far from the centre, 128, a coefficient is limited.
    coefficient_limit_db: Annotated[float, msgspec.Meta(ge=1.0, le=10_000.0)] = 300.0


SoundOptions = LogMelOptions | MfccOptions
# The table of the project file, by its `kind`.
Options = PreprocessingOptions | LogMelOptions | MfccOptions
OPTIONS: dict[str, type[Options]] = {
    "picture": PreprocessingOptions,
    "log-mel": LogMelOptions,
    "mfcc": MfccOptions,
}


def resolved(options: SoundOptions) -> SoundSpec:
    """The declaration in samples and bands. Raises ProjectError for numbers that do not fit together."""
    mfcc = options if isinstance(options, MfccOptions) else MfccOptions(coefficients=1)
    return sound_spec(
        options.kind,
        sample_rate_hz=options.sample_rate_hz,
        clip_ms=options.clip_ms,
        window_ms=options.window_ms,
        stride_ms=options.stride_ms,
        mel_bands=options.mel_bands,
        coefficients=mfcc.coefficients,
        low_hz=options.low_hz,
        high_hz=options.high_hz,
        floor_db=options.floor_db,
        ceiling_db=options.ceiling_db,
        lifter=mfcc.lifter,
        coefficient_limit_db=mfcc.coefficient_limit_db,
    )
