"""A network whose arena no RAM region of the target holds alone: linked, emulated, profiled."""

import shutil
import subprocess
import sys

import numpy as np
import pytest
from conftest_marks import needs_gcc

from edgeflow.artifact import read_json
from edgeflow.codegen.options import CodegenOptions
from edgeflow.codegen.stage import run as codegen
from edgeflow.emulate.cases import seeded_cases
from edgeflow.emulate.core import CoreRuntime
from edgeflow.emulate.execution import run as execution
from edgeflow.emulate.host import HostRuntime
from edgeflow.emulate.image import load_image
from edgeflow.emulate.network import load_network
from edgeflow.emulate.qemu import QemuRuntime
from edgeflow.errors import BudgetError, BuildError
from edgeflow.firmware.arena import arena_regions
from edgeflow.firmware.host import build_library
from edgeflow.firmware.stage import run as firmware
from edgeflow.profile.stage import run as profile
from edgeflow.target.core import ARM
from edgeflow.target.descriptor import load_target

COMPILERS = ["zig", pytest.param("gcc", marks=[needs_gcc, pytest.mark.slow])]
# A network that keeps state; its arena of 1,792 bytes, and what each region has for it.
MODEL = "mww_vad_stateful__tap"
REGION_BYTES = 1024
TARGET = """
schema = 1
name = "two-regions"
title = "Two small RAM regions"
core = "{core}"
clock_hz = 100_000_000
generic = true
memory = [
    {{ name = "flash", kind = "flash", origin = 0x0800_0000, size_bytes = 1_048_576 }},
    {{ name = "sram", kind = "ram", origin = 0x2400_0000, size_bytes = {first} }},
    {{ name = "tcm", kind = "ram", origin = 0x2000_0000, size_bytes = {second} }},
]
source = [{{ figures = ["clock_hz", "memory"], document = "invented" }}]
"""


@pytest.fixture
def target(tmp_path):
    def make(core, first, second):
        path = tmp_path / "two-regions.toml"
        path.write_text(TARGET.format(core=core, first=first, second=second))
        return load_target(str(path))

    return make


FLASHES = """
schema = 1
name = "two-flashes"
title = "Little flash, and more outside"
core = "{core}"
clock_hz = 100_000_000
generic = true
memory = [
    {{ name = "flash", kind = "flash", origin = 0x0800_0000, size_bytes = {first} }},
    {{ name = "qspi", kind = "flash", origin = 0x9000_0000, size_bytes = {second} }},
    {{ name = "sram", kind = "ram", origin = 0x2000_0000, size_bytes = 65_536 }},
]
source = [{{ figures = ["clock_hz", "memory"], document = "invented" }}]
"""


@pytest.fixture
def flash_build(shared_dir, tmp_path):
    """Firmware of a model with 16,448 bytes of constant arrays for a target with two flash regions."""

    def build(compiler, first, second, emulator="unicorn"):
        path = tmp_path / "two-flashes.toml"
        path.write_text(FLASHES.format(core="cortex-m4f", first=first, second=second))
        board = load_target(str(path))
        model = next((shared_dir / "models").rglob(f"{MODEL}.tflite"))
        (tmp_path / "codegen").mkdir()
        codegen(model, tmp_path / "codegen", name="net")
        shutil.copytree(tmp_path / "codegen", tmp_path / "whole")
        firmware(
            tmp_path / "codegen", tmp_path / "firmware", target=board, compiler=compiler, emulator=emulator
        )
        return board, read_json(tmp_path / "firmware" / "build.json")

    return build


