"""From a real model to its profile, checked by tools that share nothing with it."""

import shutil
import subprocess

import numpy as np
import pytest

from edgeflow.artifact import read_json
from edgeflow.emulate.cases import seeded_cases
from edgeflow.profile.image import read_image
from edgeflow.profile.stage import run
from edgeflow.target.descriptor import load_target

pytestmark = pytest.mark.slow
SENTINEL = 0x0800_0000 + 0x1000_0000


@pytest.fixture(scope="module")
def build(shared_dir, tmp_path_factory):
    """``build(model, target, compiler)``: the folder of a real chain and its profile; each built once."""
    pytest.importorskip("unicorn")
    from edgeflow.codegen.stage import run as codegen
    from edgeflow.emulate.execution import run as execution
    from edgeflow.firmware.stage import run as firmware

    made = {}

    def chain(model, target, compiler):
        if compiler == "gcc" and shutil.which("arm-none-eabi-gcc") is None:
            pytest.skip("arm-none-eabi-gcc is not installed")
        key = (model, target, compiler)
        if key not in made:
            out = made[key] = tmp_path_factory.mktemp(f"{model}-{target}-{compiler}")
            for name in ("codegen", "firmware", "execution", "profile"):
                (out / name).mkdir()
            codegen(shared_dir / "models" / "models" / f"{model}.tflite", out / "codegen", name="net")
            firmware(out / "codegen", out / "firmware", target=load_target(target), compiler=compiler)
            flash = load_target(target).flash_timing
            execution(out / "codegen", out / "firmware", inputs(out), out / "execution", flash=flash)
            recorded = out / "execution" / "execution.json"
            run(out / "codegen", out / "firmware", recorded, out / "profile", target=load_target(target))
        return made[key], read_json(made[key] / "profile" / "profile.json")

    return chain


def inputs(out):
    return seeded_cases(read_json(out / "codegen" / "network.json"), 1)


@pytest.mark.parametrize("compiler", ["zig", "gcc"])
def test_resnet8_adds_up(build, compiler):
    _, profile = build("mlperf_ic_resnet8", "cortex-m", compiler)
    totals = profile["totals"]
    assert totals["macs"] == totals["dense_macs"] == 12_501_632  # MLPerf Tiny's image classification network
    assert totals["arena_bytes"] >= totals["arena_lower_bound_bytes"] == 18_944
    assert 77_000 < totals["weights_bytes"] < 82_000  # 77,360 int8 weights, biases, multipliers and shifts
    assert totals["flash_bytes"] == totals["code_bytes"] + totals["weights_bytes"]
    assert totals["ram_bytes"] == totals["arena_bytes"] + totals["static_bytes"] + totals["stack_bytes"]
    assert totals["macs"] / 2 < totals["instructions"] < totals["cycles"]  # SMLAD does two
    for key in ("instructions", "cycles"):
        assert sum(op[key] for op in profile["operators"]) + profile["outside"][key] == totals[key]
    convolutions = [op for op in profile["operators"] if op["kind"] == "CONV_2D"]
    assert sum(op["instructions"] for op in convolutions) > 0.9 * totals["instructions"]
    assert all(op["instructions"] > 0 for op in profile["operators"] if op["kind"] != "RESHAPE")
    for op in profile["operators"]:  # nothing is faster than its roof
        assert op["cycles"] >= max(op["least_compute_cycles"], op["least_memory_cycles"])
        assert op["live_bytes"] <= totals["arena_bytes"]
        assert op["moved_bytes"] == op["input_bytes"] + op["constant_bytes"] + op["output_bytes"]
    assert sum(op["constant_bytes"] for op in profile["operators"]) >= totals["weights_bytes"]
    assert "one cycle each" not in profile["kinds"]["cycles"]


@pytest.mark.parametrize("compiler", ["zig", "gcc"])
def test_a_dense_layer_waits_for_each_line_of_its_weights(build, compiler):
    """264 KB of weights, each read once, through a cache of 256 B: 8 bytes a miss, 5 cycles a miss."""
    _, profile = build("mlperf_ad_autoencoder", "nucleo-l4r5zi", compiler)
    for op in profile["operators"]:
        lines = op["constant_bytes"] / 8
        assert lines <= op["data_misses"] <= 1.2 * lines
        assert op["instruction_misses"] < 0.05 * lines + 200
        assert op["flash_wait_cycles"] == 5 * (op["data_misses"] + op["instruction_misses"])
        assert op["cycles"] == op["zero_wait_cycles"] + op["flash_wait_cycles"]
        assert op["bound"] == "memory"
    assert profile["kinds"]["latency_us"].startswith("estimated (±10 %")


@pytest.mark.parametrize("compiler", ["zig", "gcc"])
def test_flash_is_what_binutils_writes_to_the_chip(build, compiler, tmp_path):
    objcopy = shutil.which("arm-none-eabi-objcopy")
    if objcopy is None:
        pytest.skip("arm-none-eabi-objcopy is not installed")
    out, profile = build("tflm_hello_world_int8", "cortex-m", compiler)
    binary = tmp_path / "flash.bin"
    subprocess.run([objcopy, "-O", "binary", str(out / "firmware" / profile["elf"]), str(binary)], check=True)
    assert profile["totals"]["flash_bytes"] == binary.stat().st_size


@pytest.mark.parametrize("compiler", ["zig", "gcc"])
def test_instructions_are_those_that_a_core_without_it_blocks_steps_through(build, compiler):
    """Armv6-M has no IT, so that single steps and block counts must agree to the last instruction."""
    out, profile = build("tflm_hello_world_int8", "cortex-m0plus", compiler)
    assert profile["totals"]["instructions"] == steps_of_invoke(out, profile)


def steps_of_invoke(out, profile):
    """Instructions from entering invoke to its return, on a bare core without the program around it."""
    import unicorn
    from unicorn import arm_const

    elf = out / "firmware" / profile["elf"]
    image = read_image(elf)
    address = {symbol.name: symbol.address for symbol in image.symbols}
    core = unicorn.Uc(unicorn.UC_ARCH_ARM, unicorn.UC_MODE_THUMB, cpu=arm_const.UC_CPU_ARM_CORTEX_M0)
    target = load_target("cortex-m0plus")
    for memory in target.memory:
        core.mem_map(memory.origin, memory.size_bytes)
    core.mem_map(SENTINEL, 4096)
    load(core, elf)
    plan = read_json(out / "codegen" / "memory_plan.json")
    network = read_json(out / "codegen" / "network.json")
    offsets = {p["tensor_id"]: p["offset_bytes"] for p in plan["placements"]}
    for tensor, values in zip(network["inputs"], inputs(out), strict=True):
        core.mem_write(
            address["ef_arena"] + offsets[tensor["tensor_id"]], np.ascontiguousarray(values[0]).tobytes()
        )
    steps = []
    core.hook_add(unicorn.UC_HOOK_CODE, lambda *_: steps.append(1))
    core.reg_write(arm_const.UC_ARM_REG_R0, address["ef_arena"])
    core.reg_write(arm_const.UC_ARM_REG_SP, target.ram.end)
    core.reg_write(arm_const.UC_ARM_REG_LR, SENTINEL | 1)
    core.emu_start(address["net_invoke"] | 1, SENTINEL)
    assert core.reg_read(arm_const.UC_ARM_REG_R0) == 0
    return len(steps)


def load(core, elf):
    from elftools.elf.elffile import ELFFile

    with elf.open("rb") as stream:
        for segment in ELFFile(stream).iter_segments("PT_LOAD"):
            if segment["p_filesz"]:
                core.mem_write(segment["p_vaddr"], segment.data())
