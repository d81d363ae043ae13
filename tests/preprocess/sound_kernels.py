"""The C of the features of sound as a host library, called through ctypes."""

import atexit
import ctypes
import functools
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

import edgeflow
from edgeflow.preprocess.audio_tables import sound_tables

PREPROCESS = Path(edgeflow.__file__).parent / "kernels" / "preprocess"
SOURCES = sorted((PREPROCESS / "src").glob("ef_audio_*.c"))
FLAGS = ("-std=c99", "-O2", "-Wall", "-Wextra", "-Wpedantic", "-Wconversion", "-Wsign-conversion")
FLAGS += ("-Wshadow", "-Werror", f"-I{PREPROCESS / 'include'}")
FENCE = 0x5A
_POINTERS = ("window", "sine", "edges", "rise", "cosine")
_NUMBERS = ("window_samples", "stride_samples", "fft_samples", "mel_bands", "coefficients")
_NUMBERS += ("level_offset", "level_limit", "byte_multiplier", "row_shift")


class Params(ctypes.Structure):
    _fields_ = [(n, ctypes.c_void_p) for n in _POINTERS] + [(n, ctypes.c_int32) for n in _NUMBERS]


class State(ctypes.Structure):
    _fields_ = [(name, ctypes.c_void_p) for name in ("work", "samples", "levels")]
    _fields_ += [("filled", ctypes.c_int32), ("rows", ctypes.c_int32)]


@functools.cache
def library(*flags):
    """All sources with every warning an error; ``flags`` such as a core's way to multiply."""
    folder = tempfile.mkdtemp()
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    gcc = shutil.which("gcc")
    compiler = [gcc] if gcc else [sys.executable, "-m", "ziglang", "cc"]
    path = Path(folder, "audio.so")
    build(compiler, path, flags)
    return load(path)


def build(compiler, path, flags=()):
    """A shared library of all sources."""
    command = [*compiler, *FLAGS, *flags, "-shared", "-fPIC", "-o", path, *SOURCES]
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def load(path):
    """The library in this process."""
    loaded = ctypes.CDLL(str(path))
    loaded.ef_audio_push.restype = ctypes.c_int32
    return loaded


class Microphone:
    """A declaration's constants and memory, with a fence behind each array."""

    def __init__(self, spec, *flags, loaded=None, fence_bytes=64):
        self.spec, self.library = spec, loaded or library(*flags)
        tables = sound_tables(spec)
        self.arrays = {name: np.ascontiguousarray(getattr(tables, name)) for name in _POINTERS}
        facts = {name: getattr(spec, name, None) for name in _NUMBERS[:5]}
        facts |= {name: getattr(tables, name) for name in _NUMBERS[5:]}
        self.params = Params(**{n: a.ctypes.data for n, a in self.arrays.items()}, **facts)
        bytes_of = {"work": 4 * spec.fft_samples, "samples": 2 * spec.window_samples}
        bytes_of |= {"levels": 2 * spec.mel_bands, "row": spec.width}
        self.memory = {
            name: np.full(count + fence_bytes, FENCE, np.uint8) for name, count in bytes_of.items()
        }
        self.sizes = bytes_of

    def features(self, clip, chunks):
        """The rows of a clip that comes in pieces of these lengths, in turns."""
        pointers = {name: self.memory[name].ctypes.data for name in ("work", "samples", "levels")}
        state = State(**pointers, filled=0, rows=0)
        clip = np.ascontiguousarray(clip)
        rows, at, turn = [], 0, 0
        while at < len(clip):
            count = min(chunks[turn % len(chunks)], len(clip) - at)
            while count:
                taken = self.library.ef_audio_push(
                    ctypes.byref(self.params),
                    ctypes.byref(state),
                    ctypes.c_void_p(clip[at:].ctypes.data),
                    ctypes.c_int32(count),
                    ctypes.c_void_p(self.memory["row"].ctypes.data),
                )
                assert 0 < taken <= count
                at, count = at + taken, count - taken
                if state.rows > len(rows):
                    rows.append(self.memory["row"][: self.spec.width].copy())
            turn += 1
        for name, count in self.sizes.items():
            assert (self.memory[name][count:] == FENCE).all(), f"written behind {name}"
        return np.stack(rows)[..., None]
