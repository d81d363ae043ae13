"""Features of sound in float64 with numpy's FFT, and clips to try; shares no code with edgeflow."""

import numpy as np


def exact_features(clips, spec):
    """Real-valued bytes [N, frames, width] before rounding and without the limits 0 and 255 of MFCC."""
    window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(spec.window_samples) / spec.window_samples)
    rows = []
    for frame in range(spec.frames):
        start = frame * spec.stride_samples
        part = clips[:, start : start + spec.window_samples].astype(np.float64) * window
        rows.append(np.abs(np.fft.rfft(part, spec.fft_samples)) ** 2 @ filters(spec).T)
    energy = np.stack(rows, axis=1)
    full_scale = (32768 * spec.window_samples / 4) ** 2
    with np.errstate(divide="ignore"):
        decibels = np.clip(10 * np.log10(energy / full_scale), spec.floor_db, spec.ceiling_db)
    above_floor = decibels - spec.floor_db
    as_bytes = 255 / (spec.ceiling_db - spec.floor_db) * above_floor
    if spec.kind == "log-mel":
        return as_bytes
    bands, rows = np.arange(spec.mel_bands), np.arange(spec.coefficients)
    cosine = np.sqrt(2 / spec.mel_bands) * np.cos(np.pi * rows[:, None] * (bands + 0.5) / spec.mel_bands)
    lift = 1 + spec.lifter / 2 * np.sin(np.pi * rows / spec.lifter) if spec.lifter else 1.0
    result = 128 + 127 / spec.coefficient_limit_db * (above_floor @ cosine.T) * lift
    result[..., 0] = as_bytes.mean(axis=-1)
    return result


def filters(spec):
    """Triangles on HTK's mel scale, each from its own three corners."""

    def mel(hz):
        return 2595 * np.log10(1 + np.asarray(hz, np.float64) / 700)

    corners = np.linspace(mel(spec.low_hz), mel(spec.high_hz), spec.mel_bands + 2)
    line = mel(np.arange(spec.fft_samples // 2 + 1) * spec.sample_rate_hz / spec.fft_samples)
    banks = [
        np.clip(np.minimum((line - a) / (b - a), (c - line) / (c - b)), 0, None)
        for a, b, c in zip(corners[:-2], corners[1:-1], corners[2:], strict=True)
    ]
    return np.stack(banks)


def clips_to_try(samples, seed=7):
    """int16 clips: silence, a click, constant and full-scale ones, tones, noise of many loudnesses."""
    random = np.random.default_rng(seed)
    time = np.arange(samples)
    clips = [np.zeros(samples), np.full(samples, 32767), np.full(samples, -32768), np.full(samples, 1)]
    clips += [np.where(time == samples // 3, 32767, 0), np.where(time % 2, 32767, -32768)]
    clips += [np.where(time // 7 % 2, 32767, -32768), time % 65536 - 32768]
    for amplitude in (1, 3, 40, 1000, 32767):
        for turns in (0.003, 0.031, 0.125, 0.27, 0.4999):
            clips.append(amplitude * np.sin(2 * np.pi * turns * time))
        clips.append(random.normal(0, amplitude / 3, samples))
    sweep = np.sin(2 * np.pi * 0.25 * time**2 / samples) * 20000
    clips += [sweep, np.cumsum(random.normal(0, 60, samples)), sweep * (time > samples // 2)]
    return np.clip(np.rint(np.stack(clips)), -32768, 32767).astype(np.int16)
