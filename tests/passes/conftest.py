"""The compiled kernels: what a pass made of a graph must compute the same bytes."""

import sys
from pathlib import Path

import pytest

for _folder in ("kernels", "ops", "frontend"):
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent / _folder))


@pytest.fixture(scope="session")
def kernels():
    """All kernels as a host library."""
    from kernel_harness import host_library

    return host_library()
