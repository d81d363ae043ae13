"""Run lowered kernel calls on the host: kernels in one shared library, params packed as their headers say.

The layout of a params struct is read from the header's typedef, so a field that lowering forgets,
misspells or gives a wrong type fails here.
"""

import atexit
import ctypes
import functools
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

import edgeflow
from edgeflow.artifact import Store
from edgeflow.ops.spec import ConstArray, NullArg, ScratchArg, TensorArg

KERNELS = Path(edgeflow.__file__).parent / "kernels"
SOURCES = sorted((KERNELS / "src").glob("*.c"))
HEADERS = sorted((KERNELS / "include").glob("*.h"))
STRICT_FLAGS = (
    "-std=c99",
    "-O2",
    "-ffp-contract=off",
    "-Wall",
    "-Wextra",
    "-Wpedantic",
    "-Wconversion",
    "-Wsign-conversion",
    "-Wshadow",
    "-Werror",
    f"-I{KERNELS / 'include'}",
)

SHARED_MODELS = Path(__file__).resolve().parents[3] / "shared" / "models"

SCALARS = {
    "int8_t": ctypes.c_int8,
    "uint8_t": ctypes.c_uint8,
    "int16_t": ctypes.c_int16,
    "uint16_t": ctypes.c_uint16,
    "int32_t": ctypes.c_int32,
    "int64_t": ctypes.c_int64,
    "float": ctypes.c_float,
}
FENCE = np.full(64, 0xA5, np.uint8)  # behind a kernel's scratch memory
_TYPEDEF = re.compile(r"typedef struct \{(.*?)\}\s*(\w+);", re.DOTALL)
_FIELD = re.compile(r"(?:const )?(\w+)\s+(\*?)(\w+)(?:\[(\d+)\])?;")


def build_library(compiler, out, extra=()):
    """Compile every kernel with every warning an error into a shared library."""
    command = [*compiler, *STRICT_FLAGS, *extra, "-shared", "-fPIC", "-o", out, *SOURCES]
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return out


def shared_library(compiler, extra=()):
    """The same, built once for all processes of a test run."""
    root = os.environ.get("EDGEFLOW_TESTS_CACHE")
    if root is None:  # a program that also runs by hand
        root = tempfile.mkdtemp()
        atexit.register(shutil.rmtree, root, ignore_errors=True)
    key = hashlib.sha256(repr((*map(str, compiler), *extra)).encode()).hexdigest()
    made = Store(Path(root)).produce(
        "kernels", key, lambda out, _work: build_library(compiler, out / "kernels.so", extra)
    )
    return made / "kernels.so"


def host_compiler():
    """The command of gcc, or of zig where there is none."""
    gcc = shutil.which("gcc")
    return [gcc] if gcc else [sys.executable, "-m", "ziglang", "cc"]


@functools.cache
def host_library():
    """All kernels, loaded once in this process."""
    return ctypes.CDLL(str(shared_library(host_compiler())))


def struct_types():
    """ctypes structures of all typedefs in the headers, nested ones resolved."""
    bodies = {}
    for header in sorted(HEADERS):
        text = re.sub(r"/\*.*?\*/", "", header.read_text(), flags=re.DOTALL)
        bodies |= {name: _FIELD.findall(body) for body, name in _TYPEDEF.findall(text)}
    types = {}

    def build(name):
        if name not in types:
            for c_type, *_ in bodies[name]:
                if c_type not in SCALARS:
                    build(c_type)
            fields = [_field(types, *match) for match in bodies[name]]
            types[name] = type(name, (ctypes.Structure,), {"_fields_": fields})

    for name in bodies:
        if name.endswith("_params"):  # others pass from kernel to kernel only
            build(name)
    return types


def _field(types, c_type, pointer, name, count):
    known = ctypes.c_void_p if pointer else SCALARS.get(c_type) or types[c_type]
    return name, known * int(count) if count else known


STRUCTS = struct_types()


def flat_fields(struct, prefix=""):
    """Dotted names of all scalar fields."""
    for name, kind in struct._fields_:
        if issubclass(kind, ctypes.Structure):
            yield from flat_fields(kind, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}"


def pack_params(call, keep_alive):
    """The params struct of a kernel call; arrays it points to are added to ``keep_alive``."""
    struct = STRUCTS[call.params_type]
    assert sorted(flat_fields(struct)) == sorted(name for name, _ in call.params)
    packed = struct()
    for name, value in call.params:
        *path, leaf = name.split(".")
        target = packed
        for part in path:
            target = getattr(target, part)
        _assign(target, leaf, value, keep_alive)
    return packed


def _assign(target, leaf, value, keep_alive):
    if isinstance(value, ConstArray):
        kept = np.ascontiguousarray(value.values)
        keep_alive.append(kept)
        value = kept.ctypes.data
    field = dict(target._fields_)[leaf]
    if isinstance(value, tuple):
        assert len(value) == field._length_
        value = field(*value)
    setattr(target, leaf, value)
    if isinstance(value, int) and field is not ctypes.c_void_p:
        assert getattr(target, leaf) == value, f"{leaf} = {value} does not fit"


def run_call(library, call, arrays, scratch=None):
    """Run one kernel call in place on ``arrays`` (tensor id -> contiguous array).

    Scratch memory that the caller does not give has a fence behind it.
    """
    fenced = np.concatenate([np.full(call.scratch_bytes, 0x5A, np.uint8), FENCE])
    scratch = fenced if scratch is None else scratch
    keep_alive = []
    params = pack_params(call, keep_alive)
    arguments = [ctypes.byref(params)]
    for arg in call.args:
        if isinstance(arg, TensorArg):
            arguments.append(ctypes.c_void_p(arrays[arg.tensor_id].ctypes.data))
        elif isinstance(arg, NullArg):
            arguments.append(ctypes.c_void_p(None))
        else:
            assert isinstance(arg, ScratchArg | ConstArray)
            block = arg.values if isinstance(arg, ConstArray) else scratch
            keep_alive.append(block)
            arguments.append(ctypes.c_void_p(block.ctypes.data))
    function = getattr(library, call.function)
    function.restype = None
    function(*arguments)
    assert np.array_equal(fenced[call.scratch_bytes :], FENCE), f"{call.function} leaves its scratch memory"


def run_graph(library, graph, lower, inputs, state=None):
    """Run a graph operator by operator; returns every tensor's array by id.

    ``inputs`` are the arrays of ``graph.inputs``, ``state`` those of its variables, which change.
    Outputs are filled with a pattern first, so that an element left unwritten shows.
    """
    # Generated C aligns its arrays; here a constant is a view of the file's bytes, which may not be.
    arrays = {i: np.require(t.data, requirements="CA") for i, t in graph.tensors.items() if t.is_constant}
    arrays |= {i: np.ascontiguousarray(a) for i, a in zip(graph.inputs, inputs, strict=True)}
    arrays |= state or {}
    for op in graph.ops:
        for tensor_id in op.outputs:
            tensor = graph.tensors[tensor_id]
            raw = np.full(tensor.byte_count, 0xA5, np.uint8)
            arrays[tensor_id] = raw.view(tensor.dtype).reshape(tensor.shape)
        for call in lower(graph, op):
            run_call(library, call, arrays)
    return arrays
