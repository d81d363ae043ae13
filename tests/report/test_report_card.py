"""The model card: front matter that YAML readers take, nothing made up, names that mark up nothing."""

import json

import pytest

from edgeflow.report.card import Maker, front_matter, model_card, text, yaml
from edgeflow.report.document import assemble
from edgeflow.target.descriptor import load_target

MARK = "**To be filled in by the maker**"
FILLED = Maker(license="mit", author="A. Maker", intended_use="Sorting toys.", limits="No people.")


@pytest.fixture
def report(build):
    files = [{"what": "int8 model", "file": "m.tflite", "sha256": "ab" * 32}]
    return assemble(
        build,
        project="shapes",
        target=load_target("cortex-m"),
        budgets=[],
        versions={"edgeflow": "0.1"},
        provenance={"seed": 1, "files": files},
    )


def test_what_only_the_maker_knows_is_marked(report):
    card = model_card(report, Maker())
    assert card.count(MARK) == 4
    for key in ("license", "author", "intended_use", "limits"):
        assert f"`{key}` in `[export]`" in card
    assert '\nlicense: "unknown"\n' in card


def test_what_the_maker_says_stands_in_the_card(report):
    card = model_card(report, FILLED)
    assert MARK not in card
    for words in ("Sorting toys.", "No people.", "A. Maker", '\nlicense: "mit"\n'):
        assert words in card


def test_figures_are_the_reports(report):
    card = model_card(report, Maker())
    for words in (
        "| int8 | 0.8000 | 10 |",
        "| float | 0.9000 | 10 |",
        "| circle | 4 | 3 |",
        "| RAM, bytes | 13,107 |",
        "differ in 0 bytes",
        "ab" * 32,
        "| part | circle | square |",
        "| test | 4 | 6 |",
    ):
        assert words in card, words
    found = front_matter(report, Maker())
    assert found["pipeline_tag"] == "image-classification"
    assert found["datasets"] == ["shapes"]
    assert found["model-index"][0]["results"][0]["metrics"][0]["value"] == 0.8


def test_front_matter_is_yaml(report):
    reader = pytest.importorskip("yaml", reason="no YAML reader is installed")
    _, matter, _ = model_card(report, FILLED).split("---\n", 2)
    assert reader.safe_load(matter) == front_matter(report, FILLED)


def test_yaml_of_nested_values():
    assert yaml({"a": [1, {"b": 'x"'}], "c": None}) == 'a:\n  - 1\n  -\n    b: "x\\""\nc: null\n'


def test_names_from_outside_mark_up_nothing(report):
    assert text("a|b\n# <script>`x` [l](u) *b*") == "a\\|b \\# &lt;script&gt;\\`x\\` \\[l\\](u) \\*b\\*"
    assert "Shapes &lt;b&gt;drawn&lt;/b&gt; &amp; scanned" in model_card(report, FILLED)


def test_a_foreign_model_without_data_has_a_card(build):
    parts = {name: build[name] for name in ("memory_plan", "parity", "profile")}
    found = assemble(
        parts, project="given", target=load_target("cortex-m"), budgets=[], versions={"edgeflow": "1"}
    )
    card = model_card(found, Maker())
    assert "# given" in card
    assert "accuracy" not in card
    assert "datasets" not in card


def test_the_stage_writes_it(tmp_path, build):
    from edgeflow.report.stage import run

    run(tmp_path, build=build, project="shapes", target=load_target("cortex-m"), maker=FILLED)
    assert "Sorting toys." in (tmp_path / "MODEL_CARD.md").read_text(encoding="utf-8")
    assert json.loads((tmp_path / "report.json").read_text())["project"] == "shapes"
