"""A hand-written model of two operators in the form the generator writes."""

import shutil
from pathlib import Path

import pytest

from edgeflow.target.core import CORES
from edgeflow.target.descriptor import shipped_boards

TINY = Path(__file__).parent / "tiny_codegen"


@pytest.fixture
def tiny_codegen():
    return TINY


@pytest.fixture(scope="session")
def core_targets():
    """A generic target of every core."""
    return {target.core: target for target in shipped_boards() if target.generic}


@pytest.fixture
def changed_tiny(tmp_path):
    """The same with a piece of its C replaced: ``changed_tiny(file, old, new)``."""

    def change(file, old, new):
        folder = tmp_path / "changed"
        shutil.copytree(TINY, folder)
        source = folder / "c" / file
        text = source.read_text()
        assert text.count(old) == 1
        source.write_text(text.replace(old, new))
        return folder

    return change


@pytest.fixture(params=["zig", "gcc"])
def compiler(request):
    """Every compiler for cores; a gcc that is absent skips and says so."""
    if request.param == "gcc":
        core = request.getfixturevalue("core") if "core" in request.fixturenames else "cortex-m4f"
        name = CORES[core].architecture.gcc
        if shutil.which(name) is None:
            pytest.skip(f"{name} is not installed")
    return request.param
