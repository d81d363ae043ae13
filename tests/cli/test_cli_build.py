"""The main job from the command line: a small project built for real, and built again elsewhere."""

import json
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

pytestmark = pytest.mark.slow

PROJECT = """
[project]
name = "tiny-digits"
[preprocessing]
input_size = [16, 12]
interpolation = "area"
aspect_ratio = "crop"
scale = 0.00392156862745098 # 1 / 255
offset = 0
[model]
width = 0.25
blocks = 2
[train]
epochs = 2
[build]
parity_pictures = 6
core_pictures = 2
"""


def edgeflow(folder, *arguments, code=0):
    process = subprocess.run(
        [sys.executable, "-m", "edgeflow", *map(str, arguments)],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert process.returncode == code, process.stderr
    return process


def make_project(folder):
    folder.mkdir(parents=True)
    (folder / "edgeflow.toml").write_text(PROJECT)
    return folder


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """A folder with a finished build, and what the build printed."""
    folder = make_project(tmp_path_factory.mktemp("one") / "project")
    return folder, edgeflow(folder, "build")


@pytest.fixture(scope="module")
def output(built):
    return built[0] / "build" / "tiny-digits" / "cortex-m"


def states(folder, *arguments):
    return json.loads(edgeflow(folder, "build", "--dry-run", "--json", *arguments).stdout)["stages"]


def test_answer_names_accuracy_parity_and_results(built):
    text = built[1].stdout
    assert re.search(r"accuracy on \d+ test cases: float 0\.\d+, int8 0\.\d+", text)
    assert "parity: 0 differing bytes" in text
    assert "report.html" in text


def test_output_folder_holds_every_result(output):
    for name in (
        "model.keras",
        "model_float.tflite",
        "model_int8.tflite",
        "labels.txt",
        "quantization.csv",
        "memory_plan.json",
        "memory_plan.svg",
        "profile.json",
        "parity.json",
        "manifest.json",
        "report.html",
        "c/model.c",
        "c/model.h",
        "tflm/tiny_digits_model_data.cc",
        "firmware/tiny_digits.elf",
    ):
        assert (output / name).stat().st_size > 0, name
    assert not list(output.rglob("*.npz"))


def test_parity_covers_outputs_tensors_and_core(output):
    parity = json.loads((output / "parity.json").read_text())
    assert parity["differing_bytes"] == 0
    pairs = {(*row["between"], row["kind"]): row["cases"] for row in parity["comparisons"]}
    assert pairs["reference", "host", "outputs"] == 6
    assert pairs["reference", "host", "tensors"] == 6
    assert pairs["host", "core", "outputs"] == 2
    frames = 6  # four raw pictures, the first one in two more formats
    assert pairs["python", "host", "preprocessing"] == pairs["host", "core", "preprocessing"] == frames
    named = "classes of raw pictures"
    assert pairs["reference", "host", named] == pairs["reference", "core", named] == frames


def test_the_original_agrees_with_its_conversions(built, output):
    agreement = json.loads((output / "agreement.json").read_text())
    pairs = {(*row["between"], row["part"]): row for row in agreement["rows"]}
    assert set(pairs) == {
        (*pair, part)
        for pair in (("original", "float"), ("float", "int8"))
        for part in ("calibration", "test")
    }
    for part in ("calibration", "test"):
        assert 0 < pairs["original", "float", part]["relative_max_difference"] < 1e-5
    report = json.loads((output / "report.json").read_text())
    accuracies = {(row["model"], row["part"]): row["accuracy"] for row in agreement["accuracy"]}
    for model in ("float", "int8"):
        assert accuracies[model, "test"] == report["evaluation"][model]["accuracy"]
    noise = agreement["noise"]
    assert noise["unmatched_operators"] == 0
    ratios = [layer["sqnr_db"] for layer in noise["layers"]]
    assert ratios == sorted(ratios)
    assert ratios[0] > 10
    parity = json.loads((output / "parity.json").read_text())
    assert parity["import"] == {key: agreement[key] for key in ("rows", "accuracy", "runtimes")}
    assert re.search(r"float to int8: output 0 differs by [\d.]+ % of its range", built[1].stdout)


def test_a_broken_threshold_fails_the_build_and_the_default_mends_it(built, output):
    folder, _ = built
    command = ["build", "--to", "agreement", "--set", "parity.int8_mean_difference=0.000001"]
    process = edgeflow(folder, *command, code=1)
    assert "parity.int8_mean_difference allows 1e-06" in process.stderr
    assert "adds most noise" in process.stderr
    assert not (output / "parity.json").exists()
    assert set(states(folder).values()) == {"unchanged"}
    edgeflow(folder, "build")
    assert (output / "parity.json").exists()


def test_second_build_has_nothing_to_do(built):
    folder, _ = built
    assert set(states(folder).values()) == {"unchanged"}


def test_part_of_a_chain_answers_in_json_and_in_words(built, output):
    folder, _ = built
    answer = json.loads(edgeflow(folder, "build", "--to", "train", "--json").stdout)
    assert answer == {"schema": 1, "results": "build/tiny-digits/cortex-m"}
    report = json.loads((output / "report.json").read_text())
    accuracy = report["evaluation"]["int8"]["accuracy"]
    assert f"int8 {accuracy:.4f}" in edgeflow(folder, "evaluate").stdout


def test_changed_target_or_budget_does_not_retrain(built):
    folder, _ = built
    for change in (["--target", "cortex-m33"], ["--set", "budget.ram_bytes=1000000"]):
        after = states(folder, *change)
        assert after["train"] == after["quantize"] == after["codegen"] == "unchanged"
        assert "would run" in after.values()
    assert states(folder, "--set", "train.epochs=3")["train"] == "would run"


def test_from_redoes_that_stage_and_the_rest(built):
    folder, _ = built
    after = states(folder, "--from", "firmware")
    assert after["codegen"] == "unchanged"
    assert after["firmware"] == after["profile"] == "would run"
    assert set(states(folder, "--force").values()) == {"would run"}


def test_broken_budget_is_an_error_with_figures(built):
    folder, _ = built
    process = edgeflow(folder, "build", "--set", "budget.flash_bytes=1000", code=1)
    assert re.search(r"budget\.flash_bytes is 1,000 bytes but [\d,]+ are needed", process.stderr)
    assert "Traceback" not in process.stderr


def test_another_folder_gives_the_same_bytes(built, output, tmp_path):
    folder = make_project(tmp_path / "somewhere" / "else")
    edgeflow(folder, "build", "--to", "firmware")
    again = folder / "build" / "tiny-digits" / "cortex-m"
    names = ["model_int8.tflite", "model_float.tflite", "firmware/tiny_digits.elf"]
    names += [p.relative_to(again).as_posix() for p in (again / "c").iterdir()]
    assert len(names) > 6
    for name in names:
        assert (again / name).read_bytes() == (output / name).read_bytes(), name


def test_emulate_runtimes_agree_on_cases(built, output, tmp_path):
    folder, _ = built
    cases = np.random.default_rng(0).integers(-128, 127, (3, 1, 16, 12, 1), dtype=np.int8)
    np.savez(tmp_path / "in.npz", in0=cases)
    results = {}
    for runtime in ("reference", "host", "core"):
        path = tmp_path / f"{runtime}.npz"
        process = edgeflow(
            folder,
            "emulate",
            output / "model_int8.tflite",
            "--runtime",
            runtime,
            "--inputs",
            tmp_path / "in.npz",
            "--outputs",
            path,
            "--json",
        )
        assert json.loads(process.stdout) | {"runtime": ""} == {
            "schema": 1,
            "cases": 3,
            "outputs": str(path),
            "runtime": "",
        }
        results[runtime] = np.load(path)["out0"]
    assert results["reference"].shape == (3, 1, 10)
    assert np.array_equal(results["reference"], results["host"])
    assert np.array_equal(results["reference"], results["core"])


def test_emulate_over_the_data_set_gives_the_report_s_accuracy(built, output):
    folder, _ = built
    process = edgeflow(folder, "emulate", output / "model_int8.tflite", "--data", "digits", "--json")
    report = json.loads((output / "report.json").read_text())
    assert json.loads(process.stdout)["accuracy"] == report["evaluation"]["int8"]["accuracy"]


def test_emulate_classifies_pictures_with_names(built, output, tmp_path, png):
    folder, _ = built
    png(tmp_path / "a.png", shade=3)
    process = edgeflow(folder, "emulate", output / "model_int8.tflite", tmp_path / "a.png", "--json")
    (answer,) = json.loads(process.stdout)["pictures"]
    assert answer["class"] in (output / "labels.txt").read_text().splitlines()
    assert "preprocessing.json` says" in process.stderr
    (tmp_path / "a.raw").write_bytes(Image.open(tmp_path / "a.png").convert("L").tobytes())
    width, height = Image.open(tmp_path / "a.png").size
    frame = ["--frame", tmp_path / "a.raw", "--format", "gray8", "--size", f"{width}x{height}"]
    process = edgeflow(folder, "emulate", output / "model_int8.tflite", *frame, "--runtime", "core", "--json")
    (same,) = json.loads(process.stdout)["pictures"]
    assert (same["class"], same["score"]) == (answer["class"], answer["score"])
    command = ["emulate", output / "model_int8.tflite", tmp_path / "a.png", "--labels", "nowhere.txt"]
    assert "nowhere.txt" in edgeflow(folder, *command, code=1).stderr


@pytest.mark.parametrize("target", ["riscv32", "longan-nano"])
def test_the_same_network_runs_on_risc_v(built, output, target):
    """All but cycles, for which there is no model; every byte of the tensors is TFLite's."""
    folder, _ = built
    model = output / "model_int8.tflite"
    report = json.loads(edgeflow(folder, "build", "--model", model, "--target", target, "--json").stdout)
    assert report["parity"]["differing_bytes"] == 0
    assert ["host", "core"] in [row["between"] for row in report["parity"]["comparisons"]]
    totals, kinds = report["profile"]["totals"], report["profile"]["kinds"]
    assert totals["instructions"] > totals["macs"] > 0
    assert totals["ram_bytes"] == totals["arena_bytes"] + totals["static_bytes"] + totals["stack_bytes"]
    assert (totals["cycles"], totals["latency_us"]) == (None, None)
    assert kinds["cycles"] == kinds["latency_us"] == "not available: no cycle model for rv32imc"
    assert kinds["instructions"].endswith("RISC-V RV32IMC; one inference)")


def test_profile_of_the_model_file_equals_the_build_s(built, output):
    folder, _ = built
    process = edgeflow(folder, "profile", output / "model_int8.tflite", "--target", "cortex-m", "--json")
    profile = json.loads(process.stdout)
    totals = profile["totals"]
    elf = Path(profile["elf"])
    assert elf.is_file()
    assert not elf.is_relative_to(output), "the next profile of a model of this name would overwrite it"
    assert totals["flash_bytes"] == totals["code_bytes"] + totals["weights_bytes"]
    assert totals["ram_bytes"] == totals["arena_bytes"] + totals["static_bytes"] + totals["stack_bytes"]
    assert totals["instructions"] > totals["macs"] > 0
    assert set(profile["kinds"]) == set(totals)
    text = edgeflow(folder, "profile", output / "model_int8.tflite", "--target", "cortex-m").stdout
    assert max(map(len, text.splitlines())) <= 100
    assert "bytes moved" in text
    assert "±15 %" in text
    report = json.loads((output / "report.json").read_text())["profile"]["totals"]
    same = ("weights_bytes", "arena_bytes", "static_bytes", "macs")
    assert {key: totals[key] for key in same} == {key: report[key] for key in same}


def margins(folder, *arguments, code=0):
    process = edgeflow(folder, "check", "--json", *arguments, code=code)
    return json.loads(process.stdout), process.stderr


def test_check_of_kept_budgets_says_what_is_left(built):
    folder, _ = built
    text = edgeflow(folder, "check", "ram=64KiB", "flash=512KiB", "latency=1s", "accuracy=1%").stdout
    assert "budget.ram_bytes" in text
    assert "estimated" in text
    result, _ = margins(folder, "ram=64KiB")
    assert [row["name"] for row in result["budgets"]] == [
        "flash of cortex-m",
        "ram of cortex-m",
        "budget.ram_bytes",
    ]
    assert all(row["ok"] for row in result["budgets"])


def test_check_of_a_broken_budget_prints_its_table_and_fails(built):
    result, said = margins(built[0], "ram=1KiB", "accuracy=100%", code=1)
    broken = [row["name"] for row in result["budgets"] if not row["ok"]]
    assert broken == ["budget.ram_bytes", "budget.accuracy"]
    assert "error: budget.ram_bytes is 1,024 bytes but" in said


def test_check_against_a_baseline(built, output, tmp_path):
    folder, _ = built
    result, _ = margins(folder, "--baseline", output)
    assert {row["percent"] for row in result["differences"]} <= {0.0, None}
    report = json.loads((output / "report.json").read_text())
    report["profile"]["totals"]["instructions"] -= 1
    baseline = tmp_path / "baseline.json"
    baseline.write_text(json.dumps(report))
    _, said = margins(folder, "--baseline", baseline, code=1)
    assert "worse than the baseline by more than 0 %: instructions " in said
    margins(folder, "--baseline", baseline, "--tolerance", "1")
