"""docs/project-file.md says what the schema says, and every key has its words there."""

import msgspec
import pytest
from pages import REPOSITORY

from edgeflow.preprocess.audio_options import OPTIONS
from edgeflow.project import TABLES
from edgeflow.project_document import descriptions, text

SCHEMAS = [*(schema for table, schema in TABLES.items() if table), *OPTIONS.values()]


def test_document_is_in_sync():
    document = (REPOSITORY / "docs" / "project-file.md").read_text(encoding="utf-8")
    assert document == text(), "python -m edgeflow.project_document docs/project-file.md"


@pytest.mark.parametrize("schema", SCHEMAS, ids=lambda schema: schema.__name__)
def test_every_key_is_described_and_listed(schema):
    words, document = descriptions(schema), text()
    for field in msgspec.structs.fields(schema):
        assert words.get(field.name, "").endswith("."), f"a comment above `{field.name}` of {schema.__name__}"
        assert f"| `{field.name}` | " in document


def test_limits_and_defaults_come_from_the_schema():
    document = text()
    assert "| `validation_split` | number, above 0.0, below 0.5 | `0.15` |" in document
    assert '| `compiler` | `"auto"`, `"zig"`, `"gcc"` | `"auto"` |' in document
    assert "| `ram_bytes` | integer, above 0 |  |" in document
