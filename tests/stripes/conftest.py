"""The compiled kernels, and the neighbours that build and run generated C."""

import sys
from pathlib import Path

import pytest

for _folder in ("kernels", "codegen"):
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent / _folder))


@pytest.fixture(scope="session")
def kernels():
    """All kernels as a host library."""
    from kernel_harness import host_library

    return host_library()
