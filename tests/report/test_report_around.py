"""Other builds, plan and advice around a build; what to do next; several builds compared."""

import json
import subprocess
import sys

import pytest

from edgeflow.artifact import write_json
from edgeflow.report.compare import compared, figure_rows, render_comparison
from edgeflow.report.document import read_report
from edgeflow.report.next_steps import next_steps
from edgeflow.report.stage import run
from edgeflow.report.surroundings import build_row, surroundings
from edgeflow.target.descriptor import load_target

CANDIDATE = {
    "name": "0.25 <16>",
    "fits": True,
    "on_front": True,
    "totals": {"ram_bytes": 9000, "flash_bytes": 40_000, "latency_us": 9000.0, "macs": 200_000},
}
ADVICE = {
    "now": {"ram_bytes": 13_107},
    "changes": [
        {
            "command": "--set codegen.stripes=smallest",
            "needs_training": False,
            "price": "more time",
            "saving": {"ram_bytes": 500},
            "keeps": True,
            "seconds": 1.0,
        }
    ],
}


def make(folder, build, budgets=(), target="cortex-m"):
    run(
        folder,
        build=build,
        project="shapes",
        target=load_target(target),
        budgets=budgets,
        around=surroundings(folder),
    )
    return read_report(folder / "report.json"), (folder / "report.html").read_text(encoding="utf-8")


@pytest.fixture
def project(tmp_path, build, budgets):
    """Two targets' builds in a build folder, the first one made before the second."""
    folder = tmp_path / "build" / "shapes"
    make(folder / "cortex-m", build, budgets)
    make(folder / "cortex-m33", build, budgets, "cortex-m33")
    return folder


def test_a_build_shows_the_others_of_its_project(project):
    report = read_report(project / "cortex-m33" / "report.json")
    assert [row["name"] for row in report.builds] == ["shapes on cortex-m"]
    assert report.builds[0] | {"latency_us": 18_750.0, "accuracy": 0.8, "fits": True} == report.builds[0]
    assert read_report(project / "cortex-m" / "report.json").builds == []
    page = (project / "cortex-m33" / "report.html").read_text()
    assert page.count("shapes on cortex-m<") == 1
    assert 'id="tradeoff-chart-title"' in page


def test_reports_of_another_version_are_left_out(project, build):
    write_json(project / "cortex-m" / "report.json", {"schema": 0})
    report, _ = make(project / "cortex-m33", build, target="cortex-m33")
    assert report.builds == []


def test_candidates_of_a_plan_stand_beside_the_build(tmp_path, build):
    out = tmp_path / "out" / "cortex-m"
    write_json(out / "plan.json", {"candidates": [CANDIDATE]})
    report, page = make(out, build)
    assert report.plan[0]["name"] == "0.25 <16>"
    assert "1 candidates of edgeflow plan, which are untrained" in page


def test_advice_counts_only_for_the_build_that_it_was_measured_on(tmp_path, build, budgets):
    budgets[0] |= {"ok": False}
    out = tmp_path / "out" / "cortex-m"
    write_json(out / "advice.json", ADVICE)
    report, page = make(out, build, budgets)
    assert next_steps(report)[0] == (
        "`--set codegen.stripes=smallest` keeps all limits (measured); it costs more time."
    )
    assert "<code>--set codegen.stripes=smallest</code> keeps all limits" in page
    write_json(out / "advice.json", ADVICE | {"now": {"ram_bytes": 1}})
    report, _ = make(out, build, budgets)
    assert report.advice is None
    assert "`edgeflow check --advise`" in next_steps(report)[0]


def changed(build, part, **keys):
    """A part of the build with other values."""
    build[part].write_text(json.dumps(json.loads(build[part].read_text()) | keys))


PARITY = {"differing_bytes": 3, "first_divergence": {"operator": "CONV_2D #0"}}
CASES = [
    ("parity", PARITY, "Do not use this build: CONV_2D #0 differs"),
    ("evaluation", {"hint": "values from 0 to 1 do better"}, "Check what the model expects: values"),
    ("audit", {"conflicting_labels": [["a", "b"]]}, "the same picture under two classes (1)"),
    ("history", {"best_epoch": 3}, "The last epoch was the best one"),
]


