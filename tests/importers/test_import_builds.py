"""Models of other tools from the command line to a core image, and what a user reads when that fails."""

import json
import os
import subprocess
import sys

import numpy as np
import pytest
from nets import digits

from edgeflow.quantize.flatbuffer import read_facts

pytestmark = pytest.mark.slow

NAMES = ("zero", "one", "two")  # the outputs' order, not the sorted one
CASES = 40


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Pictures of three classes, their order, and values for the net of two inputs."""
    from PIL import Image

    folder = tmp_path_factory.mktemp("builds")
    for index, (image, label) in enumerate(zip(*digits(), strict=True)):
        path = folder / "pictures" / NAMES[label] / f"{index}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(image).save(path)
    (folder / "names.txt").write_text("".join(f"{name}\n" for name in NAMES))
    random = np.random.default_rng(1)
    ports = {"right_eye": (6, 6, 2), "age": (4,)}
    values = {name: random.normal(size=(CASES, *shape)) for name, shape in ports.items()}
    np.savez(folder / "values.npz", **values)
    np.savez(folder / "half.npz", age=values["age"])
    return folder


@pytest.fixture(scope="module")
def edgeflow(folder):
    """``edgeflow("build", ...)`` in that folder: the finished process with text output."""

    def run(*arguments):
        command = [sys.executable, "-m", "edgeflow", *map(str, arguments)]
        return subprocess.run(
            command, cwd=folder, capture_output=True, check=False, text=True, env=os.environ, timeout=300
        )

    return run


PICTURES = ("--data", "pictures", "--set", "model.labels=names.txt")


@pytest.fixture(scope="module")
def keras_report(nets, edgeflow):
    process = edgeflow("build", "--model", nets / "plain" / "net.keras", *PICTURES, "--json")
    assert process.returncode == 0, process.stderr
    return json.loads(process.stdout)


def test_a_keras_model_becomes_a_checked_core_image(keras_report, nets, folder, edgeflow):
    evaluation = keras_report["evaluation"]
    assert evaluation["classes"] == list(NAMES)
    assert evaluation["float"]["accuracy"] > 0.95
    assert evaluation["int8"]["accuracy"] > 0.95
    assert evaluation["hint"] is None
    assert keras_report["parity"]["differing_bytes"] == 0
    assert keras_report["profile"]["totals"]["instructions"] > 0
    rows = keras_report["agreement"]["rows"]
    assert {tuple(row["between"]) for row in rows} == {("original", "float"), ("float", "int8")}
    assert max(r["max_difference"] for r in rows if r["between"][0] == "original") < 1e-4
    output = folder / "build" / "net" / "cortex-m"
    assert json.loads((output / "import.json").read_text())["format"] == "keras"
    assert (output / "labels.txt").read_text().split() == list(NAMES)
    again = edgeflow("build", "--model", nets / "plain" / "net.keras", *PICTURES, "--dry-run", "--json")
    assert set(json.loads(again.stdout)["stages"].values()) == {"unchanged"}


def test_a_saved_model_gives_the_same_int8_model(keras_report, nets, folder, edgeflow):
    process = edgeflow("convert", nets / "plain" / "saved_model", *PICTURES, "-o", "int8.tflite")
    assert process.returncode == 0, process.stderr
    found = read_facts(folder / "int8.tflite")
    wanted = read_facts(folder / "build" / "net" / "cortex-m" / "model_int8.tflite")
    assert [op.kind for op in found.operators] == [op.kind for op in wanted.operators]
    ends = [[facts.tensor(0, index) for index in facts.inputs + facts.outputs] for facts in (found, wanted)]
    for ours, theirs in zip(*ends, strict=True):
        assert (ours.scales, ours.zero_points) == (theirs.scales, theirs.zero_points)


def test_a_float_tflite_and_its_int8_model_run_on_the_core(keras_report, nets, folder, edgeflow):
    process = edgeflow("build", "--model", nets / "plain" / "net.tflite", *PICTURES, "--to", "parity")
    assert process.returncode == 0, process.stderr
    model = folder / "build" / "net" / "cortex-m" / "model_int8.tflite"
    process = edgeflow("build", "--model", model, *PICTURES, "--to", "parity")
    assert process.returncode == 0, process.stderr
    output = folder / "build" / "model-int8" / "cortex-m"
    evaluation = json.loads((output / "evaluation.json").read_text())
    assert evaluation["float"] is None
    assert evaluation["int8"]["accuracy"] > 0.95
    parity = json.loads((output / "parity.json").read_text())
    assert parity["comparisons"][0]["cases"] == 32
    assert not (output / "import.json").exists()


def test_a_model_of_two_inputs_is_built_with_values(nets, folder, edgeflow):
    process = edgeflow("build", "--model", nets / "two_ports" / "net.keras", "--data", "values.npz", "--json")
    assert process.returncode == 0, process.stderr
    report = json.loads(process.stdout)
    assert report["evaluation"]["int8"] is None
    assert report["evaluation"]["unknown_because"] == "the data have no labels"
    assert report["parity"]["differing_bytes"] == 0
    assert {row["output"] for row in report["agreement"]["rows"]} == {0, 1}
    assert "values.npz" in report_sentence(edgeflow("build", "--data", "values.npz", "--to", "data"))
    missing = edgeflow("build", "--model", nets / "two_ports" / "net.keras", "--data", "half.npz")
    assert "has no array `in" in report_sentence(missing)
    pictures = edgeflow("build", "--model", nets / "two_ports" / "net.keras", "--data", "pictures")
    assert "the model has 2 inputs" in report_sentence(pictures)
    assert "--data FILE.npz" in pictures.stderr


def report_sentence(process):
    assert process.returncode == 1, process.stderr
    assert "Traceback" not in process.stderr
    (line,) = [line for line in process.stderr.splitlines() if line.startswith("error: ")]
    return line


def test_a_float_model_needs_data(nets, folder, edgeflow):
    for arguments in (["build", "--model"], ["profile"], ["convert"]):
        process = edgeflow(*arguments, nets / "plain" / "net.tflite")
        assert "it needs data to calibrate with" in report_sentence(process)
        assert "--data" in process.stderr
    process = edgeflow("convert", nets / "plain" / "net.tflite", "--float")
    assert process.returncode == 0, process.stderr
    assert (folder / "net_float.tflite").is_file()


def test_classes_must_be_the_model_s(keras_report, nets, folder, edgeflow):
    (folder / "other.txt").write_text("zero\none\nthree\n")
    arguments = ["build", "--model", nets / "plain" / "net.keras", "--data"]
    process = edgeflow(*arguments, "pictures", "--set", "model.labels=other.txt")
    assert "it lacks `two`; the data lack `three`" in report_sentence(process)
    assert "gives 3 scores" in report_sentence(edgeflow(*arguments, "digits"))


def test_values_of_pixels_that_the_training_had_not_are_noticed(keras_report, nets, edgeflow):
    arguments = ["build", "--model", nets / "plain" / "net.keras", *PICTURES, "--to", "evaluate"]
    process = edgeflow(*arguments, "--set", "preprocessing.offset=3.0")
    assert process.returncode == 0, process.stderr
    assert "hint: the model is right for" in process.stdout
    assert "`preprocessing.offset = -1.0`" in process.stdout


def test_files_that_are_no_models(nets, folder, edgeflow):
    (folder / "text.onnx").write_text("not a model")
    arguments = ["--data", "pictures"]
    process = edgeflow("build", "--model", "text.onnx", *arguments)
    assert "is not a model in a known format" in report_sentence(process)
    process = edgeflow("build", "--model", nets / "hostile" / "half.h5", *arguments)
    assert "half.h5" in report_sentence(process)
    process = edgeflow("build", "--model", folder, *arguments)
    assert "is no SavedModel" in report_sentence(process)
    process = edgeflow("convert", "nothing.keras")
    assert "there is no model file `nothing.keras`" in report_sentence(process)
