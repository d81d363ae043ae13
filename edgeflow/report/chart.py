"""Charts drawn by matplotlib as SVG that belongs into a page: its colours, its font, words beside it.

Static SVG needs no script, prints, and takes some kilobytes; libraries that draw in the browser would add
0.8 to 4.8 MB to every report (docs/report.md).
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.axis import Axis
    from matplotlib.figure import Figure

# A chart's colours are those of the page, which has a dark theme: each becomes the page's variable.
INK, SOFT, LINE, ACCENT, SECOND, BAD = "#1c2128", "#59636e", "#d5dae0", "#1f6f8b", "#b7791f", "#b3261e"
_VARIABLES = {INK: "ink", SOFT: "soft", LINE: "line", ACCENT: "accent", SECOND: "second", BAD: "bad"}
# Inches at 72 units: one unit is a CSS pixel on a phone, so that text of 9 units stays readable.
WIDTH = 4.7
_SETTINGS: Any = {
    "svg.fonttype": "none",
    "font.family": "sans-serif",
    "font.size": 9,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": LINE,
    "axes.labelcolor": SOFT,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": LINE,
    "grid.linewidth": 0.6,
    "text.color": INK,
    "text.parse_math": False,  # names of operators come from models
    "xtick.color": SOFT,
    "ytick.color": SOFT,
    "legend.frameon": False,
    "axes.unicode_minus": False,
}
_SVG = "{http://www.w3.org/2000/svg}"
_HREF = "{http://www.w3.org/1999/xlink}href"


@dataclass(frozen=True, slots=True)
class Chart:
    """An SVG element, and the sentence below it."""

    svg: str
    caption: str


def is_available() -> bool:
    """Whether matplotlib is installed; a report without it says so and has tables only."""
    from importlib.util import find_spec

    return find_spec("matplotlib") is not None


def draw(
    name: str,
    title: str,
    caption: str,
    paint: Callable[[Figure, Axes], None],
    *,
    height: float,
    panels: int = 1,
) -> Chart:
    """A chart by ``paint``, which is given the figure and its (first) axes; ``name`` makes its ids unique."""
    from matplotlib import rc_context
    from matplotlib.figure import Figure

    with rc_context({**_SETTINGS, "svg.hashsalt": name}):
        figure = Figure(figsize=(WIDTH, height), layout="constrained")
        figure.patch.set_visible(False)
        axes = figure.subplots(1, panels, squeeze=False)[0]
        for each in axes:
            each.patch.set_visible(False)
        paint(figure, axes[0])
        stream = io.StringIO()
        figure.savefig(stream, format="svg", metadata={"Date": None, "Creator": None})
    return Chart(_for_page(stream.getvalue(), name, title, caption), caption)


def plain_numbers(*axes: Axis) -> None:
    """Figures such as 0.01 and 1000 on logarithmic axes; no powers, which would need mathematical text."""
    from matplotlib.ticker import FuncFormatter, NullFormatter

    for each in axes:
        each.set_major_formatter(FuncFormatter(lambda value, _place: f"{value:,g}"))
        each.set_minor_formatter(NullFormatter())


def _for_page(text: str, name: str, title: str, caption: str) -> str:
    """The element alone: ids that no other chart has, the page's colours and font, title and description."""
    ElementTree.register_namespace("", _SVG[1:-1])
    root = ElementTree.fromstring(text)  # noqa: S314  matplotlib wrote it a moment ago
    for metadata in root.findall(f"{_SVG}metadata"):
        root.remove(metadata)
    for definitions in root.findall(f"{_SVG}defs"):
        for style in definitions.findall(f"{_SVG}style"):
            definitions.remove(style)
    used = set(re.findall(r"#([\w-]+)", text))
    for element in root.iter():
        _clean(element, name, used)
    box = root.get("viewBox", "")
    root.attrib = {"class": "chart", "viewBox": box, "role": "img"}
    root.set("aria-labelledby", f"{name}-title {name}-desc")
    for place, (tag, words) in enumerate((("title", title), ("desc", caption))):
        child = ElementTree.Element(f"{_SVG}{tag}", {"id": f"{name}-{tag}"})
        child.text = words
        root.insert(place, child)
    return _with_variables(ElementTree.tostring(root, encoding="unicode"))


def _clean(element: ElementTree.Element, name: str, used: set[str]) -> None:
    own = element.attrib.pop("id", None)
    if own in used:
        element.set("id", f"{name}-{own}")
    if (link := element.attrib.pop(_HREF, None)) is not None:
        element.set("href", link.replace("#", f"#{name}-"))
    for key, value in element.attrib.items():
        clean = value.replace("url(#", f"url(#{name}-")
        clean = re.sub(r"font-family: [^;]*;? ?", "", clean)
        element.set(key, re.sub(r"font: (?:\w+ )?([\d.]+)px [^;]*", r"font-size: \1px", clean))


def _with_variables(svg: str) -> str:
    for colour, variable in _VARIABLES.items():
        svg = svg.replace(colour, f"var(--{variable})")
    return svg
