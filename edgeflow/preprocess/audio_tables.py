"""The constant tables of a sound's features: computed once in double precision, integers from then on.

docs/preprocessing-audio.md states each formula. ``rint`` rounds halves to even.
"""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass, fields
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from edgeflow.preprocess.audio_spec import SoundSpec

Ints = npt.NDArray[np.generic]
LEVELS_PER_DOUBLING = 1024
FULL_SCALE = 32768
LOG_STEPS = 32
BYTE_SHIFT = 20  # of the multiplier from levels to bytes
LARGEST_ROW_SHIFT = 30
CENTRE = 128


@dataclass(frozen=True, slots=True, eq=False)
class SoundTables:
    """All constants of the arithmetic, named as in the generated C."""

    window: npt.NDArray[np.int16]  # [window_samples], Q15
    sine: npt.NDArray[np.int32]  # [fft_samples / 4 + 1], a quarter wave, Q31
    edges: npt.NDArray[np.uint16]  # [mel_bands + 2], first line of each interval of the mel scale
    rise: npt.NDArray[np.uint16]  # [edges[-1] - edges[0]], Q15, weight in the band that rises there
    log: npt.NDArray[np.uint16]  # [33], log2(1 + i / 32), Q15
    level_offset: int
    level_limit: int
    byte_multiplier: int  # of log-mel, Q20
    cosine: npt.NDArray[np.int16]  # [coefficients, mel_bands] of MFCC, 2^-row_shift
    row_shift: int

    def sha256(self) -> str:
        """A hash by which another implementation can check its tables: all values as little-endian int32."""
        digest = hashlib.sha256()
        for field in fields(self):
            digest.update(np.asarray(getattr(self, field.name)).astype("<i4").tobytes())
        return digest.hexdigest()


@lru_cache(maxsize=8)
def sound_tables(spec: SoundSpec) -> SoundTables:
    """The tables of a declaration."""
    edges, rise = _mel(spec)
    zero_db = 2 * math.log2(FULL_SCALE * spec.window_samples / 4)
    doublings_per_db = math.log2(10) / 10
    floor = round(LEVELS_PER_DOUBLING * (zero_db + spec.floor_db * doublings_per_db))
    limit = round(LEVELS_PER_DOUBLING * (spec.ceiling_db - spec.floor_db) * doublings_per_db)
    cosine, row_shift = _cosine(spec, limit)
    return SoundTables(
        window=_window(spec.window_samples),
        sine=_sine(spec.fft_samples),
        edges=edges,
        rise=rise,
        log=np.rint(FULL_SCALE * np.log2(1 + np.arange(LOG_STEPS + 1) / LOG_STEPS)).astype(np.uint16),
        level_offset=LEVELS_PER_DOUBLING * (2 * (spec.fft_samples.bit_length() - 1) - 13) - floor,
        level_limit=limit,
        byte_multiplier=round(255 * (1 << BYTE_SHIFT) / limit),
        cosine=cosine,
        row_shift=row_shift,
    )


def empty_bands(spec: SoundSpec) -> list[int]:
    """Bands whose triangle holds no line of the spectrum."""
    edges, rise = _mel(spec)
    weights = np.split(rise.astype(np.int64), (edges[1:-1] - edges[0]).tolist())
    return [
        band
        for band in range(spec.mel_bands)
        if not weights[band].any() and not (FULL_SCALE - weights[band + 1]).any()
    ]


def _window(samples: int) -> npt.NDArray[np.int16]:
    """A Hann window, periodic."""
    hann = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(samples) / samples)
    values: npt.NDArray[np.int16] = np.minimum(np.rint(FULL_SCALE * hann), FULL_SCALE - 1).astype(np.int16)
    return values


def _sine(fft_samples: int) -> npt.NDArray[np.int32]:
    wave = np.sin(2 * np.pi * np.arange(fft_samples // 4 + 1) / fft_samples)
    values: npt.NDArray[np.int32] = np.minimum(np.rint(2.0**31 * wave), 2**31 - 1).astype(np.int32)
    return values


def _mel(spec: SoundSpec) -> tuple[npt.NDArray[np.uint16], npt.NDArray[np.uint16]]:
    """Triangles of equal width on the mel scale of HTK (S. Young et al., The HTK Book, section 5.4).

    Line k of the spectrum lies in interval floor(p) of mel_bands + 1; the triangle of band floor(p)
    rises there and that of the band below falls.
    """
    lines = np.arange(1, spec.fft_samples // 2)
    low, high = _mel_of(np.array([spec.low_hz, spec.high_hz]))
    mel = _mel_of(lines * (spec.sample_rate_hz / spec.fft_samples))
    position = (mel - low) / (high - low) * (spec.mel_bands + 1)
    inside = (position >= 0) & (position < spec.mel_bands + 1)
    interval = np.floor(position[inside]).astype(np.int64)
    first = int(lines[inside][0]) if inside.any() else 1
    edges = first + np.searchsorted(interval, np.arange(spec.mel_bands + 2))
    rise = np.rint(FULL_SCALE * (position[inside] - interval))
    return edges.astype(np.uint16), rise.astype(np.uint16)


def _mel_of(hz: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    mel: npt.NDArray[np.float64] = 2595 * np.log10(1 + hz / 700)
    return mel


def _cosine(spec: SoundSpec, level_limit: int) -> tuple[npt.NDArray[np.int16], int]:
    """Orthonormal DCT-II with HTK's lifter, scaled from levels to bytes, and its binary point.

    Coefficient 0 is the mean level, mapped as a level of log-mel; the others have their centre at 128.
    """
    if spec.kind != "mfcc":
        return np.zeros((0, spec.mel_bands), np.int16), 0
    rows = np.arange(spec.coefficients)[:, None]
    waves = np.cos(np.pi * rows * (np.arange(spec.mel_bands) + 0.5) / spec.mel_bands)
    db_per_level = 10 * math.log10(2) / LEVELS_PER_DOUBLING
    lift = 1 + spec.lifter / 2 * np.sin(np.pi * rows / spec.lifter) if spec.lifter else np.ones_like(rows)
    gain = 127 / spec.coefficient_limit_db * math.sqrt(2 / spec.mel_bands) * lift * db_per_level
    gain[0] = 255 / (level_limit * spec.mel_bands)
    scaled = gain * waves
    shift = LARGEST_ROW_SHIFT
    while np.rint(np.abs(scaled).max() * 2.0**shift) >= FULL_SCALE:
        shift -= 1
    return np.rint(scaled * 2.0**shift).astype(np.int16), shift
