"""RISC-V: the same programs, results and counts as on the Arm cores, in both emulators."""

import json
import shutil

import numpy as np
import pytest
from conftest_marks import needs_riscv_gcc, needs_riscv_qemu

from edgeflow.emulate import cases, execution
from edgeflow.emulate.core import CoreRuntime
from edgeflow.emulate.image import load_image
from edgeflow.emulate.network import load_network
from edgeflow.emulate.program import load_firmware
from edgeflow.emulate.qemu import QemuRuntime
from edgeflow.errors import BudgetError, BuildError, InternalError, ToolError
from edgeflow.profile.image import read_image
from edgeflow.profile.instructions import instructions_by_slot
from edgeflow.target.core import ARM, RISCV

CORE = "rv32imc"
COMPILERS = ["zig", pytest.param("gcc", marks=needs_riscv_gcc)]
SPINS = 1000
NETS = ("mlperf_ic_resnet8", "mlperf_kws_dscnn", "mlperf_ad_autoencoder", "tinymaix_mnist_resnet")


@pytest.mark.parametrize("compiler", COMPILERS)
def test_the_core_computes_the_model(compiler, tiny_firmware, tiny_network, tiny_cases, tiny_oracle):
    runtime = CoreRuntime(tiny_firmware(CORE, compiler), tiny_network)
    result = runtime.execute([tiny_cases])
    assert np.array_equal(result.outputs[0], tiny_oracle(tiny_cases)[1])
    assert 24 <= result.stack_bytes <= 256
    assert "RISC-V RV32IMC" in runtime.title


@pytest.mark.parametrize("compiler", COMPILERS)
def test_blocks_count_a_loop_of_known_length(compiler, tiny_firmware, tiny_network, tiny_cases):
    """``ef_tiny_spin``: li, then addi and bnez a thousand times, then ret."""
    firmware = tiny_firmware(CORE, compiler)
    _result, blocks = CoreRuntime(firmware, tiny_network).execute_counted([tiny_cases[:1]])
    elf = load_firmware(firmware).elf
    spin = load_image(elf, RISCV).function("ef_tiny_spin")
    inside = [b for b in blocks if spin.address <= b.address < spin.address + spin.byte_count]
    assert {b.slot for b in inside} == {2}
    assert [(b.executions, b.taken) for b in inside] == [(1, 1), (SPINS - 1, SPINS - 2), (1, 1)]
    assert instructions_by_slot(read_image(elf), inside) == {2: 2 * SPINS + 2}


@needs_riscv_qemu
@pytest.mark.parametrize("compiler", COMPILERS)
def test_counts_equal_those_of_qemu(compiler, tiny_firmware, tiny_network, tiny_cases, tiny_oracle):
    firmware = tiny_firmware(CORE, compiler, "qemu")
    assert load_firmware(firmware).machine == "virt"
    result, blocks = QemuRuntime(firmware, tiny_network).execute_counted([tiny_cases])
    other, other_blocks = CoreRuntime(firmware, tiny_network).execute_counted([tiny_cases])
    assert inference(firmware, blocks) == inference(firmware, other_blocks)
    assert result.stack_bytes == other.stack_bytes
    assert np.array_equal(result.outputs[0], tiny_oracle(tiny_cases)[1])


def inference(firmware, blocks):
    """Instructions and taken transfers by slot, without the program around: QEMU's boot code is in it."""
    inside = [b for b in blocks if b.slot]
    taken = {b.slot: 0 for b in inside}
    for block in inside:
        taken[block.slot] += block.taken
    return instructions_by_slot(read_image(load_firmware(firmware).elf), inside), taken