@pytest.fixture
def chain(shared_dir, tmp_path, target):
    """Codegen and firmware of a model for a target that holds its arena in two regions only."""

    def build(core, compiler, emulator="unicorn"):
        board = target(core, REGION_BYTES + 3072, REGION_BYTES)  # stack and static data beside the first part
        regions = arena_regions(board)
        assert regions == (REGION_BYTES, REGION_BYTES)
        model = next((shared_dir / "models").rglob(f"{MODEL}.tflite"))
        (tmp_path / "codegen").mkdir()
        codegen(model, tmp_path / "codegen", name="net", options=CodegenOptions(regions=regions))
        firmware(
            tmp_path / "codegen", tmp_path / "firmware", target=board, compiler=compiler, emulator=emulator
        )
        codegen(model, tmp_path / "whole", name="net")
        return board

    return build


def expected(tmp_path, network):
    """Cases, and what the one-region build computes of them on this machine."""
    cases = seeded_cases(read_json(tmp_path / "codegen" / "network.json"), 3)
    whole = HostRuntime(build_library(tmp_path / "whole" / "c", tmp_path / "host"), network)
    split = HostRuntime(build_library(tmp_path / "codegen" / "c", tmp_path / "host_split"), network)
    outputs = whole.run(cases)
    assert [a.tobytes() for a in split.run(cases)] == [a.tobytes() for a in outputs]
    return cases, outputs


@pytest.mark.parametrize("compiler", COMPILERS)
@pytest.mark.parametrize("core", ["cortex-m4f", pytest.param("cortex-m7", marks=pytest.mark.slow)])
def test_two_regions_on_an_emulated_core(core, compiler, chain, tmp_path):
    board = chain(core, compiler)
    network = load_network(tmp_path / "codegen")
    cases, outputs = expected(tmp_path, network)
    runtime = CoreRuntime(tmp_path / "firmware", network)
    assert [a.tobytes() for a in runtime.run(cases)] == [a.tobytes() for a in outputs]
    build = read_json(tmp_path / "firmware" / "build.json")
    assert [(part["symbol"], part["region"], part["linked_into"]) for part in build["arena"]] == [
        ("ef_arena", "sram", "sram"),
        ("ef_arena1", "tcm", "tcm"),
    ]
    image = load_image(tmp_path / "firmware" / build["elf"], ARM)
    assert image.more_ram == ((0x2000_0000, 0x2000_0000 + REGION_BYTES),)
    execution(tmp_path / "codegen", tmp_path / "firmware", cases, tmp_path / "execution")
    recorded = tmp_path / "execution" / "execution.json"
    profile(tmp_path / "codegen", tmp_path / "firmware", recorded, tmp_path, target=board)
    check_profile(read_json(tmp_path / "profile.json"), build["arena"])


def check_profile(result, arena):
    totals, memory = result["totals"], {row["name"]: row for row in result["memory"]}
    assert totals["arena_bytes"] == sum(part["byte_count"] for part in arena)
    assert totals["ram_bytes"] == totals["arena_bytes"] + totals["static_bytes"] + totals["stack_bytes"]
    assert memory["tcm"]["used_bytes"] == arena[1]["byte_count"] <= memory["tcm"]["limit_bytes"]
    assert memory["sram"]["used_bytes"] == totals["ram_bytes"] - arena[1]["byte_count"]
    assert totals["static_bytes"] < 256


@pytest.mark.skipif(shutil.which("qemu-system-arm") is None, reason="qemu-system-arm is not installed")
def test_qemu_holds_both_parts_in_its_only_ram(chain, tmp_path):
    chain("cortex-m4f", "zig", "qemu")
    network = load_network(tmp_path / "codegen")
    cases, outputs = expected(tmp_path, network)
    got = QemuRuntime(tmp_path / "firmware", network).run(cases)
    assert [a.tobytes() for a in got] == [a.tobytes() for a in outputs]
    arena = read_json(tmp_path / "firmware" / "build.json")["arena"]
    assert [(part["region"], part["linked_into"]) for part in arena] == [
        ("sram", "ssram2"),
        ("tcm", "ssram2"),
    ]


