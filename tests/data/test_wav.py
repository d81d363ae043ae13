"""WAV files of every width, and what is wrong with others."""

import io
import struct
import wave

import numpy as np
import pytest

from edgeflow.data.sound import clip, decode
from edgeflow.errors import DataError


def wav(samples, *, width=2, channels=1, rate=8000):
    """A WAV file of raw bytes or of integers."""
    stream = io.BytesIO()
    with wave.open(stream, "wb") as sound:
        sound.setnchannels(channels)
        sound.setsampwidth(width)
        sound.setframerate(rate)
        sound.writeframes(
            samples if isinstance(samples, bytes)
            else b"".join(int(s).to_bytes(width, "little", signed=width > 1) for s in samples)
        )  # fmt: skip
    return stream.getvalue()


@pytest.mark.parametrize(
    ("width", "samples", "expected"),
    [
        (1, [0, 127, 128, 129, 255], [-32768, -256, 0, 256, 32512]),
        (2, [-32768, -1, 0, 1, 32767], [-32768, -1, 0, 1, 32767]),
        (3, [-(1 << 23), -128, -129, 127, 128, (1 << 23) - 1], [-32768, 0, -1, 0, 1, 32767]),
        (4, [-(1 << 31), -(1 << 15), (1 << 15) - 1, 1 << 15, (1 << 31) - 1], [-32768, 0, 0, 1, 32767]),
    ],
)
def test_widths(width, samples, expected):
    decoded = decode(wav(samples, width=width), 8000)
    assert decoded.dtype == np.int16
    assert decoded.tolist() == expected


def test_channels_are_averaged():
    assert decode(wav([1, 2, -1, -2, 32767, 32767], channels=2), 8000).tolist() == [2, -1, 32767]
    assert decode(wav([3, 3, 5], channels=3), 8000).tolist() == [4]
    # The mean is rounded at full width first.
    assert decode(wav([0, 255], width=3, channels=2), 8000).tolist() == [1]


def test_clip():
    samples = np.arange(1, 6, dtype=np.int16)
    assert clip(samples, 3).tolist() == [1, 2, 3]
    assert clip(samples, 7).tolist() == [1, 2, 3, 4, 5, 0, 0]


def extensible():
    """A header whose format is told in an extension: floats could be behind it."""
    data = bytearray(wav([1, 2, 3]))
    data[20:22] = struct.pack("<H", 3)
    return bytes(data)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "ends in its header"),
        (b"RIFF", "ends in its header"),
        (b"not a sound at all, just a text file", "not a PCM WAV file"),
        (wav([1, 2, 3])[:30], "ends in its header"),
        (extensible(), "not a PCM WAV file: unknown format: 3"),
        (wav([]), "no samples"),
        (wav([1] * 100)[:-50], "cut short: 75 of 100 samples"),
        (wav([1], rate=16000), "16000 samples a second, not 8000"),
        (wav([1] * 17, channels=17), "17 channels, more than 16"),
    ],
)
def test_reasons(data, reason):
    with pytest.raises(DataError) as raised:
        decode(data, 8000)
    assert raised.value.message.startswith(reason)


def test_damaged_headers_give_reasons():
    """Any byte of a header changed: samples, or one sentence."""
    whole = wav(range(100))
    random = np.random.default_rng(3)
    for _ in range(400):
        data = bytearray(whole)
        for place in random.integers(0, 44, 2):
            data[place] = random.integers(0, 256)
        try:
            samples = decode(bytes(data), 8000)
        except DataError:
            continue
        assert len(samples) > 0
