"""A user's mistakes: one sentence on stderr, nothing on stdout, the right exit code, no traceback."""

import json
import os
import signal
import subprocess
import sys

import pytest


def sentence(process, code):
    assert process.returncode == code, process.stderr
    assert "Traceback" not in process.stderr
    assert process.stdout == ""
    errors = [line for line in process.stderr.splitlines() if line.startswith("error: ")]
    assert len(errors) == 1, process.stderr
    return errors[0]


def test_unknown_command_is_wrong_usage(run_cli):
    process = run_cli("biuld")
    assert process.returncode == 2
    assert "biuld" in process.stderr


def test_unknown_option_is_wrong_usage(run_cli):
    assert run_cli("build", "--tarjet", "x").returncode == 2


def test_unknown_stage_is_wrong_usage(run_cli):
    assert "trian" in sentence(run_cli("build", "--to", "trian"), 2)


def test_unknown_target_suggests_a_name(run_cli):
    process = run_cli("build", "--target", "cortx-m7")
    assert "`cortx-m7`" in sentence(process, 1)
    assert "did you mean `cortex-m7`?" in process.stderr


def test_unknown_key_names_file_and_neighbour(run_cli, tmp_path):
    (tmp_path / "edgeflow.toml").write_text("[train]\nepoch = 3\n")
    process = run_cli("build")
    assert "edgeflow.toml" in sentence(process, 1)
    assert "did you mean `epochs`?" in process.stderr


def test_impossible_width(run_cli):
    assert "model.width" in sentence(run_cli("build", "--set", "model.width=-1"), 1)


def test_missing_data_folder(run_cli):
    process = run_cli("build", "--set", "data.recipe=./nowhere")
    assert "nowhere" in sentence(process, 1)


def test_one_class_only(run_cli, tmp_path, png):
    for index in range(3):
        png(tmp_path / "pictures" / "cat" / f"{index}.png", shade=index)
    process = run_cli("build", "--set", "data.recipe=./pictures")
    assert "class" in sentence(process, 1)


def test_picture_that_is_a_text_file_is_reported_by_name(run_cli, tmp_path, png):
    for name in ("cat", "dog"):
        for index in range(12):
            png(tmp_path / "pictures" / name / f"{index}.png", shade=20 * index + len(name) + ord(name[0]))
    (tmp_path / "pictures" / "cat" / "fake.png").write_text("not a picture")
    process = run_cli("data", "scan", "./pictures")
    assert process.returncode == 0, process.stderr
    assert "cat/fake.png" in process.stdout


def test_unwritable_output(run_cli, tmp_path):
    (tmp_path / "file").write_text("")
    assert "file" in sentence(run_cli("build", "--to", "data", "--build-dir", "file/build"), 1)


@pytest.mark.parametrize("command", ["codegen -o out", "profile", "emulate --data digits", "build --model"])
def test_missing_model(run_cli, tmp_path, command):
    assert "nothing.tflite" in sentence(run_cli(*command.split(), "nothing.tflite"), 1)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    "options",
    [
        "",
        "--data digits --inputs a.npz --outputs b.npz",
        "--inputs a.npz",
        "a.png --frame b.raw --size 4x4",
        "--frame b.raw",
        "a.png --size 4x4",
    ],
)
def test_emulate_takes_one_source_of_inputs(run_cli, options):
    sentence(run_cli("emulate", "m.tflite", *options.split()), 2)


def test_model_that_is_no_model(run_cli, tmp_path):
    (tmp_path / "m.tflite").write_bytes(b"TFL3" * 9)
    assert "m.tflite" in sentence(run_cli("profile", "m.tflite"), 1)


def test_project_file_is_not_overwritten(run_cli, tmp_path):
    assert run_cli("init").returncode == 0
    assert "there already" in sentence(run_cli("init"), 1)
    assert run_cli("init", "--force").returncode == 0


