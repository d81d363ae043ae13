"""The ONNX converter's environment: what is said when it cannot be set up; nothing half stays."""

import pytest

from edgeflow.errors import ToolError, UsageError
from edgeflow.importers.environment import (
    installed_onnx_environment,
    onnx_environment,
    onnx_environment_dir,
    pins,
)


@pytest.fixture
def offline(monkeypatch, tmp_path):
    """An empty cache and no package index."""
    monkeypatch.setenv("EDGEFLOW_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))
    return tmp_path / "cache"


def test_without_packages_the_sentence_says_what_to_run(offline):
    said = []
    with pytest.raises(ToolError) as caught:
        onnx_environment(said.append)
    assert len(said) == 1
    assert "setting up the ONNX converter (onnx2tf 1.28.8, 13 packages" in said[0]
    assert "could not be installed: Could not find a version" in caught.value.message
    assert "onnx2tf==1.28.8" in caught.value.message
    assert "edgeflow doctor --set-up onnx" in caught.value.hint
    assert installed_onnx_environment() is None
    assert not [path for path in offline.iterdir() if path.is_dir()]


def test_a_cache_that_cannot_be_made(monkeypatch, tmp_path):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("EDGEFLOW_CACHE_DIR", str(tmp_path / "file"))
    with pytest.raises(ToolError, match="cannot set up the ONNX converter") as caught:
        onnx_environment(lambda text: None)
    assert "EDGEFLOW_CACHE_DIR" in caught.value.hint


def test_other_pins_are_another_folder(monkeypatch, tmp_path):
    before = onnx_environment_dir()
    (tmp_path / "pins.txt").write_text("onnx2tf==9.9.9  # a comment\n")
    monkeypatch.setattr("edgeflow.importers.environment._PINS", tmp_path / "pins.txt")
    assert pins() == {"onnx2tf": "9.9.9"}
    assert onnx_environment_dir() != before


def test_doctor_sets_up_only_what_it_knows():
    from edgeflow.doctor import set_up_part

    with pytest.raises(UsageError, match="no part `tensorflow`"):
        set_up_part("tensorflow", lambda text: None)


def test_the_environment_has_its_pins(onnx_packages):
    found = {path.name.split("-")[0].lower() for path in onnx_packages.glob("*.dist-info")}
    assert {name.replace("-", "_").lower() for name in pins()} <= found
