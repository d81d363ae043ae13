"""`edgeflow check --advise` for real: a budget is broken, the advice is taken, and it was right."""

import json
import subprocess
import sys
from importlib.util import find_spec

import pytest

from edgeflow.resources import data_dir

pytestmark = pytest.mark.slow
# Few pictures, and no narrower or shallower network to draw: only smaller inputs.
TINY = tuple(
    f"--set={text}"
    for text in (
        "model.blocks=1",
        "model.width=0.12",
        "model.stem_stride=2",
        "preprocessing.input_size=32",
        "data.max_pictures_per_class=40",
        "train.epochs=1",
    )
)


def edgeflow(folder, *arguments, code=0):
    process = subprocess.run(
        [sys.executable, "-m", "edgeflow", *map(str, arguments)],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert process.returncode == code, process.stderr
    return process.stdout


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    if find_spec("tensorflow") is None:
        pytest.skip("networks are drawn with TensorFlow")
    return tmp_path_factory.mktemp("advice")


@pytest.fixture(scope="module")
def now(folder):
    """RAM of the network as it is."""
    edgeflow(folder, "build", *TINY)
    report = json.loads((folder / "build/digits/cortex-m/report.json").read_text())
    assert report["causes"] is None
    return report["profile"]["totals"]["ram_bytes"]


def test_the_best_change_saves_what_was_predicted(folder, now):
    answer = json.loads(
        edgeflow(folder, "check", f"ram={int(now * 0.9)}B", "--advise", "--json", *TINY, code=1)
    )
    assert answer["causes"]["figures"] == ["ram_bytes"]
    assert answer["causes"]["peak"]["buffers"][0]["byte_count"] > 0
    best = answer["advice"]["changes"][0]
    assert best["keeps"]
    assert best["saving"]["ram_bytes"] == now - best["totals"]["ram_bytes"] > 0.1 * now
    settings = [f"--set={key}={value}" for key, value in best["settings"].items()]
    budget = f"--set=budget.ram_bytes={int(now * 0.9)}"
    report = json.loads(edgeflow(folder, "build", *TINY, *settings, budget, "--json"))
    got = report["profile"]["totals"]
    assert got["ram_bytes"] == best["totals"]["ram_bytes"]
    assert abs(got["flash_bytes"] - best["totals"]["flash_bytes"]) <= 64  # constants of trained channels
    assert got["latency_us"] == pytest.approx(best["totals"]["latency_us"], rel=0.02)


@pytest.fixture(scope="module")
def foreign(shared_dir):
    return shared_dir / "models" / "models" / "wv_k8c5_uint8io.tflite"


def test_a_foreign_model_keeps_its_training(tmp_path, foreign):
    profile = json.loads(edgeflow(tmp_path, "profile", foreign, "--json"))
    limit = profile["totals"]["ram_bytes"] - 100
    text = edgeflow(tmp_path, "check", f"ram={limit}B", "--model", foreign, "--advise", code=1)
    advised = json.loads((tmp_path / "build/wv-k8c5-uint8io/cortex-m/advice.json").read_text())
    assert advised["now"] == profile["totals"]
    assert not any(change["needs_training"] for change in advised["changes"])
    best = advised["changes"][0]
    assert best["keeps"], text
    assert f"--model {foreign} --target cortex-m {best['command']}" in text
    settings = [f"--set={key}={value}" for key, value in best["settings"].items()]
    got = json.loads(edgeflow(tmp_path, "profile", foreign, "--json", *settings))["totals"]
    assert got == best["totals"]


def test_a_program_that_the_target_does_not_hold_gets_advice(tmp_path, foreign):
    """The arena is 8,580 bytes, 8,352 with plain kernels; 2 KiB are for the stack."""
    text = (data_dir("targets") / "cortex-m.toml").read_text()
    text = text.replace('"cortex-m"', '"small"').replace("262_144", "10_560")
    (tmp_path / "small.toml").write_text(text)
    command = [sys.executable, "-m", "edgeflow", "profile", str(foreign), "--target", "small.toml"]
    refused = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert "hint: alive at the arena's peak, " in refused.stderr
    arguments = ("--model", foreign, "--target", "small.toml", "--advise")
    answer = json.loads(edgeflow(tmp_path, "check", "--json", *arguments, code=1))["advice"]
    assert "RAM overflows by" in answer["broken"][0]
    assert answer["now"]["arena_bytes"] > answer["changes"][0]["totals"]["arena_bytes"]
    assert answer["changes"][0]["keeps"]


def test_integer_edges_save_the_float_input(tmp_path, shared_dir):
    model = shared_dir / "models" / "models" / "tflm_hello_world_floatio.tflite"
    kept = ("--set=build.compiler=zig", "--set=codegen.integer_edges=false")
    edgeflow(tmp_path, "check", "flash=1B", "--model", model, *kept, "--advise", code=1)
    advised = json.loads((tmp_path / "build/tflm-hello-world-floatio/cortex-m/advice.json").read_text())
    (edges,) = (row for row in advised["changes"] if row["settings"] == {"codegen.integer_edges": True})
    assert edges["saving"]["flash_bytes"] > 0
    options = (*kept, *edges["command"].split())
    report = json.loads(edgeflow(tmp_path, "build", "--json", "--model", model, *options))
    assert report["profile"]["totals"] == edges["totals"]
    assert report["parity"]["differing_bytes"] == 0
