"""QEMU as the second emulator: same bytes, same counts, and the only M55."""

import json
import shutil
import subprocess

import numpy as np
import pytest
from conftest_marks import needs_gcc, needs_qemu

from edgeflow.emulate import cases, execution
from edgeflow.emulate.core import CoreRuntime
from edgeflow.emulate.network import load_network
from edgeflow.emulate.qemu import QemuRuntime
from edgeflow.errors import BudgetError, InternalError, ToolError
from edgeflow.resources import PACKAGE_DIR

CORE_CASES = [
    pytest.param(core, marks=[] if core == "cortex-m4f" else pytest.mark.slow)
    for core in ("cortex-m3", "cortex-m4f", "cortex-m7", "cortex-m33", "cortex-m55")
]
COMPILERS = ["zig", pytest.param("gcc", marks=needs_gcc)]


@needs_qemu
@pytest.mark.parametrize("core", CORE_CASES)
@pytest.mark.parametrize("compiler", COMPILERS)
def test_every_machine_computes_the_model(
    core, compiler, tiny_firmware, tiny_network, tiny_cases, tiny_oracle
):
    runtime = QemuRuntime(tiny_firmware(core, compiler, "qemu"), tiny_network)
    result = runtime.execute([tiny_cases])
    assert np.array_equal(result.outputs[0], tiny_oracle(tiny_cases)[1])
    assert 24 <= result.stack_bytes <= 256


def by_slot(blocks):
    """Executed bytes of code and taken transfers per slot: two emulators may cut blocks differently."""
    totals = {}
    for b in blocks:
        executed, taken = totals.get(b.slot, (0, 0))
        totals[b.slot] = (executed + b.byte_count * b.executions, taken + b.taken)
    return totals


@needs_qemu
@pytest.mark.parametrize("core", CORE_CASES[:4])
def test_counts_equal_those_of_unicorn(core, tiny_firmware, tiny_network, tiny_cases):
    firmware = tiny_firmware(core, "zig", "qemu")
    result, blocks = QemuRuntime(firmware, tiny_network).execute_counted([tiny_cases])
    other, other_blocks = CoreRuntime(firmware, tiny_network).execute_counted([tiny_cases])
    assert by_slot(blocks) == by_slot(other_blocks)
    assert result.stack_bytes == other.stack_bytes


@pytest.mark.skipif(shutil.which("gcc") is None, reason="the system has no gcc")
def test_counters_compile_without_a_warning(tmp_path):
    flags = ["-std=gnu99", "-Wall", "-Wextra", "-Wpedantic", "-Wconversion", "-Wshadow", "-Werror"]
    sources = [f"{PACKAGE_DIR}/emulate/{name}" for name in ("qemu_counter.c", "block_counter.c")]
    command = ["gcc", *flags, "-DEF_PLUGIN_VERSION=1", "-fsyntax-only", *sources]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


@needs_qemu
def test_image_for_another_memory_map_is_refused(tiny_firmware, tiny_network):
    with pytest.raises(ToolError, match="linked for `cortex-m`"):
        QemuRuntime(tiny_firmware(), tiny_network)


@needs_qemu
def test_fault_names_the_function(changed_firmware, tiny_network, tiny_cases):
    firmware = changed_firmware('__asm__ volatile("udf #0");', emulator="qemu")
    with pytest.raises(InternalError, match=r"fault at 0x\w+ in `tiny_op01_fully_connected`"):
        QemuRuntime(firmware, tiny_network).run([tiny_cases[:1]])


@needs_qemu
def test_misaligned_word_pair_faults(changed_firmware, tiny_network, tiny_cases):
    """unicorn lets this pass, a real core does not: the reason to run in QEMU once."""
    load = '__asm__ volatile("ldrd r2, r3, [%0]" :: "r"((char *)arena + 2) : "r2", "r3", "memory");'
    firmware = changed_firmware(load, emulator="qemu")
    with pytest.raises(InternalError, match=r"fault at 0x\w+ in `tiny_op01_fully_connected`"):
        QemuRuntime(firmware, tiny_network).run([tiny_cases[:1]])


@needs_qemu
def test_program_without_end_is_stopped(changed_firmware, tiny_network, tiny_cases):
    firmware = changed_firmware("for (volatile int i = 0;; ++i) { }", emulator="qemu")
    with pytest.raises(BudgetError, match="did not end within"):
        QemuRuntime(firmware, tiny_network, seconds=0.5).run([tiny_cases[:1]])


def test_missing_qemu_says_what_to_install(tiny_firmware, tiny_network, monkeypatch, tmp_path):
    firmware = tiny_firmware("cortex-m4f", "zig", "qemu")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ToolError) as raised:
        QemuRuntime(firmware, tiny_network)
    assert raised.value.hint == "apt install qemu-system-arm"


@needs_qemu
@pytest.mark.slow
def test_resnet8_is_equal_in_both_emulators(shared_dir, tmp_path, core_targets):
    from edgeflow.codegen.stage import run as generate
    from edgeflow.firmware.stage import run as build

    generate(
        shared_dir / "models" / "models" / "mlperf_ic_resnet8.tflite", tmp_path / "codegen", name="resnet8"
    )
    build(tmp_path / "codegen", tmp_path / "qemu", target=core_targets["cortex-m4f"], emulator="qemu")
    build(tmp_path / "codegen", tmp_path / "unicorn", target=core_targets["cortex-m4f"])
    network = load_network(tmp_path / "codegen")
    golden = np.load(shared_dir / "models" / "goldens" / "mlperf_ic_resnet8.npz")
    inputs = [np.stack([golden[f"in{case}_0"] for case in range(3)])]
    expected = np.stack([golden[f"out{case}_0"] for case in range(3)])
    in_qemu, blocks = QemuRuntime(tmp_path / "qemu", network).execute_counted(inputs)
    in_unicorn = CoreRuntime(tmp_path / "unicorn", network).execute(inputs)
    assert np.array_equal(in_qemu.outputs[0], expected)
    assert np.array_equal(in_unicorn.outputs[0], expected)
    same_image = CoreRuntime(tmp_path / "qemu", network).execute_counted(inputs)[1]
    assert by_slot(blocks) == by_slot(same_image)


@needs_qemu
@pytest.mark.slow
def test_execution_of_an_m55_is_counted(tiny_codegen, tiny_firmware, tmp_path):
    network = json.loads((tiny_codegen / "network.json").read_text())
    firmware = tiny_firmware("cortex-m55", "zig", "qemu")
    execution.run(tiny_codegen, firmware, cases.seeded_cases(network, 1), tmp_path)
    raw = json.loads((tmp_path / "execution.json").read_text())
    assert raw["emulator"].startswith("QEMU")
    assert {row[0] for row in raw["blocks"]} == {1, 2, 3}
