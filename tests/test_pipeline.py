"""The engine on a chain of three small real stages: what runs, what is kept, what is published."""

import re
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from edgeflow.artifact import read_json, write_text
from edgeflow.errors import ModelError, UsageError
from edgeflow.model_stages import MODEL_STAGES
from edgeflow.pipeline import Build, Stage, clean, model_name, open_build, plan_steps, run_steps
from edgeflow.project import load_project
from edgeflow.resources import data_dir
from edgeflow.stages import DEVICE_STAGES, chain
from edgeflow.target.descriptor import load_target

ran = []


def _first(work):
    ran.append("first")
    write_text(work.output_dir / "number.txt", str(work.build.project.train.epochs))
    write_text(work.output_dir / "hidden.npz", "")


def _second(work):
    ran.append("second")
    number = int((work.results["first"] / "number.txt").read_text())
    write_text(work.output_dir / "sub" / "double.txt", str(2 * number))


def _third(work):
    ran.append("third")
    write_text(work.output_dir / "ram.txt", str(work.build.project.budget.ram_bytes))


STAGES = (
    Stage("first", (), (), (), lambda b: b.project.train.epochs, _first, hidden=("*.npz",)),
    Stage("second", ("first",), (), (), lambda _b: None, _second),
    Stage("third", (), (), (), lambda b: b.project.budget.ram_bytes, _third),
)


def make_build(tmp_path, *overrides):
    project = load_project(None, ("train.epochs=60", *overrides))
    return Build(project, load_target("cortex-m"), tmp_path, tmp_path / "build")


def run(tmp_path, *overrides, redo_from=None):
    ran.clear()
    build = make_build(tmp_path, *overrides)
    notes = []
    run_steps(build, plan_steps(build, STAGES, redo_from), notes.append)
    return list(ran), build.output_dir, notes


def test_second_run_makes_nothing(tmp_path):
    assert run(tmp_path)[0] == ["first", "second", "third"]
    made, output, notes = run(tmp_path)
    assert made == []
    assert (output / "sub" / "double.txt").read_text() == "120"
    assert all("unchanged" in note for note in notes)


def test_changed_parameter_remakes_it_and_what_needs_it(tmp_path):
    run(tmp_path)
    made, output, _ = run(tmp_path, "train.epochs=7")
    assert made == ["first", "second"]
    assert (output / "sub" / "double.txt").read_text() == "14"
    made, output, _ = run(tmp_path)
    assert made == []
    assert (output / "sub" / "double.txt").read_text() == "120"


def test_changed_budget_remakes_only_its_stage(tmp_path):
    run(tmp_path)
    assert run(tmp_path, "budget.ram_bytes=5")[0] == ["third"]


def test_redo_from_a_stage(tmp_path):
    run(tmp_path)
    assert run(tmp_path, redo_from="second")[0] == ["second", "third"]


def test_plan_tells_what_is_fresh_without_running(tmp_path):
    run(tmp_path)
    ran.clear()
    steps = plan_steps(make_build(tmp_path, "train.epochs=9"), STAGES)
    assert [(s.stage.name, s.is_fresh) for s in steps] == [
        ("first", False),
        ("second", False),
        ("third", True),
    ]
    assert ran == []


def test_manifest_lists_published_files_with_hashes(tmp_path):
    _, output, _ = run(tmp_path)
    stages = read_json(output / "manifest.json")["stages"]
    assert set(stages) == {"first", "second", "third"}
    assert list(stages["first"]["files"]) == ["number.txt"]
    assert re.fullmatch(r"[0-9a-f]{64}", stages["second"]["files"]["sub/double.txt"])
    assert not (output / "hidden.npz").exists()


def test_deleted_and_edited_outputs_come_back(tmp_path):
    _, output, _ = run(tmp_path)
    (output / "number.txt").unlink()
    (output / "ram.txt").write_text("edited")
    assert run(tmp_path)[0] == []
    assert (output / "number.txt").read_text() == "60"
    assert (output / "ram.txt").read_text() == "None"