def test_regions_that_the_target_does_not_have_are_refused(chain, tmp_path):
    chain("cortex-m4f", "zig")
    with pytest.raises(BuildError, match=r"over 2 memory regions but target `cortex-m` has 1 of RAM"):
        firmware(tmp_path / "codegen", tmp_path / "other", target=load_target("cortex-m"))


def test_a_part_larger_than_the_target_s_region_is_refused(chain, tmp_path, target):
    board = chain("cortex-m4f", "zig")
    with pytest.raises(BuildError, match=r"for the RAM region `tcm` of target `two-regions`, which has 512"):
        firmware(
            tmp_path / "codegen", tmp_path / "other", target=target(board.core, 8192, 512), compiler="zig"
        )


def test_regions_that_meet_within_a_page(shared_dir, tmp_path):
    """1,000 bytes of the second region lie in the page where the first ends."""
    path = tmp_path / "two-regions.toml"
    first = REGION_BYTES + 3072 + 1000
    text = TARGET.format(core="cortex-m4f", first=first, second=REGION_BYTES + 16)
    path.write_text(text.replace("0x2000_0000", hex(0x2400_0000 + first)))
    board = load_target(str(path))
    regions = (REGION_BYTES, REGION_BYTES)
    model = next((shared_dir / "models").rglob(f"{MODEL}.tflite"))
    codegen(model, tmp_path / "codegen", name="net", options=CodegenOptions(regions=regions))
    codegen(model, tmp_path / "whole", name="net")
    firmware(tmp_path / "codegen", tmp_path / "firmware", target=board, compiler="zig")
    network = load_network(tmp_path / "codegen")
    cases, outputs = expected(tmp_path, network)
    got = CoreRuntime(tmp_path / "firmware", network).run(cases)
    assert [a.tobytes() for a in got] == [a.tobytes() for a in outputs]


