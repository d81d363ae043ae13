"""docs/passes.md says what the passes say."""

from pathlib import Path

from edgeflow.passes.document import rows, text
from edgeflow.passes.run import PASSES

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "passes.md"


def test_document_is_in_sync():
    assert DOCUMENT.read_text(encoding="utf-8") == text(), "python -m edgeflow.passes.document docs/passes.md"


def test_every_pass_stands_in_it_with_a_sentence():
    assert [name for name, _ in rows()] == [each.__name__ for each in PASSES]
    for name, description in rows():
        first = description.split("\n", maxsplit=1)[0]
        assert f"## {name}\n{first}" in text()
        assert first[0].isupper()
        assert first.endswith((".", ":")) or "." in description
