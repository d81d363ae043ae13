"""The exported program: its own Makefile builds it, QEMU runs it, the benchmark measures it over its UART."""

import json
import subprocess
import sys
from dataclasses import replace

import pytest
from bundles import bundle_of
from exported import need, write
from qemu_uart import on_pty

from edgeflow.device.client import Device
from edgeflow.device.port import SerialPort
from edgeflow.emulate.cases import seeded_arrays
from edgeflow.emulate.desktop import DesktopRuntime
from edgeflow.errors import ParityError, TargetError, ToolError, UsageError
from edgeflow.export.bare_metal import files
from edgeflow.target.core import CORES
from edgeflow.target.descriptor import as_target, load

TARGETS = {"cortex-m": "mps2-an386", "cortex-m0plus": "mps2-an385", "riscv32": "virt"}


def build(bundle, folder):
    """The image that `make` gives."""
    need(CORES[bundle.target.core].architecture.gcc)
    write(files(bundle), folder)
    done = subprocess.run(
        ["make", "-j2", "CFLAGS=-Wall -Wextra -Wconversion -Wshadow -Werror"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return folder / "build" / f"{bundle.name}.elf"


@pytest.fixture(scope="session")
def image(bundle, tmp_path_factory):
    return build(bundle, tmp_path_factory.mktemp("bare"))


@pytest.fixture
def device(image):
    with on_pty(image, "mps2-an386") as name, SerialPort(name, 115200) as port:
        yield Device(port)


def qemu_of(target):
    return CORES[target.core].architecture.qemu


def benchmark(model, port, folder, *more):
    command = [sys.executable, "-m", "edgeflow", "benchmark", model, "--serial", port, "--runs", "20"]
    command += ["--build-dir", folder, *more]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("name", TARGETS)
def test_the_benchmark_measures_the_program_over_its_uart(name, picture_model, tmp_path):
    target = load(name, tmp_path)
    bundle = bundle_of(picture_model, tmp_path / "c", target=name, kernels="scalar")
    elf = build(bundle, tmp_path / "export")
    with on_pty(elf, TARGETS[name], qemu_of(target)) as port:
        done = benchmark(picture_model, port, tmp_path / "build", "--target", name, "--json")
    assert done.returncode == 0, done.stderr
    row = json.loads(done.stdout)
    assert (row["cases"], row["compared_bytes"], row["differing_bytes"]) == (8, 8 * 3, 0)
    assert (row["inferences"], len(row["latencies_us"])) == (60, 3)
    assert row["latency_us"] > 0
    assert row["target"] == name
    (kept,) = (tmp_path / "build" / "measured").iterdir()
    assert json.loads(kept.read_text()) == row


def test_the_program_says_how_its_self_test_went(image):
    with on_pty(image, "mps2-an386") as name, SerialPort(name, 115200) as port:
        lines = []
        while (line := port.line(5)) != "m-ready":
            assert line is not None, lines
            lines.append(line)
    assert "selftest: PASS" in lines


def test_another_model_on_the_board_is_told_by_its_size(image, tmp_path, picture_model):
    from tflite_file import fully_connected

    other = tmp_path / "other.tflite"
    import numpy as np

    other.write_bytes(fully_connected((1, 5), np.ones((2, 5)), np.zeros(2), (0.5, 0.5, 0.5)))
    with on_pty(image, "mps2-an386") as port:
        done = benchmark(other, port, tmp_path)
    assert done.returncode == UsageError.exit_code
    assert "runs another model than `other.tflite`" in done.stderr


def test_wrong_weights_on_the_board_are_caught(bundle, picture_model, tmp_path):
    wrong = dict(bundle.sources)
    text = wrong["model.c"].decode()
    start = text.index("= {", text.index("tiny_digits_bias_")) + 3
    end = text.index("}", start)
    numbers = text[start:end].split(",")
    wrong["model.c"] = (
        text[:start] + ",".join([str(int(numbers[0]) + 100000), *numbers[1:]]) + text[end:]
    ).encode()
    elf = build(replace(bundle, sources=wrong), tmp_path / "export")
    with on_pty(elf, "mps2-an386") as port:
        done = benchmark(picture_model, port, tmp_path)
    assert done.returncode == ParityError.exit_code
    assert "differ from TFLite's in case" in done.stderr
    assert not (tmp_path / "measured").exists()


@pytest.mark.parametrize(
    ("command", "answer"),
    [
        ("help", "results: outputs as real numbers, raw: their bytes"),
        ("timestamp", "m-lap-us-"),
        ("db print", "m-ready"),
    ],
)
def test_the_standard_commands_answer(device, command, answer):
    assert any(line.startswith(answer) for line in [*device._command(command), "m-ready"])


@pytest.mark.parametrize(
    ("command", "error"),
    [
        ("nonsense", "Unknown command"),
        ("infer 1", "The input is not loaded"),
        ("infer 0", "Inference iterations must be >0"),
        ("infer x", "Inference iterations must be >0"),
        ("infer 1 -1", "Inference warmup must be >=0"),
        ("results", "No inference has run"),
        ("db load 0", "The input has 64 bytes"),
        ("db load 99999999999", "The input has 64 bytes"),
        ("db 00", "More bytes than expected"),
        ("db 0", "Invalid hex digit"),
        ("db zz", "Invalid hex digit"),
        ("x" * 200, "Command too long"),
    ],
)
def test_wrong_commands_get_an_error_line(device, command, error):
    with pytest.raises(ToolError, match=error):
        device._command(command)
    assert device._field("name", r"m-name-dut-\[(.*)\]") == "qemu-mps2"


def test_printed_results_are_the_real_values(device, picture_model):
    reference = DesktopRuntime(picture_model)
    (cases,) = seeded_arrays(reference.inputs, 4)
    (expected,) = reference.run([cases])
    for case, scores in zip(cases, expected, strict=True):
        device.load(case.tobytes())
        run = device.infer(2, 1)
        assert run.results == pytest.approx(scores.ravel() / 16, abs=0.00051)
        assert device.raw() == scores.tobytes()
        lines = device._command("db print")
        shown = "".join(line.removeprefix("m-buffer-").replace("-", "") for line in lines)
        assert bytes.fromhex(shown) == case.tobytes()


def test_a_silent_port_is_one_sentence(tmp_path, picture_model):
    import os
    import pty

    main, side = pty.openpty()
    try:
        with (
            pytest.raises(ToolError, match="no answer to `name`"),
            SerialPort(os.ttyname(side), 9600) as port,
        ):
            Device(port)
    finally:
        os.close(main)
        os.close(side)
    done = benchmark(picture_model, "/dev/nothing", tmp_path)
    assert done.returncode == ToolError.exit_code
    assert "cannot open the serial port `/dev/nothing`" in done.stderr


def test_an_arena_in_two_memories_has_its_sections(picture_model, tmp_path):
    board = as_target(load("cortex-m", tmp_path))
    bundle = bundle_of(picture_model, tmp_path / "c", regions=(64, 4096))
    assert len(board.rams) == 1
    makefile = files(bundle)["Makefile"].decode()
    assert 'TINY_DIGITS_ARENA1_ATTRIBUTE=__attribute__((section(".bss.ef_ram1")))' in makefile


def test_a_core_without_start_up_code_is_refused(bundle, tmp_path):
    esp32 = as_target(load("esp32-devkitc", tmp_path))
    with pytest.raises(TargetError, match="no start-up code for the core `xtensa-lx6`"):
        files(replace(bundle, target=esp32))
