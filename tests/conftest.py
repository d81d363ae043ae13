"""Fixtures every test may use, and what the processes of one run share."""

import os
import shutil
import tempfile
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parent.parent
SHARED = REPOSITORY.parent / "shared"


CACHE = "EDGEFLOW_TESTS_CACHE"  # where the processes of one run find what one of them has built


def pytest_configure(config):
    """Give this run, with all its workers, a folder of its own."""
    if not hasattr(config, "workerinput"):
        os.environ[CACHE] = tempfile.mkdtemp(prefix="edgeflow-tests-")


def pytest_unconfigure(config):
    if not hasattr(config, "workerinput"):
        shutil.rmtree(os.environ.pop(CACHE), ignore_errors=True)


@pytest.fixture(scope="session")
def shared_dir():
    """The folder of real models and data beside the checkout; its tests skip where it is absent."""
    if not (SHARED / "models" / "index.json").is_file():
        pytest.skip("../shared with real models and data is not here")
    return SHARED


@pytest.fixture
def png():
    """``png(path, shade=0)`` writes a small grey picture whose pixels differ from shade to shade."""

    def write(path, shade=0, side=16):
        from PIL import Image

        path.parent.mkdir(parents=True, exist_ok=True)
        Image.linear_gradient("L").resize((side, side)).point(lambda p: (p + shade) % 256).save(path)

    return write
