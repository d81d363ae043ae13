"""The compiled kernels."""

import pytest
from kernel_harness import host_library


@pytest.fixture(scope="session")
def kernels():
    """All kernels as a host library."""
    return host_library()
