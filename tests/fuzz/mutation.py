"""Damaged models: mutations of real files, aimed at what describes the network rather than at its weights."""

import json
import random
import struct
from pathlib import Path

import tflite

MODELS = Path(__file__).resolve().parents[3] / "shared" / "models"
LARGEST_BYTES = 120_000  # larger files only cost time: their descriptions look the same
WORDS = (0, 1, 2, 3, 4, 7, 8, 16, 127, 128, 255, 2**15, 2**16, 2**31 - 1, 2**31, 2**32 - 1)
FLOATS = (0.0, -1.0, 1e-38, 1e-45, 1e38, float("inf"), float("nan"), 2.0**-31, 0.5)


def shared_models():
    """Every file of the shared set that is small enough, by name; empty without the set."""
    if not (MODELS / "index.json").is_file():
        return {}
    entries = json.loads((MODELS / "index.json").read_text())["models"]
    files = {entry["name"]: MODELS / entry["file"] for entry in entries}
    return {n: path.read_bytes() for n, path in files.items() if path.stat().st_size <= LARGEST_BYTES}


def description(data):
    """Positions of the bytes that are no constant's data; all of them in a file that cannot be read."""
    positions = bytearray(b"\1" * len(data))
    try:
        model = tflite.Model.GetRootAs(data, 0)
        for index in range(model.BuffersLength()):
            buffer = model.Buffers(index)
            length, field = buffer.DataLength(), buffer._tab.Offset(4)
            if field and length > 16:  # short constants are shapes, axes and paddings
                start = buffer._tab.Vector(field)
                positions[start : start + length] = bytes(length)
    except Exception:  # noqa: BLE001  the oracle's reader fails on damaged files in any way it likes
        return list(range(len(data)))
    return [i for i, wanted in enumerate(positions) if wanted] or list(range(len(data)))


def mutated(data, positions, seed):
    """The bytes with one to six changes that follow from the seed."""
    generator = random.Random(seed)  # noqa: S311  mutations, not secrets
    changed = bytearray(data)
    for _ in range(generator.choice((1, 1, 1, 2, 3, 6))):
        generator.choice(CHANGES)(changed, positions, generator)
    if generator.random() < 0.03:
        del changed[generator.randrange(len(changed)) :]
    return bytes(changed)


def _word(changed, positions, generator):
    """Where a word of four bytes begins."""
    return min(generator.choice(positions) & ~3, max(0, len(changed) - 4))


def flip_bit(changed, positions, generator):
    """One bit of the description."""
    changed[generator.choice(positions)] ^= 1 << generator.randrange(8)


def set_byte(changed, positions, generator):
    """A small number or an end of the range, as enumerations and flags have them."""
    changed[generator.choice(positions)] = generator.choice((0, 1, 2, 3, 9, 17, 127, 128, 255))


def set_word(changed, positions, generator):
    """A whole number where offsets, sizes and shapes stand."""
    start = _word(changed, positions, generator)
    changed[start : start + 4] = struct.pack("<I", generator.choice(WORDS))


def set_float(changed, positions, generator):
    """A hostile scale."""
    start = _word(changed, positions, generator)
    changed[start : start + 4] = struct.pack("<f", generator.choice(FLOATS))


def shift_word(changed, positions, generator):
    """A number a little off: a shape that almost fits."""
    start = _word(changed, positions, generator)
    value = struct.unpack_from("<I", changed.ljust(start + 4, b"\0"), start)[0]
    value = (value + generator.choice((-4, -1, 1, 2, 4, 8))) % 2**32
    changed[start : start + 4] = struct.pack("<I", value)


def copy_word(changed, positions, generator):
    """A number from elsewhere in the file: often a valid offset of another table."""
    source, start = (_word(changed, positions, generator) for _ in range(2))
    changed[start : start + 4] = changed[source : source + 4]


CHANGES = (flip_bit, set_byte, set_word, set_float, shift_word, copy_word)
