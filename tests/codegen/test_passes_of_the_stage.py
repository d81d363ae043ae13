"""Whole nets through the stage with passes left out, and the graph written before and after them."""

from pathlib import Path

import numpy as np
import pytest
from c_build import Library

from edgeflow.artifact import read_json
from edgeflow.codegen.options import CodegenOptions
from edgeflow.codegen.stage import run
from edgeflow.passes.run import PASSES

SHARED = Path(__file__).resolve().parents[2].parent / "shared" / "models"

# Nets that between them give every pass something to do, and passes that a net cannot be compiled without.
NETS = ("sscma_fomo", "heartkit_arrhythmia_se", "swish", "flatten_shape_pack")
NEEDED = {("flatten_shape_pack", "fold_constants")}


def model_of(name):
    """The model's file; small ones lie in a folder of their own."""
    return next(path for path in SHARED.rglob(f"{name}.tflite"))


def check(name, folder, disabled):
    run(model_of(name), folder, name=name, options=CodegenOptions(disabled_passes=disabled))
    network, plan = read_json(folder / "network.json"), read_json(folder / "memory_plan.json")
    library = Library(folder / "c", network, plan["arena_bytes"])
    goldens = np.load(SHARED / "goldens" / f"{name}.npz")
    for case in (0, 5):
        inputs = [goldens[f"in{case}_{k}"] for k in range(len(network["inputs"]))]
        for k, output in enumerate(library.invoke(*inputs)):
            assert output.tobytes() == goldens[f"out{case}_{k}"].tobytes(), f"case {case}, output {k}"
    return network


@pytest.mark.slow
@pytest.mark.parametrize("name", NETS)
def test_the_same_bytes_with_each_pass_left_out(name, shared_dir, tmp_path):
    fired = {change["name"] for change in check(name, tmp_path / "all", ())["passes"]}
    assert fired
    for graph_pass in (each.__name__ for each in PASSES):
        if graph_pass in fired and (name, graph_pass) not in NEEDED:
            network = check(name, tmp_path / graph_pass, (graph_pass,))
            assert graph_pass not in {change["name"] for change in network["passes"]}


@pytest.mark.slow
@pytest.mark.parametrize("name", NETS[:3])
def test_the_same_bytes_without_any_pass(name, shared_dir, tmp_path):
    network = check(name, tmp_path, tuple(each.__name__ for each in PASSES))
    assert network["passes"] == []


def test_the_passes_that_changed_operators_are_named(shared_dir, tmp_path):
    run(model_of("swish"), tmp_path, name="swish", options=CodegenOptions(emit_ir=True))
    network = read_json(tmp_path / "network.json")
    counts = {"operators_before": 2, "operators_after": 1, "transposes_before": 0, "transposes_after": 0}
    assert network["passes"] == [{"name": "fuse_lookup", **counts}]
    [operator] = network["operators"]
    assert (operator["kind"], operator["absorbed"]) == ("LOOKUP", ["LOGISTIC #0", "MUL #1"])
    assert "with LOGISTIC #0, MUL #1 */" in (tmp_path / "c" / "model.c").read_text()


def test_the_graph_before_and_after(shared_dir, tmp_path):
    run(model_of("swish"), tmp_path, name="swish", options=CodegenOptions(emit_ir=True))
    before, after = ((tmp_path / f"graph_{when}.txt").read_text() for when in ("before", "after"))
    assert [line.split(" ")[1] for line in before.splitlines() if line.startswith("#")] == ["LOGISTIC", "MUL"]
    assert [line.split(" ")[1] for line in after.splitlines() if line.startswith("#")] == ["LOOKUP"]
    assert before.splitlines()[0] == after.splitlines()[0]
    assert before.splitlines()[-1] == after.splitlines()[-1]


def test_no_graph_unless_asked_for(shared_dir, tmp_path):
    run(model_of("swish"), tmp_path, name="swish")
    assert not list(tmp_path.glob("graph_*"))
