"""Golden cases of the Android tests: raw pictures or sounds, what the network's input must be, and outputs.

Big-endian 32-bit numbers, and byte strings behind their length, as Java's DataInputStream reads them.
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Iterable, Sequence

from edgeflow.export.android_sound import tables_bytes
from edgeflow.export.bundle import Bundle
from edgeflow.preprocess.audio_spec import SoundSpec
from edgeflow.preprocess.options import FRAME_FORMATS
from edgeflow.preprocess.spec import PictureSpec
from edgeflow.preprocess.values import raw_table, real_table

# Width and height of the noise that is prepared: larger and smaller than an input, both ratios, one pixel.
_FRAMES = ((64, 48), (6, 31), (2, 1), (50, 50))
# Of all frames together; those of the first size, one of each format, are there in any case.
_FRAMES_BYTES = 256 << 10
_CLIPS = 2
# Element types in the order of Kotlin's, each with a scale (exact in 32 bits) and a zero point.
_QUANTIZATIONS = (("int8", 1 / 64, -3), ("uint8", 1 / 128, 128), ("int16", 1 / 4096, 0), ("float32", 0.0, 0))


def golden_files(bundle: Bundle) -> dict[str, bytes]:
    """The resources of both tests, by file name."""
    spec = bundle.preprocessing
    files = {"network.bin": _network(bundle)}
    if isinstance(spec, PictureSpec):
        files |= {"frames.bin": _frames(spec), "values.bin": _values(spec)}
    elif isinstance(spec, SoundSpec):
        tables = tables_bytes(spec)
        files |= {"sounds.bin": _sounds(spec), "values.bin": _values(spec), "tables.bin": _string(tables)}
    return files


def noise(name: str, size: int) -> bytes:
    """Bytes that look random and are always the same."""
    return hashlib.shake_128(name.encode()).digest(size)


def _number(value: int) -> bytes:
    return struct.pack(">i", value)


def _string(data: bytes) -> bytes:
    return _number(len(data)) + data


def _list(items: Sequence[bytes]) -> bytes:
    return _number(len(items)) + b"".join(items)


def _network(bundle: Bundle) -> bytes:
    def tensors(raw: Iterable[bytes]) -> bytes:
        return _list([_string(data) for data in raw])

    return _list([tensors(case.inputs) + tensors(case.outputs) for case in bundle.golden])


def _frames(spec: PictureSpec) -> bytes:
    from edgeflow.preprocess.color import PIXEL_BYTES
    from edgeflow.preprocess.picture import prepare_frame

    cases: list[bytes] = []
    for width, height in _FRAMES:
        if sum(map(len, cases)) > _FRAMES_BYTES:
            break
        for number, frame_format in enumerate(FRAME_FORMATS):
            data = noise(f"{frame_format} {width}", width * height * PIXEL_BYTES[frame_format])
            pixels = prepare_frame(data, width, height, frame_format, spec)
            head = _number(number) + _number(width) + _number(height)
            cases.append(head + _string(data) + _string(pixels.tobytes()))
    return _list(cases)


def _sounds(spec: SoundSpec) -> bytes:
    import numpy as np

    from edgeflow.preprocess.audio import sound_features

    cases = []
    for case in range(_CLIPS):
        samples = np.frombuffer(noise(f"sound {case}", 2 * spec.clip_samples), "<i2") >> (6 * case)
        numbers = samples.astype(">i4").tobytes()
        expected = sound_features(samples[np.newaxis].astype(np.int16), spec)[0].tobytes()
        cases.append(_number(len(samples)) + numbers + _string(expected))
    return _list(cases)


def _values(spec: PictureSpec | SoundSpec) -> bytes:
    """All levels of all channels as the four element types."""
    import numpy as np

    levels = np.repeat(np.arange(256, dtype=np.uint8), spec.channels)
    parts = []
    for dtype, scale, zero_point in _QUANTIZATIONS:
        table = (
            real_table(spec).astype(np.float32)
            if dtype == "float32"
            else raw_table(spec, scale, zero_point, dtype)
        )
        expected = np.ascontiguousarray(
            table.T
        ).tobytes()  # of a machine with the low byte first, as Android's
        parts += [struct.pack(">fi", scale, zero_point), _string(levels.tobytes()), _string(expected)]
    return b"".join(parts)
