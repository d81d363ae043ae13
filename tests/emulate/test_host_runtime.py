"""The generated C as a shared library, and every tensor that its operators write."""

import numpy as np
import pytest

from edgeflow.emulate.host import HostRuntime
from edgeflow.errors import BuildError, UsageError


def test_outputs_and_trace(tiny_library, tiny_network, tiny_cases, tiny_oracle):
    runtime = HostRuntime(tiny_library, tiny_network)
    first, second = tiny_oracle(tiny_cases)
    outputs, traces = runtime.run_traced([tiny_cases])
    assert np.array_equal(outputs[0], second)
    assert [set(trace) for trace in traces] == [{1, 2}] * len(tiny_cases)
    assert b"".join(trace[1] for trace in traces) == first.tobytes()
    assert b"".join(trace[2] for trace in traces) == second.tobytes()
    assert np.array_equal(runtime.run([tiny_cases])[0], second)


def test_folder_of_the_library_is_enough(tiny_library, tiny_network, tiny_cases):
    runtime = HostRuntime(tiny_library.parent, tiny_network)
    assert runtime.run([tiny_cases])[0].shape == (len(tiny_cases), 1, 4)


def test_missing_or_broken_library(tmp_path, tiny_network):
    (tmp_path / "broken.so").write_bytes(b"\x7fELF and no more")
    for name in ("broken.so", "absent.so"):
        with pytest.raises(BuildError, match=name):
            HostRuntime(tmp_path / name, tiny_network)


WRONG = {
    "no array": ([], "1 inputs but 0 arrays"),
    "type": ([np.zeros((1, 1, 8), np.float32)], "must be int8 .* it is float32"),
    "no case axis": ([np.zeros((1, 8), np.int8)], r"it is \[1, 8\]"),
    "shape": ([np.zeros((2, 1, 9), np.int8)], r"it is \[2, 1, 9\]"),
    "no case": ([np.zeros((0, 1, 8), np.int8)], "no case"),
}


@pytest.mark.parametrize("name", WRONG)
def test_wrong_inputs(name, tiny_library, tiny_network):
    inputs, expected = WRONG[name]
    with pytest.raises(UsageError, match=expected):
        HostRuntime(tiny_library, tiny_network).run(inputs)
