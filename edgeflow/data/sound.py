"""One sound: bytes of a WAV file to 16-bit samples of one channel, and those to a clip."""

from __future__ import annotations

import io
import wave
from typing import TYPE_CHECKING

from edgeflow.errors import DataError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

MAX_FILE_BYTES = 128 << 20
MAX_CHANNELS = 16
# What the standard library's reader raises on damaged files.
_DAMAGE = (wave.Error, EOFError, OSError, ValueError, RuntimeError, MemoryError)


def decode(data: bytes, sample_rate_hz: int) -> NDArray[np.int16]:
    """The samples of a PCM WAV file of 8, 16, 24 or 32 bits; channels are averaged, then rounded to 16 bits.

    Raises DataError whose message is the reason: damaged, empty, cut short, or of another rate.
    """
    if len(data) > MAX_FILE_BYTES:
        raise DataError(f"larger than {MAX_FILE_BYTES} bytes")
    try:
        with wave.open(io.BytesIO(data)) as sound:
            facts = sound.getparams()
            raw = sound.readframes(facts.nframes)
    except _DAMAGE as error:
        raise DataError(f"not a PCM WAV file: {error}" if str(error) else "ends in its header") from error
    if not 1 <= facts.nchannels <= MAX_CHANNELS:
        raise DataError(f"{facts.nchannels} channels, more than {MAX_CHANNELS}")
    if facts.sampwidth not in {1, 2, 3, 4}:
        raise DataError(f"{8 * facts.sampwidth} bits a sample, not 8, 16, 24 or 32")
    if facts.framerate != sample_rate_hz:
        raise DataError(f"{facts.framerate} samples a second, not {sample_rate_hz}")
    if facts.nframes == 0:
        raise DataError("no samples")
    found = len(raw) // (facts.nchannels * facts.sampwidth)
    if found < facts.nframes:
        raise DataError(f"cut short: {found} of {facts.nframes} samples")
    return _sixteen_bit(_mono(_samples(raw, facts.sampwidth), facts.nchannels), facts.sampwidth)


def clip(samples: NDArray[np.int16], length: int) -> NDArray[np.int16]:
    """The first ``length`` samples, with silence behind where there are fewer."""
    import numpy as np

    result = np.zeros(length, np.int16)
    result[: len(samples)] = samples[:length]
    return result


def _samples(raw: bytes, sample_bytes: int) -> NDArray[np.int64]:
    """Signed integers; WAV has 8 bits unsigned and more little-endian."""
    import numpy as np

    if sample_bytes == 1:
        return np.frombuffer(raw, np.uint8).astype(np.int64) - 128
    if sample_bytes == 3:
        parts = np.frombuffer(raw, np.uint8).reshape(-1, 3).astype(np.int64)
        unsigned: NDArray[np.int64] = parts @ np.array([1, 1 << 8, 1 << 16])
        return ((unsigned + (1 << 23)) % (1 << 24)) - (1 << 23)
    return np.frombuffer(raw, f"<i{sample_bytes}").astype(np.int64)


def _mono(samples: NDArray[np.int64], channels: int) -> NDArray[np.int64]:
    """The mean of the channels, halves up."""
    mean: NDArray[np.int64] = (samples.reshape(-1, channels).sum(axis=1) * 2 + channels) // (2 * channels)
    return mean


def _sixteen_bit(samples: NDArray[np.int64], sample_bytes: int) -> NDArray[np.int16]:
    """Scaled to 16 bits; what is cut off is rounded, halves up."""
    import numpy as np

    if sample_bytes == 1:
        return (samples << 8).astype(np.int16)
    shift = 8 * sample_bytes - 16
    rounded = (samples + (1 << shift >> 1)) >> shift
    return np.minimum(rounded, 32767).astype(np.int16)
