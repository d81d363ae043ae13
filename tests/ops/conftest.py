"""The reference interpreter and the compiled kernels, once per session."""

import importlib.util
import pickle
import subprocess
import sys
from pathlib import Path

import pytest

for neighbour in ("kernels", "frontend"):
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent / neighbour))


class Oracle:
    """A running ``oracle_worker``."""

    def __init__(self):
        worker = Path(__file__).with_name("oracle_worker.py")
        self._process = subprocess.Popen(
            [sys.executable, str(worker)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )

    def run(self, model, cases):
        """Outputs of all cases; fails the test with the interpreter's words if it refuses the model."""
        answer = self.ask(model, cases)
        assert not isinstance(answer, str), answer
        return answer

    def ask(self, model, cases):
        """Outputs of all cases, or the interpreter's complaint."""
        pickle.dump((model, cases), self._process.stdin)
        self._process.stdin.flush()
        return pickle.load(self._process.stdout)  # noqa: S301  our own worker writes it

    def close(self):
        """End the process."""
        self._process.stdin.close()
        self._process.stdout.close()
        self._process.wait(timeout=10)


@pytest.fixture(scope="session")
def oracle():
    """TFLite's reference kernels (tflite-runtime 2.14: double rounding everywhere)."""
    if importlib.util.find_spec("tflite_runtime") is None:
        pytest.skip("tflite-runtime, the reference, is not installed here")
    running = Oracle()
    yield running
    running.close()


@pytest.fixture(scope="session")
def kernels():
    """All kernels as a host library."""
    from kernel_harness import host_library

    return host_library()
