"""Measured latency: on this machine for real; on a phone behind a small `adb`, the boundary to the tool."""

import json
import os
import sys

import numpy as np
import pytest
from packages import need

from edgeflow.errors import ModelError, ToolError
from edgeflow.mobile import device, host
from edgeflow.mobile.benchmark_output import parse

# Lines as benchmark_model of 2023 and later, and of 2020, prints them.
NEWER = """\
INFO: STARTING!
INFO: Log parameter values verbosely: [0]
INFO: Min num runs: [50]
INFO: Created TensorFlow Lite XNNPACK delegate for CPU.
VERBOSE: Replacing 29 out of 31 node(s) with delegate (TfLiteXNNPackDelegate) node, yielding 2 partitions for subgraph 0.
INFO: The input model file size (MB): 0.318
INFO: Initialized session in 5.579ms.
INFO: Running benchmark for at least 5 iterations and at least 0.5 seconds but terminate if exceeding 150 seconds.
INFO: count=9 first=9112 curr=5169 min=5169 max=9112 avg=5847.4 std=1178 p5=5169 median=5962 p95=9112

INFO: Running benchmark for at least 50 iterations and at least 1 seconds but terminate if exceeding 150 seconds.
INFO: count=50 first=1249964 curr=1240143 min=1238588 max=1252566 avg=1.24027e+06 std=2565 p5=1238753 median=1239807 p95=1247415

INFO: Inference timings in us: Init: 5579, First inference: 1357602, Warmup (avg): 1.3576e+06, Inference (avg): 1.24027e+06
INFO: Memory footprint delta from the start of the tool (MB): init=6.36328 overall=109.832
"""  # noqa: E501  as it is printed
OLDER = """\
count=1 curr=3512391

count=50 first=2990275 curr=2913402 min=2727568 max=3189954 avg=2.95034e+06 std=109798

Inference timings in us: Init: 17187, First inference: 3512391, Warmup (avg): 3.51239e+06, Inference (avg): 2.95034e+06
"""  # noqa: E501  as it is printed


def test_output_of_the_newer_program():
    assert parse(NEWER) == {
        "runs": 50,
        "median_us": 1_239_807,
        "p90_us": None,
        "p95_us": 1_247_415,
        "min_us": 1_238_588,
        "mean_us": 1_240_270,
        "std_us": 2565,
        "delegated_parts": 2,
    }


def test_output_of_the_older_program_lacks_the_median():
    found = parse(OLDER)
    assert (found["mean_us"], found["min_us"], found["runs"]) == (2_950_340, 2_727_568, 50)
    assert found["median_us"] is found["p95_us"] is found["delegated_parts"] is None


@pytest.mark.parametrize(
    "output", ["", "ERROR: Failed to load model", NEWER.replace("Inference timings", "")]
)
def test_output_without_timings_is_refused(output):
    with pytest.raises(ToolError, match="no timings"):
        parse(output)


# An adb that keeps "the device" in a folder, writes down what it is asked for, and prints a given output.
FAKE_ADB = """\
#!{python}
import os, pathlib, shutil, sys
root = pathlib.Path({root!r})
arguments = sys.argv[1:]
with (root / "log").open("a") as log:
    print(*arguments, file=log)
if arguments == ["devices"]:
    print("List of devices attached")
    print((root / "devices").read_text())
    sys.exit()
assert arguments[:2] == ["-s", "PHONE1"], arguments
command, *rest = arguments[2:]
if command == "push":
    shutil.copy(rest[0], root / pathlib.Path(rest[1]).name)
elif rest[0] == "getprop":
    print({{"ro.product.manufacturer": "Maker", "ro.product.model": "Phone 1"}}[rest[1]])
elif rest[0].endswith("/benchmark_model"):
    assert (root / "model.tflite").is_file()
    sys.stderr.write((root / "output").read_text())
"""


@pytest.fixture
def fake_adb(tmp_path, monkeypatch):
    """A program `adb` on PATH with one device; returns its folder."""
    folder = tmp_path / "adb"
    folder.mkdir()
    program = folder / "adb"
    program.write_text(FAKE_ADB.format(python=sys.executable, root=str(folder)))
    program.chmod(0o755)
    (folder / "devices").write_text("PHONE1\tdevice\n")
    (folder / "output").write_text(NEWER)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    return folder


@pytest.fixture
def binary(tmp_path):
    path = tmp_path / "android_aarch64_benchmark_model"
    path.write_bytes(b"program")
    return path