def test_broken_manifest_is_written_anew(tmp_path):
    _, output, _ = run(tmp_path)
    (output / "manifest.json").write_text('{"stages": 3')
    run(tmp_path)
    assert "first" in read_json(output / "manifest.json")["stages"]


def test_file_that_a_stage_no_longer_makes_is_removed(tmp_path):
    build = make_build(tmp_path)

    def stage(version, name):
        return Stage("s", (), (), (), lambda _b: version, lambda w: write_text(w.output_dir / name, ""))

    for version, name in ((1, "old.c"), (2, "new.c")):
        stages = (stage(version, name),)
        run_steps(build, plan_steps(build, stages), lambda _text: None)
    assert (build.output_dir / "new.c").exists()
    assert not (build.output_dir / "old.c").exists()


def test_failed_build_leaves_no_older_answer(tmp_path):
    build = make_build(tmp_path)

    def check(work):
        if version > 1:
            raise ModelError("it differs")
        write_text(work.output_dir / "parity.json", "0 differ")

    stages = (Stage("same", (), (), (), lambda _b: 0, lambda w: write_text(w.output_dir / "same.txt", "")),)
    stages += (Stage("check", (), (), (), lambda _b: version, check),)
    version = 1
    run_steps(build, plan_steps(build, stages), lambda _text: None)
    version = 2
    with pytest.raises(ModelError):
        run_steps(build, plan_steps(build, stages), lambda _text: None)
    assert (build.output_dir / "same.txt").exists()
    assert not (build.output_dir / "parity.json").exists()
    assert list(read_json(build.output_dir / "manifest.json")["stages"]) == ["same"]
    version = 1
    run_steps(build, plan_steps(build, stages), lambda _text: None)
    assert (build.output_dir / "parity.json").exists()


def test_build_that_stops_early_leaves_no_result_of_older_ones(tmp_path):
    _, output, _ = run(tmp_path)
    build = make_build(tmp_path, "train.epochs=8")
    run_steps(build, plan_steps(build, STAGES[:1]), lambda _text: None)
    assert (output / "number.txt").read_text() == "8"
    assert not (output / "sub" / "double.txt").exists()
    assert (output / "ram.txt").exists()
    assert set(read_json(output / "manifest.json")["stages"]) == {"first", "third"}


def test_clean_removes_only_what_was_written(tmp_path):
    _, output, _ = run(tmp_path)
    (output / "notes.txt").write_text("mine")
    assert clean(tmp_path / "build")
    assert [p.name for p in (tmp_path / "build").rglob("*") if p.is_file()] == ["notes.txt"]
    assert clean(tmp_path / "build") == []


def test_clean_of_a_wrong_folder_costs_nothing(tmp_path):
    """A home folder: its `.cache` and another program's manifests are not ours."""
    theirs = {
        ".cache/browser/page": "x",
        ".cache/CACHEDIR.TAG": "Signature: 8a477f597d28d172789f06886806bc55\n",
        "site/app/manifest.json": '{"name": "an app"}',
        "site/list/manifest.json": "[1]",
    }
    for name, text in theirs.items():
        write_text(tmp_path / name, text)
    assert clean(tmp_path) == []
    assert {name: (tmp_path / name).read_text() for name in theirs} == theirs


TWO_AT_ONCE = """
    import sys
    from pathlib import Path
    sys.path.insert(0, sys.argv[2])
    import test_pipeline
    made, output, _ = test_pipeline.run(Path(sys.argv[1]))
    print((output / "sub" / "double.txt").read_text())
"""


