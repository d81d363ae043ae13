"""docs/operators.md says what the rules say."""

from pathlib import Path

from edgeflow.ops.document import rows, text
from edgeflow.ops.float_edges import FLOAT32
from edgeflow.ops.registry import REGISTRY

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "operators.md"


def test_document_is_in_sync():
    assert DOCUMENT.read_text(encoding="utf-8") == text(), "python -m edgeflow.ops.document docs/operators.md"


def test_every_operator_and_limit_stands_in_it():
    document = text()
    assert [row["kind"] for row in rows()] == sorted({*REGISTRY, *FLOAT32})
    for row in rows():
        assert f"## {row['kind']}\nVersions up to {row['max_version']}." in document
        limits = [*row["limits"], *row["float32_limits"]]
        assert limits
        assert all(limit.endswith(".") and f"- {limit}\n" in document for limit in limits)
        types = ", ".join(row["types"])
        assert f"| {row['kind']} | up to {row['max_version']} | {types} |\n" in document