@pytest.mark.parametrize(("part", "keys", "words"), CASES)
def test_what_to_do_next_follows_from_the_figures(tmp_path, build, part, keys, words):
    before, _ = make(tmp_path / "before", build)
    changed(build, part, **keys)
    after, _ = make(tmp_path / "after", build)
    assert not [each for each in next_steps(before) if words in each]
    assert [each for each in next_steps(after) if words in each]


def test_losses_mistakes_and_heavy_operators_are_named(tmp_path, build, budgets):
    matrix = {"accuracy": 0.5, "correct": 5, "runtime": "r", "confusion_matrix": [[4, 0], [5, 1]]}
    changed(build, "evaluation", int8=matrix)
    report, _ = make(tmp_path / "out", build, budgets[:1])
    text = "\n".join(next_steps(report))
    assert "int8 loses 40.0 points of accuracy" in text
    assert "Most noise is in CONV_2D #3." in text
    assert "5 of 6 test cases of `square` are taken for `circle`" in text
    assert "Operator 0 (CONV_2D) takes 97 % of the time" in text
    assert "No more than 5 % of any limit is used" in text


def test_the_first_build_is_the_baseline_of_a_comparison(project):
    reports = {name: read_report(project / name / "report.json") for name in ("cortex-m", "cortex-m33")}
    changed_totals = reports["cortex-m33"].profile["totals"] | {"ram_bytes": 6553.5}
    reports["cortex-m33"].profile["totals"] = changed_totals
    rows = {row["key"]: row["cells"] for row in figure_rows(compared(reports))}
    assert [cell["best"] for cell in rows["ram_bytes"]] == [False, True]
    assert [cell["percent"] for cell in rows["ram_bytes"]] == [0.0, -50.0]
    assert [cell["best"] for cell in rows["accuracy"]] == [False, False]
    page = render_comparison(reports)
    assert "-50 %" in page
    assert "circle" in page
    assert 'id="tradeoff-chart-title"' in page


def test_two_builds_of_a_name_are_told_apart(project):
    one = read_report(project / "cortex-m" / "report.json")
    names = [row["name"] for row in compared({"a": one, "b": one})]
    assert names == ["shapes on cortex-m (a)", "shapes on cortex-m (b)"]


def test_a_build_without_figures_has_a_row(tmp_path):
    report, _ = make(tmp_path / "out" / "x", {})
    assert build_row(report)["ram_bytes"] is None


def command(folder, *arguments, code=0):
    line = [sys.executable, "-m", "edgeflow", "report", *map(str, arguments)]
    done = subprocess.run(line, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == code, done.stderr
    return done


def test_the_command_writes_a_page_again_with_what_came_later(project):
    folder = project.parent.parent
    (folder / "edgeflow.toml").write_text('[project]\nname = "shapes"\n')
    answer = json.loads(command(folder, "--json").stdout)
    page = folder / answer["page"]
    assert page.stat().st_size == answer["bytes"]
    assert "shapes on cortex-m33" in page.read_text()
    assert "Accuracy, int8" in command(folder, project / "cortex-m33", "-o", "other.html").stdout
    assert (folder / "other.html").is_file()


def test_the_command_compares(project):
    folder = project.parent.parent
    answer = json.loads(
        command(folder, "--compare", project / "cortex-m", project / "cortex-m33", "--json").stdout
    )
    assert [row["target"] for row in answer["builds"]] == ["cortex-m", "cortex-m33"]
    assert "2 builds compared" in (folder / "compare.html").read_text()


def test_what_is_missing_is_said(tmp_path):
    assert "there is no finished build `nowhere`" in command(tmp_path, "nowhere", code=1).stderr
    assert "needs two builds" in command(tmp_path, "--compare", "one", code=2).stderr
    (tmp_path / "report.json").write_text('{"schema": 1, "strange": 2}')
    assert "is no report of this version" in command(tmp_path, tmp_path, code=1).stderr
