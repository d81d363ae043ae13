"""Ask for a package without its import: TensorFlow and TFLite in one process corrupt its memory."""

from importlib.util import find_spec

import pytest


def need(name):
    """Skip the test when the package is not installed."""
    if find_spec(name) is None:
        pytest.skip(f"{name} is not installed")