def test_two_builds_at_once_end_with_the_same_files(tmp_path):
    arguments = [sys.executable, "-c", textwrap.dedent(TWO_AT_ONCE), tmp_path, str(Path(__file__).parent)]
    processes = [subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    assert [p.communicate()[0] for p in processes] == ["120\n"] * 3
    assert run(tmp_path)[0] == []


@pytest.mark.parametrize(
    ("file", "name"),
    [
        ("ResNet 8.tflite", "resnet-8"),
        ("8bit.tflite", "model-8bit"),
        ("___.tflite", "model"),
        ("a" * 60 + ".tflite", "a" * 40),
    ],
)
def test_model_name_is_a_legal_project_name(file, name):
    assert model_name(Path(file)) == name
    assert load_project(None, (f"project.name={name}",)).project.name == name


def test_open_build_options_win_over_the_file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("edgeflow.toml").write_text('[project]\nname = "a"\n[build]\ntarget = "cortex-m7"\n')
    build = open_build(project_file=None, overrides=(), build_dir=Path("build"))
    assert (build.project.project.name, build.target.name) == ("a", "cortex-m7")
    build = open_build(project_file=None, overrides=(), build_dir=Path("build"), target="cortex-m33")
    assert build.target.name == "cortex-m33"


def test_target_file_is_found_beside_the_project_file(tmp_path, monkeypatch):
    shipped = (data_dir("targets") / "cortex-m7.toml").read_text()
    for folder, clock in (("project", 111), ("project/boards", 222)):
        text = re.sub(r"^name = .*", 'name = "mine"', shipped, count=1, flags=re.MULTILINE)
        text = re.sub(r"^clock_hz = \S+", f"clock_hz = {clock}", text, flags=re.MULTILINE)
        write_text(tmp_path / folder / "mine.toml", text)
    project = tmp_path / "project" / "edgeflow.toml"
    project.write_text('[build]\ntarget = "boards/mine.toml"\n')
    monkeypatch.chdir(tmp_path)
    given = {"project_file": Path("project/edgeflow.toml"), "overrides": (), "build_dir": Path("build")}
    assert open_build(**given).target.clock_hz == 222
    assert open_build(**given, target="project/mine.toml").target.clock_hz == 111


def test_open_build_of_a_model_with_a_name_that_toml_reads_as_a_number(tmp_path):
    (tmp_path / "inf.tflite").write_bytes(b"")
    build = open_build(project_file=None, overrides=(), build_dir=tmp_path, model=tmp_path / "inf.tflite")
    assert build.project.project.name == "inf"


def test_open_build_of_a_missing_model(tmp_path):
    with pytest.raises(ModelError, match="no model file"):
        open_build(project_file=None, overrides=(), build_dir=tmp_path, model=tmp_path / "x.tflite")


def test_chain_of_a_foreign_model_starts_at_codegen(tmp_path):
    build = make_build(tmp_path)
    (tmp_path / "m.tflite").write_bytes(b"no model: the compiler will say so")
    foreign = Build(build.project, build.target, tmp_path, tmp_path, model=tmp_path / "m.tflite")
    assert chain(build)[0].name == "data"
    assert chain(foreign)[0].name == "codegen"
    assert [s.name for s in chain(build, last="train")] == ["data", "train"]


def test_only_a_tuned_build_has_the_stage_before_codegen(tmp_path):
    names = [stage.name for stage in chain(make_build(tmp_path, "codegen.tune=true"))]
    assert names[names.index("codegen") - 1] == "tune"
    assert "tune" not in [stage.name for stage in chain(make_build(tmp_path))]


@pytest.mark.parametrize("wrong", [{"last": "trian"}, {"first": "x"}, {"first": "profile", "last": "data"}])
def test_chain_refuses_wrong_stage_names(tmp_path, wrong):
    with pytest.raises(UsageError):
        chain(make_build(tmp_path), **wrong)


def test_new_version_makes_the_files_that_name_it_but_does_not_retrain(tmp_path, monkeypatch):
    build = make_build(tmp_path)
    stages = chain(build)

    def keys():
        return {step.stage.name: step.key for step in plan_steps(build, stages)}

    before = keys()
    monkeypatch.setattr("edgeflow.device_stages.__version__", "99.0")
    after = keys()
    assert before["train"] == after["train"]
    assert before["quantize"] == after["quantize"]
    assert before["codegen"] != after["codegen"]


def test_stages_need_only_earlier_stages(tmp_path):
    seen = set()
    for stage in MODEL_STAGES + DEVICE_STAGES:
        assert set(stage.needs) <= seen
        seen.add(stage.name)
    assert {stage.name for stage in chain(make_build(tmp_path, "codegen.tune=true"))} == seen - {"import"}
