"""Damaged models and archives are taken or refused in a sentence: a bounded run of the importers' fuzzer."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from model_mutation import mutated_model
from model_seeds import seeds

HERE = Path(__file__).parent
EXECUTIONS = 600

pytest.importorskip("h5py")
pytest.importorskip("PIL")


@pytest.mark.slow
def test_mutations_of_every_seed(tmp_path):
    limits = ["--executions", str(EXECUTIONS), "--seconds", "60", "--findings", str(tmp_path / "findings")]
    done = subprocess.run(
        [sys.executable, str(HERE / "fuzz_imports.py"), "--seed", "8", *limits],
        capture_output=True,
        text=True,
        check=False,
        timeout=200,
    )
    assert done.stdout, done.stderr
    summary = json.loads(done.stdout)
    assert summary["findings"] == []
    assert summary["executions"] >= 100  # a slow machine does fewer, but not none
    assert summary["peak_mib"] < 500
    for counts in summary["counts"].values():
        assert min(counts["taken"], counts["refused"]) > 0


def test_mutations_follow_from_the_seed():
    files, _ = seeds()["keras"]
    assert mutated_model(files, "1/2") == mutated_model(files, "1/2")
    assert len({mutated_model(files, f"1/{number}")["m.keras"] for number in range(20)}) > 15


def test_seeds_are_harmless(tmp_path):
    """A fuzzer that begins with refused files would look at nothing."""
    from edgeflow.importers.formats import model_format
    from edgeflow.importers.inspection import opened

    for kind, (files, name) in seeds().items():
        if kind in {"pictures", "arrays"}:
            continue
        for file, data in files.items():
            path = tmp_path / kind / file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data.encode() if isinstance(data, str) else data)
        with opened(tmp_path / kind / name, model_format(tmp_path / kind / name)):
            pass
