"""Several runtimes on the same cases: names, differing bytes, and the command's table."""

import json
import subprocess
import sys
from importlib.metadata import distributions

import numpy as np
import pytest

from edgeflow.emulate.desktop import DesktopRuntime
from edgeflow.errors import ToolError, UsageError
from edgeflow.runtimes import RUNTIMES
from edgeflow.side_by_side import SideBySide, runtime_names

CASES = np.random.default_rng(9).integers(-128, 128, (3, 1, 2, 4, 1)).astype(np.int8)


def test_names():
    assert runtime_names("all") == RUNTIMES
    assert runtime_names("host, reference") == ("host", "reference")
    for text, words in (
        ("host,phone", "no runtime `phone`"),
        ("core,core", "named twice"),
        ("", "no runtime"),
    ):
        with pytest.raises(UsageError, match=words):
            runtime_names(text)


def test_bytes_are_compared_with_the_first(fc_model, fc_oracle, tmp_path):
    bias = np.array([64, -320, 1600], np.int32).tobytes()
    other = tmp_path / "other.tflite"
    other.write_bytes(fc_model.read_bytes().replace(bias, np.array([80, -320, 1600], np.int32).tobytes()))
    comparison = SideBySide({"one": DesktopRuntime(fc_model), "two": DesktopRuntime(other)}, {})
    (scores,) = comparison.run([CASES])
    assert np.array_equal(scores.reshape(3, 3), fc_oracle(CASES))
    one, two = comparison.results
    assert (one.differing_bytes, one.instructions) == (0, None)
    assert two.differing_bytes == np.count_nonzero(two.outputs[0] != scores) > 0


def emulate(folder, *arguments):
    command = [sys.executable, "-m", "edgeflow", "emulate", *map(str, arguments)]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


@pytest.mark.slow
def test_all_runtimes_in_one_table(fc_model, tmp_path):
    np.savez(tmp_path / "in.npz", in0=CASES)
    answered = emulate(tmp_path, fc_model, "--runtime", "all", "--inputs", "in.npz", "--json")
    assert answered.returncode == 0, answered.stderr
    answer = json.loads(answered.stdout)
    found = {row["runtime"]: row for row in answer["runtimes"]}
    assert set(found) | set(answer["absent"]) == set(RUNTIMES)
    assert {"reference", "default", "host", "core"} <= set(found)
    # The FULLY_CONNECTED of LiteRT rounds once where the others round twice.
    assert all(row["differing_bytes"] == 0 for name, row in found.items() if name != "ai-edge-litert")
    assert found["core"]["instructions"] > 24
    table = emulate(tmp_path, fc_model, "--runtime", "reference,host", "--inputs", "in.npz")
    assert "bytes unlike reference" in table.stdout
    assert "generated C on the host" in table.stdout
    assert max(map(len, table.stdout.splitlines())) <= 100


@pytest.mark.slow
def test_pictures_have_a_column_for_each_runtime(fc_model, tmp_path, png):
    png(tmp_path / "a.png", shade=40)
    arguments = (fc_model, "a.png", "--runtime", "default,reference")
    answered = emulate(tmp_path, *arguments)
    assert answered.returncode == 0, answered.stderr
    assert "class and raw score" in answered.stdout
    answer = json.loads(emulate(tmp_path, *arguments, "--json").stdout)
    first = answer["classes_by_runtime"]["default"][0]
    assert answer["classes_by_runtime"]["reference"] == [first]
    assert answer["pictures"] == [{"picture": "a.png", **first}]


@pytest.mark.slow
def test_a_folder_of_classes_has_an_accuracy(fc_model, tmp_path, png):
    labels = ["a", "b", "c"]
    (tmp_path / "labels.txt").write_text("\n".join(labels) + "\n")
    for name, shade in (("a/1.png", 10), ("a/deep/2.png", 90), ("b/3.PNG", 200), ("other/4.png", 30)):
        png(tmp_path / "set" / name, shade=shade)
    (tmp_path / "set" / "notes.txt").write_text("no picture")
    arguments = (fc_model, "--folder", "set", "--labels", "labels.txt", "--top", "2")
    answered = emulate(tmp_path, *arguments, "--json")
    assert answered.returncode == 0, answered.stderr
    answer = json.loads(answered.stdout)
    found = answer["pictures"]
    assert [entry["true"] for entry in found] == ["a", "a", "b", None]
    right = sum(entry["class"] == entry["true"] for entry in found)
    assert answer["accuracy"] == {"class": {"correct": right, "cases": 3}}
    for entry in found:
        assert len(entry["top"]) == 2
        assert entry["top"][0] == {"class": entry["class"], "score": entry["score"]}
        assert entry["top"][0]["score"] >= entry["top"][1]["score"]
    table = emulate(tmp_path, *arguments, "--runtime", "reference,default").stdout
    assert table.count(f"{right} of 3 pictures") == 2
    assert f"accuracy {right / 3:.4f}: {right} of 3 pictures (tflite" in emulate(tmp_path, *arguments).stdout
    for folder, sentence in (("none", "there is no folder `none`"), ("empty", "`empty` holds no pictures")):
        (tmp_path / "empty").mkdir(exist_ok=True)
        refused = emulate(tmp_path, fc_model, "--folder", folder)
        assert refused.returncode == UsageError.exit_code
        assert sentence in refused.stderr


@pytest.mark.parametrize("package", ["tflite-runtime", "ai-edge-litert"])
def test_a_certain_package_runs_the_model(fc_model, fc_oracle, package):
    if package not in {found.metadata["Name"] for found in distributions()}:
        with pytest.raises(ToolError, match="is not installed"):
            DesktopRuntime(fc_model, "default", package=package)
        return
    runtime = DesktopRuntime(fc_model, "default", package=package)
    assert runtime.title.startswith(package)
    (scores,) = runtime.run([CASES])
    assert np.abs(scores.reshape(3, 3).astype(int) - fc_oracle(CASES)).max() <= 1
