"""targets/README.md is generated; it must not lag behind the schema or the descriptors."""

from edgeflow.resources import data_dir
from edgeflow.target import readme
from edgeflow.target.descriptor import target_names


def test_readme_is_in_step_with_schema_and_descriptors():
    on_disk = (data_dir("targets") / "README.md").read_text(encoding="utf-8")
    assert on_disk == readme.text(), "run `python -m edgeflow.target.readme`"


def test_readme_names_every_target_and_key():
    text = readme.text()
    for word in [*target_names(), "clock_hz", "size_bytes", "int8_tops", "figures", "document"]:
        assert f"`{word}`" in text
