"""From a build to the arguments of a tool: the image linked for the board, and not the one for QEMU."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

sys.path += [str(Path(__file__).resolve().parents[1] / folder) for folder in ("emulate", "export")]

from exported import need
from tflite_file import fully_connected

TARGET = "nrf52840-dk"


@pytest.mark.slow
def test_the_builds_image_then_the_exports(desk):
    need("arm-none-eabi-gcc")
    desk.install("openocd")
    random = np.random.default_rng(3)
    weights, bias = random.integers(-127, 128, (4, 16)), np.zeros(4, np.int64)
    model = desk.write("scale.tflite", fully_connected((1, 16), weights, bias, (0.5, 0.01, 0.5)))
    export = ["export", "--to", "bare-metal", "--to", "arduino", "--model", model, "--target", TARGET]
    subprocess.run([sys.executable, "-m", "edgeflow", *export], cwd=desk.folder, check=True)
    built = Path("build", "scale", TARGET)
    flash = ["--model", "scale.tflite", "--tool", "openocd"]

    done = desk.flash(*flash, target=TARGET)
    assert done.returncode == 0, done.stderr
    assert "semihosting" in done.stderr
    assert f"{{{desk.folder / built}/firmware/scale.elf}}" in str(desk.calls())

    make = ["make", "-C", desk.folder / built / "export/bare-metal"]
    subprocess.run(make, check=True, capture_output=True)
    done = desk.flash(*flash, target=TARGET)
    assert (done.returncode, desk.calls()) == (1, [])
    assert "is linked for a flash from 0x00000000" in done.stderr
    assert "LINK=link.ld" in done.stderr

    subprocess.run([*make, "clean", "all", "LINK=link.ld"], check=True, capture_output=True)
    done = desk.flash(*flash, target=TARGET)
    assert done.returncode == 0, done.stderr
    assert "semihosting" not in done.stderr
    assert f"{{{desk.folder / built}/export/bare-metal/build/scale.elf}}" in str(desk.calls())

    desk.install("arduino-cli")
    library = built / "export/arduino"
    assert desk.flash(library, target="arduino-nano-33-ble-sense").returncode == 0
    assert desk.calls()[0][-3:] == ["--library", str(library), str(library / "examples/Benchmark")]