@pytest.mark.slow
def test_interrupt_is_130_and_the_next_run_goes_on(tmp_path):
    command = [sys.executable, "-m", "edgeflow", "build", "--to", "train", "--set", "train.epochs=3"]
    process = subprocess.Popen(
        command,
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert process.stderr is not None
    assert any("epoch   1/3" in line for line in iter(process.stderr.readline, ""))
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does: to the whole group
    output, errors = process.communicate(timeout=60)
    assert process.returncode == 130
    assert output == ""
    assert "interrupted" in errors
    assert "Traceback" not in errors
    again = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert again.returncode == 0, again.stderr
    assert "resuming after epoch" in again.stderr
    assert "epoch   1/3" not in again.stderr


def test_check_without_a_build(run_cli):
    process = run_cli("check", "ram=96KiB")
    assert "build/digits/cortex-m" in sentence(process, 1)
    assert "`edgeflow build` makes one" in process.stderr


def test_check_of_an_unknown_budget_is_wrong_usage(run_cli):
    assert "`rom`" in sentence(run_cli("check", "rom=96KiB"), 2)


def test_no_firmware_for_a_phone(run_cli, shared_dir):
    model = shared_dir / "models" / "models" / "tflm_hello_world_int8.tflite"
    process = run_cli("build", "--model", model, "--target", "pixel-6")
    assert "`pixel-6` is a phone, which edgeflow builds no C firmware for" in sentence(process, 1)
    assert "`edgeflow quantize`" in process.stderr
    assert "`edgeflow delegates MODEL --target pixel-6`" in process.stderr
    assert "`edgeflow benchmark MODEL --adb`" in process.stderr


@pytest.mark.parametrize("target", ["galaxy-a21s", "esp32-s3-devkitc-1"])
def test_no_plan_without_an_image(run_cli, target):
    process = run_cli("plan", "--target", target, "--classes", "2")
    assert f"target `{target}` is" in sentence(process, 1)


def test_a_phone_has_the_stages_of_a_model(run_cli):
    done = run_cli("build", "--target", "raspberry-pi-5", "--to", "quantize", "--dry-run")
    assert done.returncode == 0, done.stderr
    assert "quantize" in done.stdout


@pytest.mark.slow
def test_a_board_for_information_has_c_and_a_memory_check(run_cli, shared_dir, tmp_path):
    models = shared_dir / "models" / "models"
    given = ["build", "--model", models / "tflm_hello_world_int8.tflite", "--target", "esp32-devkitc"]
    process = run_cli(*given)
    assert "no compiler and emulator for its Tensilica Xtensa LX6" in sentence(process, 1)
    assert "--to codegen" in process.stderr
    done = run_cli(*given, "--to", "codegen")
    assert done.returncode == 0, done.stderr
    assert next((tmp_path / "build").rglob("model.c")).is_file()


@pytest.mark.slow
def test_profile_of_a_board_for_information_says_what_is_missing(run_cli, shared_dir):
    model = shared_dir / "models" / "models" / "tflm_hello_world_int8.tflite"
    given = ["profile", model, "--target", "esp32-s3-devkitc-1"]
    done = run_cli(*given, "--json")
    assert done.returncode == 0, done.stderr
    profile = json.loads(done.stdout)
    totals, kinds, first = profile["totals"], profile["kinds"], profile["operators"][0]
    assert set(totals) == set(kinds)
    assert (totals["arena_bytes"] > 0, totals["weights_bytes"] > 0) == (True, True)
    missing = {key for key, value in totals.items() if value is None}
    assert {"flash_bytes", "ram_bytes", "stack_bytes", "cycles", "latency_us", "energy_uj"} <= missing
    assert all(kinds[key].startswith("not available: edgeflow has no") for key in missing)
    assert (first["cycles"], first["bound"], first["moved_bytes"] > 0) == (None, None, True)
    text = run_cli(*given).stdout
    assert "planned, no image" in text
    assert "edgeflow has no compiler for Tensilica Xtensa LX7" in " ".join(text.split())
    assert max(map(len, text.splitlines())) <= 100


@pytest.mark.parametrize(
    ("model", "words"),
    [
        pytest.param("mlperf_ic_resnet8", "of `sram` but target `small` has 16384", marks=pytest.mark.slow),
        ("mlperf_ad_autoencoder", "the constants take"),
    ],
)
def test_a_model_too_large_for_a_board_for_information(run_cli, shared_dir, tmp_path, model, words):
    (tmp_path / "small.toml").write_text(SMALL)
    path = shared_dir / "models" / "models" / f"{model}.tflite"
    process = run_cli("build", "--model", path, "--target", "./small.toml", "--to", "codegen")
    assert words in sentence(process, 1)


SMALL = """\
schema = 1
name = "small"
title = "Little memory"
core = "xtensa-lx7"
clock_hz = 240_000_000
memory = [
    { name = "flash", kind = "flash", origin = 0x3C00_0000, size_bytes = 65_536 },
    { name = "sram", kind = "ram", origin = 0x3FC8_0000, size_bytes = 16_384 },
]
source = [{ figures = ["core", "clock_hz", "memory"], document = "a manual" }]
"""


def test_an_int8_model_has_no_float_one(run_cli, shared_dir, tmp_path):
    model = shared_dir / "models" / "models" / "armkws_dnn_s_floatio.tflite"
    said = sentence(run_cli("convert", model, "--float"), 1)
    assert "there is no float model in it" in said
    process = run_cli("convert", model, "--json", "-o", "edges.tflite")
    assert json.loads(process.stdout)["model"] == "edges.tflite"
    assert list(tmp_path.iterdir()) == [tmp_path / "edges.tflite"]
