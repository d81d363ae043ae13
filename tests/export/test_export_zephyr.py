"""The module and its samples on a stand-in for Zephyr: CMake builds them, QEMU runs them."""

import json
import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest
from bundles import label_of_the_ramp
from exported import write
from qemu_uart import on_pty
from stand_in_build import libraries
from uart_program import image, printed

from edgeflow.export.zephyr import files

STAND_INS = Path(__file__).parent / "stand_ins"


def sample(bundle, folder, name="classify", core="cortex-m4f"):
    place = write(files(bundle), folder / "tiny-digits")
    stand_in = STAND_INS / "zephyr"
    source = place / "samples" / name
    built = libraries(source, folder / "build", {}, core, f"-DZephyr_DIR={stand_in}")
    return image(
        bundle,
        folder / "image",
        c=[stand_in / "system.c", STAND_INS / "print_format.c"],
        headers=[STAND_INS, stand_in / "include"],
        objects=built,
        core=core,
    )


@pytest.mark.parametrize("core", ["cortex-m4f", pytest.param("rv32imc", marks=pytest.mark.slow)])
def test_the_sample_tests_itself_and_classifies(bundle, picture_model, tmp_path, core, record_property):
    record_property("checked_by", "stand-in: tests/export/stand_ins/zephyr")
    lines = printed(sample(bundle, tmp_path, core=core), core, until="class:")
    assert lines[-2] == "PASS"
    assert re.fullmatch(rf"class: {label_of_the_ramp(picture_model)}, microseconds: \d+", lines[-1])


def test_the_sample_says_that_the_self_test_failed(disturbed, tmp_path):
    assert printed(sample(disturbed, tmp_path))[-1] == "FAIL"


@pytest.mark.slow
def test_the_benchmark_measures_the_sample(bundle, picture_model, tmp_path):
    with on_pty(sample(bundle, tmp_path, "benchmark"), "mps2-an386") as port:
        command = [sys.executable, "-m", "edgeflow", "benchmark", picture_model, "--serial", port]
        done = subprocess.run(
            [*command, "--runs", "20", "--target", "cortex-m", "--build-dir", tmp_path, "--json"],
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["differing_bytes"] == 0


def test_kconfig_gives_the_options_of_the_samples(bundle, tmp_path, record_property):
    record_property("checked_by", "real tool: kconfiglib")
    if find_spec("kconfiglib") is None:
        pytest.skip("kconfiglib is not installed")
    import kconfiglib

    write(files(bundle), tmp_path)
    for name in ("classify", "benchmark"):
        found = kconfiglib.Kconfig(str(tmp_path / "zephyr" / "Kconfig"))
        wanted = (tmp_path / "samples" / name / "prj.conf").read_text()
        own = [line for line in wanted.splitlines() if line.startswith("CONFIG_TINY_DIGITS")]
        (tmp_path / "own.conf").write_text("\n".join(own))
        found.load_config(str(tmp_path / "own.conf"))
        assert not found.warnings
        assert all(found.syms[line[7:-2]].str_value == "y" for line in own)


def test_the_module_names_what_is_there(bundle, record_property):
    record_property("checked_by", "stand-in: the keys of Zephyr's module.yml")
    exported = files(bundle)
    lines = [line.strip() for line in exported["zephyr/module.yml"].decode().splitlines()]
    assert lines == [
        "name: tiny-digits",
        "build:",
        "cmake: zephyr",
        "kconfig: zephyr/Kconfig",
        "samples:",
        "- samples",
    ]
    assert {"zephyr/CMakeLists.txt", "zephyr/Kconfig", "samples/classify/sample.yaml"} < set(exported)
