"""`edgeflow flash` with stand-ins of the tools: which it calls, with what, and what it says if it cannot."""

import json
import shutil
import subprocess

import pytest
from desk import elf

from edgeflow.target.descriptor import shipped_boards

ALL = ("probe-rs", "openocd", "west", "arduino-cli", "idf.py")
CHIP = ["--chip", "nRF52840_xxAA"]


def openocd_call(path):
    steps = ["init", "reset init", f"flash write_image erase {{{path}}}", f"verify_image {{{path}}}"]
    steps += ["reset run", "shutdown"]
    files = ["-f", "interface/cmsis-dap.cfg", "-f", "target/nrf52.cfg"]
    return ["openocd", *files, *(part for step in steps for part in ("-c", step))]


def test_probe_rs_is_preferred_writes_and_resets(desk):
    desk.install(*ALL)
    done = desk.flash("app.elf")
    assert done.returncode == 0, done.stderr
    assert desk.calls() == [["probe-rs", "download", *CHIP, "app.elf"], ["probe-rs", "reset", *CHIP]]
    assert done.stdout == "`app.elf` is on `desk`, by probe-rs\n"
    assert "$ probe-rs download --chip nRF52840_xxAA app.elf\n" in done.stderr
    assert done.stderr.count("stand-in says on stdout") == 2
    assert "stand-in says on stderr" in done.stderr


def test_openocd_by_wish_alone_and_where_probe_rs_has_no_name(desk):
    desk.install("probe-rs", "openocd")
    assert desk.flash("app.elf", "--tool", "openocd").returncode == 0
    assert desk.calls() == [openocd_call(desk.image)]
    desk.board('\n[programmer]\nopenocd_config = ["interface/cmsis-dap.cfg", "target/nrf52.cfg"]\n')
    spaced = desk.write("my image $1;[x].elf", desk.image.read_bytes())
    assert desk.flash(spaced).returncode == 0
    assert desk.calls() == [openocd_call(spaced)]
    braced = desk.write("a}b.elf", desk.image.read_bytes())
    done = desk.flash(braced)
    assert (done.returncode, desk.calls()) == (1, [])
    assert "OpenOCD cannot be told the path" in done.stderr


def test_nothing_after_a_failure(desk):
    desk.install("probe-rs")
    done = desk.flash("app.elf", fail="download")
    assert (done.returncode, done.stdout) == (1, "")
    assert [call[1] for call in desk.calls()] == ["download"]
    assert "error: `probe-rs download` failed with exit code 3" in done.stderr
    assert "hint: its own message is above" in done.stderr
    desk.write("bin/openocd", "not a program").chmod(0o755)
    assert "error: cannot start" in desk.flash("app.elf", "--tool", "openocd").stderr


def test_dry_run_calls_nothing(desk):
    desk.install("openocd")
    done = desk.flash("app.elf", "--dry-run", "--json")
    answer = json.loads(done.stdout)
    assert (answer["tool"], answer["commands"], answer["flashed"]) == (
        "openocd",
        [openocd_call(desk.image)],
        False,
    )
    named = desk.flash("app.elf", "--dry-run", "--tool", "probe-rs")
    assert named.stdout.splitlines()[1] == "probe-rs reset --chip nRF52840_xxAA"
    assert "`probe-rs` is not installed: `cargo install" in named.stderr
    assert (named.returncode, desk.calls()) == (0, [])


def test_what_is_missing_for_each_tool(desk):
    done = desk.flash("app.elf")
    assert done.returncode == 1
    assert "`probe-rs` is not installed; `openocd` is not installed" in done.stderr
    assert "apt install openocd" in done.stderr
    desk.install("probe-rs", "openocd")
    desk.board('\n[programmer]\nesp_idf_target = "esp32c3"\n')
    done = desk.flash("app.elf")
    assert (done.returncode, desk.calls()) == (1, [])
    assert "has no `probe_rs_chip` for `probe-rs`; the target has no `openocd_config`" in done.stderr
    assert "add `probe_rs_chip` to [programmer]" in done.stderr


def arduino(desk):
    desk.write("lib/library.properties", "name=net\n")
    for name in ("Classify", "Benchmark"):
        desk.write(f"lib/examples/{name}/{name}.ino", "")
    return desk.folder / "lib"


