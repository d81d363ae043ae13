"""Both report files: complete, escaped, self-contained, the same every time."""

import json
import re
from html.parser import HTMLParser

import msgspec
import pytest

from edgeflow.errors import InternalError
from edgeflow.report.document import PARTS, read_report
from edgeflow.report.stage import run
from edgeflow.target.descriptor import load_target

VOID = {"meta", "br", "hr", "img", "link", "input", "line", "polyline"}
FOREIGN = ("memory_plan", "parity", "profile")
SECTIONS = (
    "next",
    "summary",
    "limits",
    "accuracy",
    "agreement",
    "parity",
    "memory",
    "operators",
    "training",
    "data",
    "quantization",
    "target",
    "origin",
)


class Page(HTMLParser):
    """Tags must close in order; ids, links and text are kept."""

    def __init__(self, text):
        super().__init__()
        self.open, self.ids, self.links, self.names, self.words = [], [], [], set(), []
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag, attributes):
        values = dict(attributes)
        self.names.add(tag)
        self.ids += [values["id"]] if tag == "section" else []
        self.links += [
            v for k, v in attributes if tag != "use" and k in {"href", "src", "xlink:href", "data", "action"}
        ]
        assert not [key for key in values if key.startswith("on")]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.names.add(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.words.append(data)

    @property
    def text(self):
        return re.sub(r"\s+", " ", " ".join(self.words))


def make(folder, build, budgets=(), target="cortex-m", versions=None):
    run(folder, build=build, project="shapes", target=load_target(target), budgets=budgets, versions=versions)
    return read_report(folder / "report.json"), Page((folder / "report.html").read_text(encoding="utf-8"))


def test_whole_build_shows_every_section(tmp_path, build, budgets):
    report, page = make(tmp_path / "out", build, budgets, versions={"edgeflow": "0.1", "ziglang": "0.16.0"})
    assert tuple(page.ids) == SECTIONS
    assert page.links[1:-1] == [f"#{name}" for name in SECTIONS]
    for words in (
        "52,429",
        "1,234,567",
        "simulated",
        "estimated",
        "18,750",
        "0.9",
        "CONV_2D",
        "96.7",
        "compute",
        "841.9 µJ",
        "of 2 MACs a cycle (SMLAD), 4 bytes of RAM a cycle (32-bit data bus) and 1.333 bytes of flash",
        "aspect ratio",
        "0.0078125",
        "circle/1.png = circle/2.png",
    ):
        assert words in page.text
    assert "No byte differs" in page.text
    assert "CONV_2D #0 (`conv`), with PAD #3" in (tmp_path / "out" / "report.html").read_text(
        encoding="utf-8"
    )
    assert report.evaluation["int8"]["accuracy"] == 0.8
    assert report.quantization[1] == {"tensor": "out", "scale": "0.00390625", "zero_point": "-128"}
    assert report.versions == {"edgeflow": "0.1", "ziglang": "0.16.0"}
    assert report.target["name"] == "cortex-m"


def test_report_json_holds_what_the_stages_wrote(tmp_path, build):
    report, _ = make(tmp_path / "out", build)
    for name in set(PARTS) - {"quantization"}:
        assert getattr(report, name) == json.loads(build[name].read_text())


def test_the_noisiest_layers_and_the_differences_are_shown(tmp_path, build):
    _, page = make(tmp_path / "out", build)
    for text in (
        "float and int8",
        "10 test",
        "12.5",
        "90 %",
        "<noisy>",
        "17.2",
        "4.5",
        "no error",
        "2 operators",
    ):
        assert text in page.text, text


def test_build_of_a_foreign_model_has_no_data_or_training(tmp_path, build):
    report, page = make(tmp_path / "out", {name: build[name] for name in FOREIGN})
    assert tuple(page.ids) == ("next", "summary", "parity", "memory", "operators", "target")
    assert (report.dataset, report.evaluation, report.quantization) == (None, None, [])


def test_nothing_at_all_still_names_the_target(tmp_path):
    _, page = make(tmp_path / "out", {}, target="arduino-nano-33-ble-sense")
    assert page.ids == ["target"]
    assert "Arduino boot loader" in page.text
    assert "Reserved of flash: 65,536 bytes (Arduino boot loader)" in page.text


def test_page_is_self_contained_and_needs_no_script(tmp_path, build, budgets):
    _, page = make(tmp_path / "out", build, budgets)
    text = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert all(link.startswith(("#", "data:image/png;base64,")) for link in page.links)
    assert page.names.isdisjoint({"script", "link", "iframe", "object"})
    assert not re.search(r"@import|url\((?!#)|https?://(?!www.w3.org/2000/svg)", text)


def test_names_from_outside_are_escaped(tmp_path, build):
    _, page = make(tmp_path / "out", build)
    text = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert "<script>alert" not in text
    assert "circle/&lt;script&gt;alert(1)" in text
    assert "Shapes <b>drawn</b> & scanned" in page.text


def test_same_build_gives_the_same_bytes_without_paths_or_times(tmp_path, build, budgets):
    for name in ("one", "two"):
        make(tmp_path / name, build, budgets)
    for file in ("report.json", "report.html"):
        first = (tmp_path / "one" / file).read_bytes()
        assert first == (tmp_path / "two" / file).read_bytes()
        assert str(tmp_path).encode() not in first


def test_breach_and_divergence_stand_at_the_top(tmp_path, build, budgets):
    parity = json.loads(build["parity"].read_text())
    parity |= {
        "differing_bytes": 17,
        "first_divergence": {"operator": "CONV_2D #0", "tensor_id": 3, "case": 2},
    }
    build["parity"].write_text(json.dumps(parity))
    budgets[1] |= {"limit": 0.9, "ok": False}
    _, page = make(tmp_path / "out", build, budgets)
    assert "Does not fit" in page.text
    assert "17 bytes differ" in page.text
    assert "First divergence: case 2, operator CONV_2D #0, tensor id 3" in page.text


def test_figures_that_do_not_exist_show_as_such(tmp_path, build):
    profile = json.loads(build["profile"].read_text())
    for key in ("instructions", "cycles", "latency_us"):
        profile["totals"][key] = None
        profile["kinds"][key] = "not available: no cycle model for cortex-m55"
    for row in (*profile["operators"], profile["outside"]):
        row |= {"instructions": None, "cycles": None, "latency_us": None, "percent": None}
    build["profile"].write_text(json.dumps(profile))
    _, page = make(tmp_path / "out", build, target="cortex-m55")
    assert "no cycle model for cortex-m55" in page.text
    assert "n/a" in page.text


def test_unknown_part_is_a_defect(tmp_path, build):
    with pytest.raises(InternalError, match="no part `weather`"):
        make(tmp_path / "out", build | {"weather": build["audit"]})


def test_schema_refuses_strange_keys(tmp_path, build):
    make(tmp_path / "out", build)
    path = tmp_path / "out" / "report.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"weather": 1}))
    with pytest.raises(msgspec.ValidationError, match="weather"):
        read_report(path)


def test_a_broken_limit_says_why(tmp_path, budgets):
    causes = {
        "figures": ["ram_bytes", "latency_us"],
        "peak": {
            "operator": "CONV_2D #0",
            "live_bytes": 4000,
            "arena_bytes": 4000,
            "buffers": [{"name": "<conv>", "role": "tensor", "byte_count": 2002, "written_by": "CONV_2D #0"}],
        },
        "weights": [{"index": 0, "kind": "CONV_2D", "label": "heavy", "weights_bytes": 9, "percent": 1.0}],
        "code": [],
        "slowest": [{"index": 1, "kind": "ADD", "label": "slow one", "latency_us": 77.5, "percent": 96.7}],
    }
    run(tmp_path, build={}, project="p", target=load_target("cortex-m"), budgets=budgets, causes=causes)
    page = Page((tmp_path / "report.html").read_text(encoding="utf-8"))
    assert "<conv>" in page.text
    assert "2,002" in page.text
    assert "slow one" in page.text
    assert "heavy" not in page.text  # the flash keeps its limit
    assert read_report(tmp_path / "report.json").causes == causes