FAULTS = {
    "illegal instruction": ('__asm__ volatile("unimp");', "exception 2"),
    "no memory there": ("*(volatile int *)0x90000000u = 1;", "no access to 0x90000000"),
    "write to flash": ("*(volatile int *)0x20000000u = 1;", "no access to 0x20000000"),
    "environment call": ('__asm__ volatile("ecall");', "exception"),
    "breakpoint": ('__asm__ volatile("ebreak");', "Invalid instruction"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_fault_is_one_sentence_with_address_and_symbol(name, changed_firmware, tiny_network, tiny_cases):
    code, expected = FAULTS[name]
    with pytest.raises(
        InternalError, match=rf"fault at 0x200\w+ in `tiny_op01_fully_connected`: .*{expected}"
    ):
        CoreRuntime(changed_firmware(code, core=CORE), tiny_network).run([tiny_cases[:1]])


@needs_riscv_qemu
@pytest.mark.parametrize("name", ["illegal instruction", "environment call", "breakpoint"])
def test_the_program_reports_its_fault_in_qemu(name, changed_firmware, tiny_network, tiny_cases):
    firmware = changed_firmware(FAULTS[name][0], core=CORE, emulator="qemu")
    with pytest.raises(InternalError, match=r"fault at 0x800\w+ in `tiny_op01_fully_connected`"):
        QemuRuntime(firmware, tiny_network).run([tiny_cases[:1]])


def test_unknown_semihosting_call_is_named(changed_firmware, tiny_network, tiny_cases):
    code = (
        '__asm__ volatile("li a0, 0x7f\\n.balign 16\\n.option push\\n.option norvc\\n"'
        ' "slli zero, zero, 0x1f\\n ebreak\\n srai zero, zero, 7\\n.option pop" ::: "a0");'
    )
    with pytest.raises(InternalError, match="semihosting call 0x7f"):
        CoreRuntime(changed_firmware(code, core=CORE), tiny_network).run([tiny_cases[:1]])


def test_stack_overflow_is_found(changed_firmware, tiny_network, tiny_cases):
    code = "volatile uint8_t room[4000]; for (unsigned i = 0; i < sizeof room; ++i) { room[i] = 1; }"
    firmware = changed_firmware(code, ram_bytes=4096, core=CORE)
    with pytest.raises(BudgetError, match="stack grew down into"):
        CoreRuntime(firmware, tiny_network).run([tiny_cases[:1]])


def test_program_without_end_is_stopped(changed_firmware, tiny_network, tiny_cases):
    firmware = changed_firmware("for (volatile int i = 0;; ++i) { }", core=CORE)
    with pytest.raises(BudgetError, match=r"still running at .* in `tiny_op01_fully_connected`"):
        CoreRuntime(firmware, tiny_network, blocks_per_case=100_000).run([tiny_cases[:1]])


def test_image_of_the_other_architecture_is_refused(tiny_firmware, tiny_network, tmp_path):
    arm, riscv = tiny_firmware(), tiny_firmware(CORE)
    with pytest.raises(BuildError, match="image for RISC-V and not for Arm"):
        load_image(load_firmware(riscv).elf, ARM)
    shutil.copytree(riscv, tmp_path / "mixed")
    shutil.copyfile(load_firmware(arm).elf, load_firmware(tmp_path / "mixed").elf)
    with pytest.raises(BuildError, match="image for ARM and not for RISC-V"):
        CoreRuntime(tmp_path / "mixed", tiny_network)


def test_missing_qemu_says_what_to_install(tiny_firmware, tiny_network, monkeypatch, tmp_path):
    firmware = tiny_firmware(CORE, "zig", "qemu")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ToolError, match="`qemu-system-riscv32`") as raised:
        QemuRuntime(firmware, tiny_network)
    assert raised.value.hint == "apt install qemu-system-misc"


def test_execution_is_counted_per_operator(tiny_codegen, tiny_firmware, tmp_path):
    network = json.loads((tiny_codegen / "network.json").read_text())
    execution.run(tiny_codegen, tiny_firmware(CORE), cases.seeded_cases(network, 1), tmp_path)
    raw = json.loads((tmp_path / "execution.json").read_text())
    assert {row[0] for row in raw["blocks"]} == {1, 2, 3}


@pytest.mark.slow
@pytest.mark.parametrize("kernels", ["plain", "scalar"])
@pytest.mark.parametrize("name", NETS)
def test_shared_networks_give_the_reference_bytes(name, kernels, shared_dir, tmp_path, core_targets):
    from edgeflow.codegen.options import CodegenOptions
    from edgeflow.codegen.stage import run as generate
    from edgeflow.firmware.stage import run as build

    model = shared_dir / "models" / "models" / f"{name}.tflite"
    generate(model, tmp_path / "codegen", name="net", options=CodegenOptions(kernels=kernels))
    build(tmp_path / "codegen", tmp_path / "firmware", target=core_targets[CORE])
    golden = np.load(shared_dir / "models" / "goldens" / f"{name}.npz")
    inputs = [np.stack([golden[f"in{case}_0"] for case in range(3)])]
    found = CoreRuntime(tmp_path / "firmware", load_network(tmp_path / "codegen")).run(inputs)
    assert np.array_equal(found[0], np.stack([golden[f"out{case}_0"] for case in range(3)]))
