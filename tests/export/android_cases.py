"""Cases of raw pictures, sounds and values as the driver in Kotlin reads them, and its answers."""

import struct

import numpy as np

from edgeflow.export.android_sound import tables_bytes
from edgeflow.preprocess.options import FRAME_FORMATS

INTERPOLATIONS = ("nearest", "bilinear", "area")
ASPECT_RATIOS = ("fit", "crop", "pad")
ELEMENTS = ("int8", "uint8", "int16", "float32")


def integers(*values):
    return struct.pack(f">{len(values)}i", *values)


def string(data):
    return integers(len(data)) + data


def doubles(values):
    return integers(len(values)) + struct.pack(f">{len(values)}d", *values)


def picture(spec, width, height, frame_format, data):
    """One raw picture to prepare."""
    kinds = INTERPOLATIONS.index(spec.interpolation), ASPECT_RATIOS.index(spec.aspect_ratio)
    head = integers(spec.height, spec.width, spec.channels, *kinds, spec.pad_value)
    return b"\0\7picture" + head + integers(FRAME_FORMATS.index(frame_format), width, height) + string(data)


def sound(spec, clip):
    """One clip to make features of."""
    sizes = (spec.clip_samples, spec.window_samples, spec.stride_samples, spec.mel_bands, spec.coefficients)
    head = integers(int(spec.kind == "mfcc"), *sizes) + string(tables_bytes(spec))
    return b"\0\5sound" + head + integers(len(clip)) + clip.astype(">i2").tobytes()


def tensor_type(dtype, count, scale, zero_point):
    return integers(ELEMENTS.index(dtype), count) + struct.pack(">fi", scale, zero_point)


def values(spec, dtype, scale, zero_point, levels):
    """Levels of pixels to what enters the network."""
    kind = tensor_type(dtype, levels.size, scale, zero_point)
    return b"\0\6values" + doubles(spec.scale) + doubles(spec.offset) + kind + string(levels.tobytes())


def reals(raw, scale, zero_point):
    """Raw values of a tensor to real ones."""
    return b"\0\5reals" + tensor_type(str(raw.dtype), raw.size, scale, zero_point) + string(raw.tobytes())


def white():
    """Every value with every transparency."""
    return b"\0\5white"


def answers(data):
    """What the driver wrote, case by case."""
    place, found = 0, []
    while place < len(data):
        (size,) = struct.unpack_from(">i", data, place)
        found.append(np.frombuffer(data, np.uint8, size, place + 4))
        place += 4 + size
    return found
