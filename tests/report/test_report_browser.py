"""The page in headless Chromium: offline, without a complaint, on a phone, in the dark and on paper."""

import pytest
from browser import chromium

from edgeflow.report.compare import render_comparison
from edgeflow.report.document import read_report
from edgeflow.report.stage import run
from edgeflow.target.descriptor import load_target

# A page of this size and make takes a fraction of it, even where other tests run beside.
MOST_LOAD_MS = 5000
# The largest side of what lies beyond the right edge, outside the parts that scroll by themselves.
OUTSIDE = """[...document.querySelectorAll('main *, header *')]
  .filter(e => e.getBoundingClientRect().right > %d + 1 && !e.closest('.scroll, .drawing, .chart'))
  .map(e => e.outerHTML)"""


FIGURES = {"ram_bytes": 9000, "flash_bytes": 40_000, "latency_us": 9000.0, "energy_uj": None, "macs": 200_000}
OTHER = {
    "name": "shapes on a-board",
    "target": "a-board",
    "accuracy": 0.75,
    "float_accuracy": None,
    "fits": True,
}
OTHER |= {"differing_bytes": 0, **FIGURES}
CANDIDATE = {"name": "0.25", "fits": False, "on_front": False, **FIGURES}


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    with chromium(tmp_path_factory.mktemp("browser")) as tab:
        yield tab


@pytest.fixture
def page(tmp_path, build, budgets):
    """A page with every section; names from outside are long and hostile."""
    run(
        tmp_path / "out",
        build=build,
        project="shapes",
        target=load_target("cortex-m"),
        budgets=budgets,
        versions={"edgeflow": "0.1"},
        around={"builds": [OTHER], "plan": [CANDIDATE], "advice": None},
        provenance={"seed": 1, "files": [{"what": "int8 model", "file": "m.tflite", "sha256": "5e" * 32}]},
    )
    return tmp_path / "out" / "report.html"


@pytest.mark.parametrize("width", [360, 1280])
def test_a_comparison_does_not_stick_out_either(browser, page, tmp_path, width):
    found = read_report(page.with_name("report.json"))
    comparison = tmp_path / "compare.html"
    comparison.write_text(render_comparison({"one": found, "other": found, "third": found}))
    assert browser.open(comparison, width)["width"] == width
    assert browser.evaluate(OUTSIDE % width) == []
    assert (browser.requests(), browser.complaints()) == ([comparison.as_uri()], [])


@pytest.mark.parametrize(("width", "scheme"), [(360, "light"), (768, "light"), (1280, "dark")])
def test_nothing_is_asked_for_and_nothing_sticks_out(browser, page, width, scheme, record_property):
    metrics = browser.open(page, width, scheme=scheme)
    record_property("load_ms", metrics["load_ms"])
    record_property("bytes", page.stat().st_size)
    assert browser.requests() == [page.as_uri()]
    assert browser.complaints() == []
    assert browser.evaluate(OUTSIDE % width) == []
    assert metrics["width"] == width
    assert metrics["load_ms"] < MOST_LOAD_MS
    assert browser.evaluate("[...document.images].every(i => i.complete && i.naturalWidth > 0)")
    assert browser.evaluate("document.images.length") > 0


def test_the_policy_of_the_page_refuses_what_would_load(browser, page, tmp_path):
    leaking = tmp_path / "leaking.html"
    leak = '<img src="http://localhost:9/x.png" alt=""><script>alert(1)</script></main>'
    leaking.write_text(page.read_text().replace("</main>", leak))
    browser.open(leaking)
    assert len(browser.complaints()) == 2


# Statements about a page, in JavaScript, that must be true.
ACCESSIBLE = """
document.documentElement.lang === 'en'
['header', 'main', 'nav', 'h1'].every(n => document.querySelectorAll(n).length === 1)
[...document.images].every(i => i.alt)
(ids => ids.length === new Set(ids).size)([...document.querySelectorAll('[id]')]
 .map(e => e.id))
[...document.querySelectorAll('a[href], use')]
 .every(e => document.querySelector(e.getAttribute('href')))
[...document.querySelectorAll('svg[role=img]')].length === 5
[...document.querySelectorAll('svg[role=img]')]
 .every(s => s.querySelector('title') && s.querySelector('desc'))
[...document.querySelectorAll('[aria-labelledby]')].every(s => s.getAttribute('aria-labelledby').split(' ')
 .every(id => document.getElementById(id).textContent.length > 3))
[...document.querySelectorAll('.scroll, .drawing')]
 .every(e => e.tabIndex === 0 && e.getAttribute('aria-label'))
[...document.querySelectorAll('thead th')].every(e => e.scope === 'col')
"""


def test_the_page_is_for_everybody(browser, page):
    browser.open(page)
    statements = ACCESSIBLE.strip().replace("\n ", " ").splitlines()
    assert [each for each in statements if browser.evaluate(each) is not True] == []


CONTRAST = """(() => {
  const curve = v => v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4;
  const light = c => c.match(/[\\d.]+/g).slice(0, 3).map(v => curve(v / 255))
    .reduce((sum, v, i) => sum + v * [.2126, .7152, .0722][i], 0);
  const paper = light(getComputedStyle(document.body).backgroundColor);
  const words = [...document.querySelectorAll('p, td, th, a, .soft, .good, .bad, summary, svg text')];
  return Math.min(...words.map(e => {
    const style = getComputedStyle(e), a = light(e.closest('svg') ? style.fill : style.color);
    return (Math.max(a, paper) + .05) / (Math.min(a, paper) + .05); }));
})()"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_stands_out_from_the_paper(browser, page, scheme):
    browser.open(page, scheme=scheme)
    assert browser.evaluate(CONTRAST) >= 4.5  # WCAG 2.2, 1.4.3


def test_paper_gets_all_of_it(browser, page, tmp_path):
    browser.open(page, 700, media="print", scheme="dark")
    assert browser.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert browser.evaluate("getComputedStyle(document.querySelector('nav')).display") == "none"
    assert browser.evaluate(OUTSIDE % 700) == []
    browser.pdf(tmp_path / "page.pdf")
    assert (tmp_path / "page.pdf").read_bytes().startswith(b"%PDF")