def test_phone(run_cli, fake_adb, binary, fc_model):
    done = run_cli("benchmark", fc_model, "--adb", "--benchmark-binary", binary, "--threads", "1,4", "--json")
    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout)
    assert [row["threads"] for row in result["results"]] == [1, 4]
    assert {row["median_us"] for row in result["results"]} == {1_239_807}
    assert result["machine"] == "Maker Phone 1"
    assert result["kind"].startswith("measured on Maker Phone 1 (PHONE1)")
    assert (fake_adb / "model.tflite").read_bytes() == fc_model.read_bytes()
    log = (fake_adb / "log").read_text().splitlines()
    assert any("--num_threads=4 --num_runs=50 --warmup_runs=5 --use_xnnpack=true" in line for line in log)
    assert log[-1].split()[2:5] == ["shell", "rm", "-r"]
    made = next(line.split()[-1] for line in log if " mkdir " in line)
    assert log[-1].endswith(made)
    assert made.startswith("/data/local/tmp/edgeflow-")


def test_the_phone_is_left_clean_after_a_failure(fake_adb, binary, fc_model):
    (fake_adb / "output").write_text("ERROR: cannot execute\n")
    with pytest.raises(ToolError, match="no timings; its last line: ERROR: cannot execute"):
        device.benchmark(fc_model, binary, serial=None, threads=[1], runs=5, warm_up_runs=1)
    assert " rm -r " in (fake_adb / "log").read_text().splitlines()[-1]


@pytest.mark.parametrize(
    ("devices", "options", "code", "sentence", "hint"),
    [
        ("", (), 1, "no device is attached", "USB debugging"),
        ("PHONE1\tunauthorized\n", (), 1, "the device `PHONE1` is unauthorized", "unlock it"),
        ("PHONE1\tdevice\nPHONE2\tdevice\n", (), 2, "several devices are attached", "PHONE1, PHONE2"),
        ("PHONE1\tdevice\n", ("--phone", "PHONE9"), 2, "no device `PHONE9` is attached", "PHONE1"),
    ],
)
def test_no_usable_device(run_cli, fake_adb, binary, fc_model, devices, options, code, sentence, hint):
    (fake_adb / "devices").write_text(devices)
    done = run_cli("benchmark", fc_model, "--adb", "--benchmark-binary", binary, *options)
    assert done.returncode == code
    assert f"error: {sentence}" in done.stderr
    assert hint in done.stderr


@pytest.mark.slow
def test_what_is_missing_is_said(run_cli, fc_model, binary, tmp_path):
    done = run_cli("benchmark", fc_model, "--adb", "--benchmark-binary", binary, PATH="/nonexistent")
    assert done.returncode == 1
    assert "`adb` is not installed" in done.stderr
    done = run_cli("benchmark", fc_model, "--adb")
    assert done.returncode == 2
    assert "--benchmark-binary PATH" in done.stderr
    done = run_cli("benchmark", fc_model, "--adb", "--benchmark-binary", tmp_path / "none")
    assert "there is no benchmark program" in done.stderr
    assert "give one of --host, --adb and --serial PORT" in run_cli("benchmark", fc_model).stderr
    done = run_cli("benchmark", fc_model, "--host", "--threads", "1,x")
    assert done.returncode == 2
    assert "--threads 1,2,4" in done.stderr


def test_this_machine(fc_model):
    result = host.benchmark(fc_model, threads=[1, 2], runs=30, warm_up_runs=3)
    assert [(row["threads"], row["runs"]) for row in result["results"]] == [(1, 30), (2, 30)]
    for row in result["results"]:
        assert 0 < row["min_us"] <= row["median_us"] <= row["p90_us"] <= row["p95_us"]
        assert row["min_us"] <= row["mean_us"]
        assert row["std_us"] >= 0
    assert result["runtime"] in result["kind"]
    assert result["machine"] in result["kind"]


def test_xnnpack_runs_what_is_measured(fc_model, fc_float_model):
    need("ai_edge_litert")
    for model in (fc_model, fc_float_model):
        (row,) = host.benchmark(model, threads=[1], runs=3, warm_up_runs=0)["results"]
        assert row["delegated_parts"] == 1


def test_statistics_of_known_times():
    row = host._result({"threads": 1, "delegated_parts": 0, "times_ns": list(range(1000, 12_000, 1000))}, 5)
    assert (row["median_us"], row["p90_us"], row["min_us"], row["mean_us"]) == (6, 10, 1, 6)
    assert row["std_us"] == round(float(np.std(np.arange(1, 12))), 3)


def test_command_line_on_this_machine(run_cli, fc_float_model):
    done = run_cli("benchmark", fc_float_model, "--host", "--runs", "5")
    assert done.returncode == 0, done.stderr
    assert "measured on this machine (" in done.stdout


def test_refused_models(tmp_path, fc_model):
    with pytest.raises(ModelError, match="there is no model"):
        host.benchmark(tmp_path / "none.tflite", threads=[1], runs=1, warm_up_runs=0)
    broken = tmp_path / "broken.tflite"
    broken.write_bytes(fc_model.read_bytes()[:100])
    with pytest.raises(ModelError, match=r"refuses|crashed"):
        host.benchmark(broken, threads=[1], runs=1, warm_up_runs=0)