def test_arduino_library(desk):
    desk.install(*ALL)
    library = arduino(desk)
    board = ["--fqbn", "arduino:mbed_nano:nano33ble"]
    upload = ["arduino-cli", "compile", "--upload", *board]
    assert desk.flash(library, "--port", "/dev/ttyACM0").returncode == 0
    sketch = f"{library}/examples/Benchmark"
    assert desk.calls() == [[*upload, "--port", "/dev/ttyACM0", "--library", str(library), sketch]]
    assert desk.flash(f"{library}/examples/Classify").returncode == 0
    assert desk.calls() == [[*upload, "--library", str(library), f"{library}/examples/Classify"]]


def test_zephyr_module_is_built_and_flashed(desk):
    desk.install(*ALL)
    desk.write("net/zephyr/module.yml", "")
    desk.write("net/samples/hello/prj.conf", "")
    desk.write("net/samples/hello/CMakeLists.txt", "find_package(Zephyr REQUIRED)\n")
    module, app = desk.folder / "net", desk.folder / "net/samples/hello"
    assert desk.flash(module).returncode == 0
    build = ["-d", f"{app}/build"]
    assert desk.calls() == [
        ["west", "build", "-b", "nrf5340dk/nrf5340/cpuapp", *build, str(app)],
        ["west", "flash", *build],
    ]


def test_esp_idf_project_inside_a_component(desk):
    desk.install(*ALL)
    desk.write("net/idf_component.yml", "")
    desk.write("net/CMakeLists.txt", "idf_component_register()\n")
    desk.write("net/examples/b/CMakeLists.txt", "include($ENV{IDF_PATH}/tools/cmake/project.cmake)\n")
    desk.write("net/examples/b/main/CMakeLists.txt", "idf_component_register()\n")
    project = ["idf.py", "-C", f"{desk.folder}/net/examples/b"]
    assert desk.flash(desk.folder / "net", "--port", "COM7").returncode == 0
    assert desk.calls() == [[*project, "set-target", "esp32c3"], [*project, "-p", "COM7", "flash"]]


# arguments, exit code, words of the message
WRONG = {
    "no such tool": (["app.elf", "--tool", "openodc"], 2, ["no tool `openodc`", "tools: probe-rs, openocd"]),
    "tool of another kind": (["app.elf", "--tool", "west"], 2, ["`west` does not flash", "`probe-rs`"]),
    "port of no use": (["app.elf", "--port", "COM7"], 2, ["not by a serial port"]),
    "nothing there": (["none.elf"], 1, ["there is no file or folder `none.elf`"]),
    "nothing built": ([], 1, ["there is no image in", "`edgeflow build`"]),
    "empty folder": (["bin"], 1, ["`bin` has no program to flash", "LINK=link.ld"]),
    "several sketches": (["two"], 2, ["`two` has several programs", "two/a`"]),
    "no ELF": (["desk.toml"], 1, ["`desk.toml` is not an ELF file"]),
    "other core": (["riscv.elf"], 1, ["is an image for RISC-V and not for"]),
    "boot loader": (["low.elf"], 1, ["from 0x08000000", "does not have on `desk`"]),
    "outside": (["far.elf"], 1, ["from 0x00000000"]),
}


@pytest.mark.parametrize("case", WRONG)
def test_wrong_use_is_one_sentence_and_calls_nothing(case, desk):
    desk.install(*ALL)
    desk.write("riscv.elf", elf(0x0800_1000, machine=243))
    desk.write("low.elf", elf(0x0800_0000))
    desk.write("far.elf", elf(0))
    desk.write("two/library.properties", "")
    for name in "ab":
        desk.write(f"two/{name}/{name}.ino", "")
    arguments, code, words = WRONG[case]
    done = desk.flash(*arguments)
    assert (done.returncode, desk.calls()) == (code, []), done.stderr
    assert done.stderr.startswith("error: ")
    for word in words:
        assert word in done.stderr


def test_generic_cores_are_no_boards(desk):
    done = desk.flash("app.elf", target=None)
    assert (done.returncode, "`cortex-m` is a generic core" in done.stderr) == (1, True)


def test_the_real_openocd_has_every_configuration():
    """With OpenOCD itself, where it is installed: each shipped name loads and brings a core to flash."""
    openocd = shutil.which("openocd")
    if openocd is None:
        pytest.skip("openocd is not installed; its configurations are only named")
    for names in {board.programmer.openocd_config for board in shipped_boards() if board.programmer} - {()}:
        files = [part for name in names for part in ("-f", name)]
        done = subprocess.run(
            [openocd, *files, "-c", "puts [target names]", "-c", "shutdown"],
            capture_output=True,
            text=True,
            check=False,
        )
        assert (done.returncode, ".cpu" in done.stdout) == (0, True), done.stderr
