"""Links between the files of the repository lead somewhere."""

import re
from functools import cache

import pytest
from pages import PAGES, REPOSITORY

OTHERS = ("CONTRIBUTING.md", "CHANGELOG.md", "targets/README.md", "datasets/README.md")
LINKING = [*PAGES, *(REPOSITORY / name for name in OTHERS), *sorted(REPOSITORY.glob("examples/*/README.md"))]
_LINK = re.compile(r"\]\(([^()\s]+)\)")


def prose(text):
    """Text without fenced blocks and without code in sentences."""
    return re.sub(r"`[^`\n]*`", "", re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL))


@cache
def anchors(path):
    """Names of a page's headings, as GitHub makes them."""
    blocks_out = re.sub(r"^```.*?^```$", "", path.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    titles = re.findall(r"^#+ (.+)$", blocks_out, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.strip().lower()).replace(" ", "-") for title in titles}


def dead(page, text):
    """Links of a page's text to what is not there."""
    found = []
    for link in _LINK.findall(prose(text)):
        if re.match(r"[a-z]+:", link):
            continue
        name, _, anchor = link.partition("#")
        path = (page.parent / name).resolve() if name else page
        if not path.exists() or (anchor and anchor not in anchors(path)):
            found.append(link)
    return found


@pytest.mark.parametrize("page", LINKING, ids=lambda page: page.relative_to(REPOSITORY).as_posix())
def test_links_lead_somewhere(page):
    assert dead(page, page.read_text(encoding="utf-8")) == []


def test_dead_links_are_noticed():
    text = "[a](docs/no.md) [b](docs/export.md#no) [c](docs/export.md#exports) `[d](e)` [f](https://g)"
    assert dead(REPOSITORY / "README.md", text) == ["docs/no.md", "docs/export.md#no"]


def reachable(page):
    """Pages of the documentation that links lead to from this one."""
    found, waiting = set(), [page]
    while waiting:
        one = waiting.pop()
        if one in found or one not in PAGES:
            continue
        found.add(one)
        links = _LINK.findall(prose(one.read_text(encoding="utf-8")))
        waiting += [(one.parent / link.partition("#")[0]).resolve() for link in links]
    return found


def test_every_page_is_found_from_the_index():
    assert reachable(REPOSITORY / "docs" / "README.md") | {REPOSITORY / "README.md"} == set(PAGES)
