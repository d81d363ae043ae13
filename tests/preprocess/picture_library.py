"""The C of pictures as a host library; params are made here, so that settings need no compiler."""

import ctypes
import functools
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

import edgeflow
from edgeflow.artifact import Store
from edgeflow.preprocess.color import PIXEL_BYTES
from edgeflow.preprocess.options import FRAME_FORMATS
from edgeflow.preprocess.spec import PictureSpec

SOURCES_DIR = Path(edgeflow.__file__).parent / "kernels" / "preprocess"
SOURCES = sorted((SOURCES_DIR / "src").glob("ef_picture*.c"))
STRICT_FLAGS = (
    "-std=c99",
    "-O2",
    "-Wall",
    "-Wextra",
    "-Wpedantic",
    "-Wconversion",
    "-Wsign-conversion",
    "-Wshadow",
    "-Werror",
    f"-I{SOURCES_DIR / 'include'}",
)
MORE, DONE, BAD_SIZE, BAD_FORMAT, BAD_ROW = 0, 1, -1, -2, -3
FENCE_BYTES = 64
FILL = 0xA5


def fields(kind, *names):
    return [(name, kind) for name in names]


class Rect(ctypes.Structure):
    """``ef_picture_rect``."""

    _fields_ = fields(ctypes.c_uint16, "x", "y", "width", "height")


class Picture(ctypes.Structure):
    """``ef_picture``."""

    _fields_ = (
        fields(ctypes.c_uint32, "row", "done", "filled", "x_step", "y_step", "reciprocal", "shift")
        + fields(ctypes.c_uint16, "frame_height", "format")
        + fields(Rect, "source", "destination")
    )


class Params(ctypes.Structure):
    """``ef_picture_params``."""

    _fields_ = (
        fields(ctypes.c_uint16, "width", "height")
        + fields(ctypes.c_uint8, "channels", "value_bytes", "flip", "pad_value")
        + fields(ctypes.c_uint32, "work_bytes")
        + fields(ctypes.c_void_p, "copy_row", "resize_row", "place", "borders", "values", "table")
        + fields(ctypes.c_uint32, "table_count")
    )


class Frame(ctypes.Structure):
    """``ef_frame``."""

    _fields_ = (
        fields(ctypes.c_void_p, "pixels")
        + fields(ctypes.c_uint32, "width", "height", "stride_bytes")
        + fields(ctypes.c_int, "format")
    )


def host_compiler():
    """The command of gcc, or of zig where there is none."""
    gcc = shutil.which("gcc")
    return [gcc] if gcc else [sys.executable, "-m", "ziglang", "cc"]


def build_library(compiler, out, extra=()):
    """Compile all C of pictures with every warning an error into a shared library."""
    command = [*compiler, *STRICT_FLAGS, *extra, "-shared", "-fPIC", "-o", out, *SOURCES]
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return out


@functools.cache
def host_library():
    """The library, built once for all processes of a test run and loaded once in this one."""
    root = os.environ.get("EDGEFLOW_TESTS_CACHE") or tempfile.mkdtemp()
    key = hashlib.sha256(b"".join(path.read_bytes() for path in SOURCES)).hexdigest()
    made = Store(Path(root)).produce(
        "pictures", key, lambda out, _work: build_library(host_compiler(), out / "pictures.so")
    )
    return ctypes.CDLL(str(made / "pictures.so"))


def pointer(array):
    """An array's memory as an argument."""
    return ctypes.c_void_p(array.ctypes.data)


def format_number(frame_format):
    """As ``ef_picture.h`` counts the formats; a number is passed on."""
    return FRAME_FORMATS.index(frame_format) if isinstance(frame_format, str) else frame_format


def fenced(byte_count):
    """Memory that shows whether anything is written behind it."""
    return np.full(byte_count + FENCE_BYTES, FILL, np.uint8)


class Preparer:
    """A spec in C. Without a ``table`` the pixels come out as they are or, with ``flip`` 128, less 128."""

    def __init__(self, spec: PictureSpec, table=None, *, flip=0, library=None):
        self.library = library or host_library()
        self.spec = spec
        self.table = None if table is None else np.ascontiguousarray(table)
        self.value_bytes = 1 if table is None else self.table.dtype.itemsize
        self.picture = Picture()
        self.params = self._params(flip)
        self.work = fenced(self.params.work_bytes)
        self.output = fenced(spec.height * spec.width * spec.channels * self.value_bytes)

    def _params(self, flip):
        spec = self.spec
        color = {1: "grey", 3: "rgb"}[spec.channels]
        params = Params(spec.width, spec.height, spec.channels, self.value_bytes, flip, spec.pad_value)
        params.work_bytes = 0 if spec.interpolation == "nearest" else 4 * spec.width * spec.channels
        params.copy_row = self._address(f"ef_picture_copy_{color}")
        params.resize_row = self._address(f"ef_picture_{spec.interpolation}_{color}")
        if spec.aspect_ratio != "fit":
            params.place = self._address(f"ef_picture_{spec.aspect_ratio}")
        if spec.aspect_ratio == "pad":
            params.borders = self._address("ef_picture_borders")
        if self.table is not None:
            params.values = self._address(f"ef_picture_values_{8 * self.value_bytes}")
            params.table = self.table.ctypes.data
            params.table_count = len(self.table)
        return params

    def _address(self, name):
        return ctypes.cast(getattr(self.library, name), ctypes.c_void_p).value

    def begin(self, width, height, frame_format):
        """The code that ``ef_picture_begin`` returns; the format is a name or a number."""
        frame = Frame(None, width, height, 0, format_number(frame_format))
        references = [ctypes.byref(part) for part in (self.params, self.picture, frame)]
        return self.library.ef_picture_begin(*references[:2], pointer(self.work), references[2])

    def row(self, data):
        """The code of ``ef_picture_row``; the row lies in memory of exactly its size."""
        row = np.frombuffer(data, np.uint8).copy()
        references = [ctypes.byref(part) for part in (self.params, self.picture)]
        return self.library.ef_picture_row(*references, *map(pointer, (self.work, row, self.output)))

    def whole(self, data, width, height, frame_format):
        """The network's input of a frame in memory."""
        pixels = np.frombuffer(data, np.uint8).copy()
        frame = Frame(pixels.ctypes.data, width, height, len(pixels) // height, format_number(frame_format))
        parts = [ctypes.byref(part) for part in (self.params, self.picture, frame)]
        work, output = pointer(self.work), pointer(self.output)
        assert self.library.ef_picture_frame(*parts[:2], work, parts[2], output) == DONE
        return self.result()

    def by_rows(self, data, width, height, frame_format):
        """The same row by row, to the last."""
        assert self.begin(width, height, frame_format) == MORE
        row_bytes = width * PIXEL_BYTES[frame_format]
        codes = [self.row(data[y * row_bytes : (y + 1) * row_bytes]) for y in range(height)]
        assert codes[-1] == DONE
        assert codes == sorted(codes)
        return self.result()

    def result(self):
        """The output; nothing was written behind it or behind the work memory."""
        assert (self.work[-FENCE_BYTES:] == FILL).all()
        assert (self.output[-FENCE_BYTES:] == FILL).all()
        raw = self.output[:-FENCE_BYTES].copy()
        values = raw if self.table is None else raw.view(self.table.dtype)
        return values.reshape(self.spec.height, self.spec.width, self.spec.channels)
