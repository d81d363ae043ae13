"""Log-mel and MFCC features in integers: the same steps, bit for bit, as ``ef_audio_*.c``.

docs/preprocessing-audio.md is the specification; the names of the steps are its headings.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import numpy.typing as npt

from edgeflow.preprocess.audio_spec import SoundSpec
from edgeflow.preprocess.audio_tables import (
    BYTE_SHIFT,
    CENTRE,
    LEVELS_PER_DOUBLING,
    SoundTables,
    sound_tables,
)

Int64 = npt.NDArray[np.int64]
# Frames are computed together as long as their spectra stay in a cache.
_SAMPLES_AT_ONCE = 1 << 18


def sound_features(clips: npt.NDArray[np.int16], spec: SoundSpec) -> npt.NDArray[np.uint8]:
    """int16 clips ``[N, clip_samples]`` as uint8 ``[N, frames, width, 1]``."""
    starts = np.arange(spec.frames) * spec.stride_samples
    places = starts[:, None] + np.arange(spec.window_samples)
    result = np.empty((len(clips), *spec.shape), np.uint8)
    at_once = max(1, _SAMPLES_AT_ONCE // (spec.frames * spec.fft_samples))
    for first in range(0, len(clips), at_once):
        frames = clips[first : first + at_once][:, places].reshape(-1, spec.window_samples)
        rows = feature_rows(frames, spec)
        result[first : first + at_once] = rows.reshape(-1, *spec.shape)
    return result


def feature_rows(frames: npt.NDArray[np.int16], spec: SoundSpec) -> npt.NDArray[np.uint8]:
    """int16 frames ``[N, window_samples]`` as uint8 ``[N, width]``."""
    tables = sound_tables(spec)
    real, imaginary, shift = _windowed(frames, spec, tables)
    _transform(real, imaginary, tables)
    energy, line_shift = _energies(*_lines(real, imaginary, tables), tables)
    level = _levels(energy, 2 * (shift[:, None] + line_shift), tables)
    if spec.kind == "mfcc":
        half = np.int64(1) << (tables.row_shift - 1)
        values = (level @ tables.cosine.astype(np.int64).T + half) >> tables.row_shift
        values[:, 1:] += CENTRE
        return np.clip(values, 0, 255).astype(np.uint8)
    scaled = (level * tables.byte_multiplier + (1 << (BYTE_SHIFT - 1))) >> BYTE_SHIFT
    return scaled.astype(np.uint8)


def _high(a: Int64, b: Int64) -> Int64:
    """floor(a * b / 2^32)."""
    product: Int64 = (a * b) >> 32
    return product


def _bits(values: Int64) -> Int64:
    """Bits of a number from 0 on, below 2^62: 0 for 0."""
    upper = values >> 32
    is_long = upper > 0
    # Of 32 bits a double holds each exactly, and so does the exponent.
    exponents = np.frexp(np.where(is_long, upper, values).astype(np.float64))[1]
    return exponents.astype(np.int64) + 32 * is_long


def _magnitude(values: Int64) -> Int64:
    """The number itself, or -1 less the negative one."""
    magnitude: Int64 = values ^ (values >> 63)
    return magnitude


def _windowed(
    frames: npt.NDArray[np.int16], spec: SoundSpec, tables: SoundTables
) -> tuple[Int64, Int64, Int64]:
    """Windowed samples scaled to 30 bits, pairs as complex numbers in bit-reversed order, and the shift."""
    products = np.zeros((len(frames), spec.fft_samples), np.int64)
    products[:, : spec.window_samples] = frames.astype(np.int64) * tables.window
    shift = 30 - _bits(_magnitude(products).max(axis=1))
    products <<= shift[:, None]
    order = np.zeros(1, np.int64)
    while len(order) < spec.fft_samples // 2:
        order = np.concatenate([order * 2, order * 2 + 1])
    return products[:, 0::2][:, order], products[:, 1::2][:, order], shift


def _transform(real: Int64, imaginary: Int64, tables: SoundTables) -> None:
    """A complex FFT in place, radix 2, decimation in time; every stage halves."""
    points = real.shape[1]
    sine = tables.sine.astype(np.int64)
    quarter = len(sine) - 1  # of the table, whose step is half of that of this transform
    half = 1
    while half < points:
        step = quarter * 2 // half  # of the table, from one factor to the next
        shape = (len(real), points // (2 * half), 2, half)
        re, im = real.reshape(shape), imaginary.reshape(shape)
        angle = np.arange(half) * step
        behind = angle > quarter
        cosine = sine[np.abs(quarter - angle)]
        sines = sine[np.where(behind, 2 * quarter - angle, angle)]
        sign = np.where(behind, -1, 1)
        b_re, b_im = re[:, :, 1].copy(), im[:, :, 1].copy()
        t_re = sign * _high(b_re, cosine) + _high(b_im, sines)
        t_im = sign * _high(b_im, cosine) - _high(b_re, sines)
        t_re[:, :, 0], t_im[:, :, 0] = b_re[:, :, 0] >> 1, b_im[:, :, 0] >> 1
        if half > 1:  # a quarter turn
            t_re[:, :, half // 2] = b_im[:, :, half // 2] >> 1
            t_im[:, :, half // 2] = -(b_re[:, :, half // 2] >> 1)
        a_re, a_im = re[:, :, 0] >> 1, im[:, :, 0] >> 1
        re[:, :, 0], re[:, :, 1] = a_re + t_re, a_re - t_re
        im[:, :, 0], im[:, :, 1] = a_im + t_im, a_im - t_im
        half *= 2


def _lines(real: Int64, imaginary: Int64, tables: SoundTables) -> tuple[Int64, Int64]:
    """Magnitudes of real and imaginary part of the spectrum's lines that the bands use."""
    points = real.shape[1]
    sine = tables.sine.astype(np.int64)
    k = np.arange(1, points // 2 + 1)
    a_re, a_im = real[:, k], imaginary[:, k]
    b_re, b_im = real[:, points - k], imaginary[:, points - k]
    even_re = ((a_re >> 1) + (b_re >> 1)) >> 1
    even_im = ((a_im >> 1) - (b_im >> 1)) >> 1
    odd_re, odd_im = (a_im >> 1) + (b_im >> 1), (b_re >> 1) - (a_re >> 1)
    cosine, sines = sine[points // 2 - k], sine[k]
    t_re = _high(odd_re, cosine) + _high(odd_im, sines)
    t_im = _high(odd_im, cosine) - _high(odd_re, sines)
    upper = np.s_[:, -2::-1]  # lines points - k, without the middle
    line_re = np.concatenate([even_re + t_re, (even_re - t_re)[upper]], axis=1)
    line_im = np.concatenate([even_im + t_im, (t_im - even_im)[upper]], axis=1)
    used = slice(int(tables.edges[0]) - 1, int(tables.edges[-1]) - 1)
    return _magnitude(line_re[:, used]), _magnitude(line_im[:, used])


def _energies(re: Int64, im: Int64, tables: SoundTables) -> tuple[Int64, Int64]:
    """Weighted power ``[N, mel_bands]`` of each band, Q15, and the shift of its amplitudes."""
    borders = (tables.edges.astype(np.int64) - tables.edges[0]).tolist()
    intervals = [
        _interval(re[:, start:end], im[:, start:end], tables.rise[start:end].astype(np.int64))
        for start, end in pairwise(borders)
    ]
    energies, shifts = [], []
    for (rising, _, rising_shift), (_, falling, falling_shift) in pairwise(intervals):
        shift = np.minimum(rising_shift, falling_shift)
        energies.append((rising >> 2 * (rising_shift - shift)) + (falling >> 2 * (falling_shift - shift)))
        shifts.append(shift)
    return np.stack(energies, axis=1), np.stack(shifts, axis=1)


def _interval(re: Int64, im: Int64, rise: Int64) -> tuple[Int64, Int64, Int64]:
    """Sums for the band that rises over these lines and for the one that falls, and the shift to 31 bits."""
    shift = 31 - _bits(np.maximum(re, im).max(axis=1, initial=0))
    re, im = re << shift[:, None], im << shift[:, None]
    power = _high(re, re) + _high(im, im)
    rising = (power * rise).sum(axis=1)
    return rising, (power.sum(axis=1) << 15) - rising, shift


def _levels(energy: Int64, shift: Int64, tables: SoundTables) -> Int64:
    """The binary logarithm above the floor, limited by the ceiling: 0 .. level_limit."""
    bits = _bits(energy)
    mantissa = np.where(bits > 32, energy >> np.maximum(bits - 32, 0), energy << np.maximum(32 - bits, 0))
    place, rest = (mantissa >> 26) & 31, (mantissa >> 10) & 0xFFFF
    log = tables.log.astype(np.int64)
    fraction = log[place] + (((log[place + 1] - log[place]) * rest) >> 16)
    level = (bits - 1 - shift) * LEVELS_PER_DOUBLING + ((fraction + 16) >> 5) + tables.level_offset
    return np.where(energy > 0, np.clip(level, 0, tables.level_limit), 0)