@pytest.mark.slow
def test_a_build_takes_the_regions_of_its_target(shared_dir, tmp_path, target):
    """The whole chain with parity: the project names no regions, the target has two."""
    target("cortex-m4f", 1280 + 3072, 1024)  # its DSP kernels need 2,160 bytes
    model = next((shared_dir / "models").rglob(f"{MODEL}.tflite"))
    command = [sys.executable, "-m", "edgeflow", "build", "--model", str(model)]
    command += ["--target", "./two-regions.toml", "--build-dir", "build"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    report = next((tmp_path / "build").rglob("report.json"))
    result = read_json(report)
    assert result["parity"]["differing_bytes"] == 0
    names = [row["name"] for row in result["budgets"]]
    assert names == ["flash of two-regions", "ram (sram) of two-regions", "ram (tcm) of two-regions"]


def test_an_arena_for_the_second_region_alone(shared_dir, tmp_path, target):
    """The first region is too small for any buffer: the arena is one piece, elsewhere."""
    board = target("cortex-m4f", 3076, 4096)
    model = shared_dir / "models" / "models" / "tinymaix_mnist_resnet.tflite"
    codegen(model, tmp_path / "codegen", name="net", options=CodegenOptions(regions=arena_regions(board)))
    firmware(tmp_path / "codegen", tmp_path / "firmware", target=board, compiler="zig")
    (part,) = read_json(tmp_path / "firmware" / "build.json")["arena"]
    assert (part["symbol"], part["region"]) == ("ef_arena", "tcm")
    codegen(model, tmp_path / "whole", name="net")
    network = load_network(tmp_path / "codegen")
    cases, outputs = expected(tmp_path, network)
    runtime = CoreRuntime(tmp_path / "firmware", network)
    assert np.array_equal(runtime.run(cases)[0], outputs[0])


def test_regions_of_the_shipped_targets():
    """The first is used first: the large SRAM before tightly coupled or backup memory."""
    assert arena_regions(load_target("cortex-m")) == ()
    assert arena_regions(load_target("nucleo-h743zi2")) == (524_288 - 3072, 131_072)
    assert arena_regions(load_target("nucleo-l476rg")) == (98_304 - 3072, 32_768)
    assert arena_regions(load_target("nucleo-u575zi-q")) == (786_432 - 3072, 16_384)
    assert arena_regions(load_target("mps3-an547")) == (4_194_304 - 3072, 524_288)


def test_a_network_for_no_region_is_refused(shared_dir, tmp_path, target):
    regions = arena_regions(target("cortex-m4f", 4096, 512))
    model = shared_dir / "models" / "models" / "mlperf_ic_resnet8.tflite"
    with pytest.raises(BudgetError, match=r"needs 18,944 bytes .* regions of 1,024 and 512 bytes$"):
        codegen(model, tmp_path, name="net", options=CodegenOptions(regions=regions))


@pytest.mark.parametrize("compiler", COMPILERS)
def test_constant_arrays_move_to_the_second_flash(compiler, flash_build, tmp_path):
    board, build = flash_build(compiler, 16_384, 65_536)
    assert build["constant_arrays"] == "qspi"
    network = load_network(tmp_path / "codegen")
    cases, outputs = expected(tmp_path, network)
    got = CoreRuntime(tmp_path / "firmware", network).run(cases)
    assert [a.tobytes() for a in got] == [a.tobytes() for a in outputs]
    image = load_image(tmp_path / "firmware" / build["elf"], ARM)
    assert image.more_flash == ((0x9000_0000, 0x9001_0000),)
    execution(tmp_path / "codegen", tmp_path / "firmware", cases, tmp_path / "execution")
    recorded = tmp_path / "execution" / "execution.json"
    profile(tmp_path / "codegen", tmp_path / "firmware", recorded, tmp_path, target=board)
    result = read_json(tmp_path / "profile.json")
    memory = {row["name"]: row["used_bytes"] for row in result["memory"]}
    assert memory["flash"] + memory["qspi"] == result["totals"]["flash_bytes"] > 16_384
    assert 0.9 * result["totals"]["weights_bytes"] < memory["qspi"] < result["totals"]["weights_bytes"] + 64
    assert memory["sram"] == result["totals"]["ram_bytes"]
    assert result["totals"]["static_bytes"] < 256
    assert result["limits"]["flash_bytes"] == 16_384 + 65_536


def test_what_fits_the_first_flash_stays_there(flash_build, tmp_path):
    _, build = flash_build("zig", 131_072, 65_536)
    assert build["constant_arrays"] == "flash"
    assert load_image(tmp_path / "firmware" / build["elf"], ARM).more_flash == ()


@pytest.mark.parametrize("compiler", COMPILERS)
def test_a_second_flash_that_is_too_small_is_named(compiler, flash_build):
    with pytest.raises(BuildError, match=r"flash `qspi` overflows by \d+ bytes \(\d+ needed, 4096 on"):
        flash_build(compiler, 16_384, 4096)


def test_code_that_the_first_flash_does_not_hold_is_refused(flash_build):
    with pytest.raises(BuildError, match=r"flash overflows by \d+ bytes \(\d+ needed, 4096 on"):
        flash_build("zig", 4096, 65_536)


@pytest.mark.skipif(shutil.which("qemu-system-arm") is None, reason="qemu-system-arm is not installed")
def test_qemu_holds_the_second_flash_behind_the_first(flash_build, tmp_path):
    _, build = flash_build("zig", 16_384, 65_536, "qemu")
    assert build["constant_arrays"] == "qspi"
    network = load_network(tmp_path / "codegen")
    cases, outputs = expected(tmp_path, network)
    got = QemuRuntime(tmp_path / "firmware", network).run(cases)
    assert [a.tobytes() for a in got] == [a.tobytes() for a in outputs]
    image = load_image(tmp_path / "firmware" / build["elf"], ARM)
    assert image.more_flash == ((image.flash[1], image.flash[1] + 65_536),)
