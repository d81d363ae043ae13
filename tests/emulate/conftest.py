"""Images of the hand-written model of tests/firmware, and small TFLite files made here."""

import json
import shutil
import sys
from pathlib import Path

import msgspec
import numpy as np
import pytest
from tflite_file import fully_connected

from edgeflow.emulate.network import load_network
from edgeflow.firmware.host import build_library
from edgeflow.firmware.stage import run
from edgeflow.target.descriptor import shipped_boards

# The writer of TFLite files of several operators.
sys.path.insert(0, str(Path(__file__).parent.parent / "ops"))
TINY = Path(__file__).parent.parent / "firmware" / "tiny_codegen"
WEIGHTS = np.array(
    [
        [1, -2, 3, -4, 5, -6, 7, -8],
        [8, 7, 6, 5, 4, 3, 2, 1],
        [-1, -1, -1, -1, 1, 1, 1, 1],
        [0, 9, 0, -9, 0, 9, 0, -9],
    ]
)
BIAS = np.array([100, -200, 300, -400])


def tiny_tensors(x):
    """What the model must give, in numpy: both tensors of cases [N, 1, 8]."""
    y = np.clip(x.astype(np.int64) + 3, -128, 127)
    z = np.clip((y @ WEIGHTS.T + BIAS) >> 4, -128, 127)
    return y.astype(np.int8), z.astype(np.int8)


@pytest.fixture(scope="session")
def tiny_oracle():
    return tiny_tensors


@pytest.fixture(scope="session")
def fc_oracle():
    return fc_int8


@pytest.fixture(scope="session")
def tiny_codegen():
    return TINY


@pytest.fixture(scope="session")
def tiny_network():
    return load_network(TINY)


@pytest.fixture(scope="session")
def tiny_cases():
    limits = np.array([[[-128] * 8], [[127] * 8], [[0] * 8]], np.int8)
    return np.concatenate([limits, np.random.default_rng(7).integers(-128, 128, (20, 1, 8)).astype(np.int8)])


@pytest.fixture(scope="session")
def tiny_library(tmp_path_factory):
    return build_library(TINY / "c", tmp_path_factory.mktemp("library"))


@pytest.fixture(scope="session")
def core_targets():
    """A generic target of every core."""
    return {target.core: target for target in shipped_boards() if target.generic}


@pytest.fixture(scope="session")
def tiny_firmware(tmp_path_factory, core_targets):
    """Build the hand-written model once per core, compiler and emulator."""
    built = {}

    def build(core="cortex-m4f", compiler="zig", emulator="unicorn"):
        key = (core, compiler, emulator)
        if key not in built:
            built[key] = tmp_path_factory.mktemp("firmware")
            run(TINY, built[key], target=core_targets[core], compiler=compiler, emulator=emulator)
        return built[key]

    return build


@pytest.fixture
def changed_firmware(tmp_path, core_targets):
    """The same with a piece of ``model.c`` replaced, and perhaps another size of RAM."""

    def build(new, *, old="ef_tiny_spin();", ram_bytes=None, emulator="unicorn", core="cortex-m4f"):
        folder = tmp_path / "changed"
        shutil.copytree(TINY, folder)
        source = folder / "c" / "model.c"
        assert source.read_text().count(old) == 1
        source.write_text(source.read_text().replace(old, new))
        target = core_targets[core]
        memory = tuple(
            msgspec.structs.replace(m, size_bytes=ram_bytes) if ram_bytes and m.kind == "ram" else m
            for m in target.memory
        )
        run(
            folder,
            tmp_path / "firmware",
            target=msgspec.structs.replace(target, memory=memory),
            compiler="zig",
            emulator=emulator,
        )
        return tmp_path / "firmware"

    return build


FC_WEIGHTS = 16 * np.random.default_rng(3).integers(-7, 8, (3, 8))
FC_BIAS = np.array([64, -320, 1600])


@pytest.fixture(scope="session")
def fc_model(tmp_path_factory):
    """An int8 FULLY_CONNECTED on 2x4 grey pictures whose multiplier is exactly 1/16."""
    path = tmp_path_factory.mktemp("model") / "fc.tflite"
    path.write_bytes(fully_connected((1, 2, 4, 1), FC_WEIGHTS, FC_BIAS, scales=(1 / 128, 1 / 2, 1 / 16)))
    return path


def fc_int8(x):
    """The int8 model in numpy: the accumulator is a multiple of 16, so that nothing is rounded."""
    total = x.reshape(len(x), 8).astype(np.int64) @ FC_WEIGHTS.T + FC_BIAS
    assert not (total % 16).any()
    return np.clip(total // 16, -128, 127).astype(np.int8)


@pytest.fixture(scope="session")
def fc_float_model(tmp_path_factory):
    """The same network in real numbers."""
    path = tmp_path_factory.mktemp("model") / "fc_float.tflite"
    path.write_bytes(fully_connected((1, 2, 4, 1), FC_WEIGHTS / 2, FC_BIAS / 256, scales=None))
    return path


@pytest.fixture
def read():
    return lambda path: json.loads(path.read_text())
