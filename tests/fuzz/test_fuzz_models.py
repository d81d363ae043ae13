"""Damaged models become C or a sentence: a bounded run of the fuzzer, and what it has found before."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from fuzz import compile_model, judged
from mutation import CHANGES, description, mutated, shared_models

HERE = Path(__file__).parent
CORPUS = sorted((HERE / "corpus").glob("*.tflite"))
EXECUTIONS = 2000


@pytest.mark.slow
def test_mutations_of_every_shared_model(tmp_path):
    if not shared_models():
        pytest.skip("../shared/models is not here")
    limits = ["--executions", str(EXECUTIONS), "--seconds", "120", "--findings", str(tmp_path / "findings")]
    done = subprocess.run(
        [sys.executable, str(HERE / "fuzz.py"), *limits],
        capture_output=True,
        text=True,
        check=False,
        timeout=200,
    )
    summary = json.loads(done.stdout)
    assert summary["findings"] == []
    assert summary["executions"] >= 300  # a slow machine does fewer, but not none
    assert min(summary["compiled"], summary["refused"]) > summary["executions"] // 20


@pytest.mark.parametrize("path", CORPUS, ids=lambda path: path.stem)
def test_what_was_found_once(path):
    """The corpus's files: each once ended in a traceback, a hang or wrong code."""
    assert compile_model(path.read_bytes()) in {"compiled", "refused"}


def test_a_crash_is_a_finding(monkeypatch):
    def crash(_data, _origin):
        raise IndexError

    monkeypatch.setattr("fuzz.parse_model", crash)
    how, trace = judged(b"TFL3")
    assert how == "finding"
    assert "IndexError" in trace


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_each_change_changes_and_keeps_the_size(change):
    import random

    data = bytes(range(256)) * 2
    changed = [bytearray(data) for _ in range(40)]
    for seed, copy in enumerate(changed):
        change(copy, range(len(data)), random.Random(seed))  # noqa: S311  a mutation, not a secret
    assert {len(copy) for copy in changed} == {len(data)}
    assert sum(bytes(copy) != data for copy in changed) > 20


def test_weights_are_left_alone():
    models = shared_models()
    if not models:
        pytest.skip("../shared/models is not here")
    data = models["mlperf_ic_resnet8"]
    positions = description(data)
    assert len(positions) < len(data) // 3
    assert mutated(data, positions, 1) == mutated(data, positions, 1)
    assert mutated(data, positions, 1) != mutated(data, positions, 2)
