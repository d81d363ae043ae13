"""What damaged models compute, against the reference: a bounded run, and the files found before."""

import importlib.util
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from differential import (
    Reference,
    compiled_graph,
    difference,
    feeds_of,
    one_operator_models,
    reason_to_differ,
)
from kernel_harness import host_library, run_graph

from edgeflow.ops.registry import lower

HERE = Path(__file__).parent
CORPUS = sorted((HERE / "corpus").glob("*.tflite"))
EXECUTIONS = 800
needs_reference = pytest.mark.skipif(
    importlib.util.find_spec("tflite_runtime") is None, reason="the reference is not installed"
)


@pytest.mark.slow
@needs_reference
def test_mutations_compute_what_the_reference_does(tmp_path):
    if not one_operator_models():
        pytest.skip("../shared/models is not here")
    limits = ["--executions", str(EXECUTIONS), "--seconds", "60", "--findings", str(tmp_path / "findings")]
    done = subprocess.run(
        [sys.executable, str(HERE / "differential.py"), *limits],
        capture_output=True,
        text=True,
        check=False,
        timeout=150,
    )
    summary = json.loads(done.stdout)
    assert summary["findings"] == []
    assert summary["equal"] > summary["executions"] // 8 > 10


@needs_reference
@pytest.mark.parametrize("path", CORPUS, ids=lambda path: path.stem)
def test_what_was_found_once_is_refused_or_equal(path):
    data = path.read_bytes()
    graph = compiled_graph(data)
    if graph is None:
        return
    feeds, reference = feeds_of(graph, 0), Reference()
    expected = reference.run(data, feeds)
    reference.close()
    assert isinstance(expected, str) or difference(graph, host_library(), feeds, expected) is None


def test_one_wrong_byte_is_a_difference():
    data = (HERE / "corpus" / "add_of_itself.tflite").read_bytes()
    graph = compiled_graph(data)
    assert reason_to_differ(graph) is None
    feeds = feeds_of(graph, 0)
    runs = [run_graph(host_library(), graph, lower, feed) for feed in feeds]
    expected = [[run[i].copy() for i in graph.outputs] for run in runs]
    assert difference(graph, host_library(), feeds, expected) is None
    expected[1][0].reshape(-1)[2] ^= 1
    assert "feed 1, element [2]" in difference(graph, host_library(), feeds, expected)
    expected[0][0] = np.zeros((3,), np.int8)
    assert "int8(4,), not int8(3,)" in difference(graph, host_library(), feeds, expected)


def test_a_process_that_ends_is_no_answer():
    """And the next question starts another one."""
    reference = Reference()
    assert isinstance(reference.run(b"", []), str)
    reference.close()
    assert isinstance(reference.run(b"TFL3", []), str)
    reference.close()
