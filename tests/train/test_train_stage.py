"""Real trainings of a small network: reproducible, resumable, and honest about what goes wrong."""

import hashlib
import json
import shutil
import signal
import subprocess
import sys
import zipfile

import numpy as np
import pytest

from edgeflow.errors import DataError, ProjectError
from edgeflow.train.options import ModelOptions, TrainOptions
from edgeflow.train.stage import run

pytestmark = pytest.mark.slow

MODEL = ModelOptions(blocks=3, dropout=0.2)
TRAIN = TrainOptions(epochs=4, batch_size=50, augment="shift-flip")


def trained(data_dir, folder, *, model=MODEL, train=TRAIN, seed=1):
    """Run the stage; returns the progress lines."""
    lines = []
    for name in ("out", "work"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    run(data_dir, folder / "out", folder / "work", model=model, train=train, seed=seed, progress=lines.append)
    return lines


def digests(folder):
    return {
        name: hashlib.sha256((folder / "out" / name).read_bytes()).hexdigest()
        for name in ("model.keras", "history.json")
    }


@pytest.fixture(scope="module")
def reference(digits_dir, tmp_path_factory):
    folder = tmp_path_factory.mktemp("reference")
    return folder, trained(digits_dir, folder)


def test_files_and_progress(reference):
    folder, lines = reference
    files = sorted(p.name for p in (folder / "out").iterdir())
    assert files == ["history.json", "model.keras", "training_energy.json"]
    history = json.loads((folder / "out" / "history.json").read_text())
    assert [record["epoch"] for record in history["epochs"]] == [1, 2, 3, 4]
    assert history["epochs"][-1]["loss"] < history["epochs"][0]["loss"]
    losses = [record["val_loss"] for record in history["epochs"]]
    assert losses.index(min(losses)) + 1 == history["best_epoch"]
    assert history["macs"] > history["parameters"] > 1000
    assert sum(line.startswith("epoch ") for line in lines) == 4
    with zipfile.ZipFile(folder / "out" / "model.keras") as archive:
        assert "date_saved" not in archive.read("metadata.json").decode()


def test_another_process_and_folder_give_the_same_bytes(reference, digits_dir, tmp_path):
    trained(digits_dir, tmp_path / "elsewhere")
    assert digests(tmp_path / "elsewhere") == digests(reference[0])


def test_another_seed_gives_other_weights(reference, digits_dir, tmp_path):
    trained(digits_dir, tmp_path, seed=2)
    assert digests(tmp_path)["model.keras"] != digests(reference[0])["model.keras"]


RUN = """
import sys
from pathlib import Path
import msgspec
from edgeflow.train.options import ModelOptions, TrainOptions
from edgeflow.train.stage import run
data, folder, model, train = sys.argv[1:]
run(Path(data), Path(folder, "out"), Path(folder, "work"),
    model=msgspec.json.decode(model, type=ModelOptions), train=msgspec.json.decode(train, type=TrainOptions),
    seed=1, progress=lambda line: print(line, flush=True))
"""


def kill_after_epoch(data_dir, folder, epoch, sent):
    """Start the stage in a process and end it by a signal once an epoch is reported."""
    import msgspec

    for name in ("out", "work"):
        (folder / name).mkdir(parents=True)
    options = [msgspec.json.encode(value).decode() for value in (MODEL, TRAIN)]
    with subprocess.Popen(
        [sys.executable, "-c", RUN, str(data_dir), str(folder), *options],
        stdout=subprocess.PIPE,
        text=True,
        stderr=subprocess.DEVNULL,
    ) as process:
        for line in process.stdout:
            if line.startswith("epoch") and line.split()[1].startswith(f"{epoch}/"):
                process.send_signal(sent)
                break
        process.stdout.close()
        assert process.wait() == -sent


@pytest.mark.parametrize(("epoch", "sent"), [(2, signal.SIGKILL), (1, signal.SIGINT)], ids=["kill", "ctrl-c"])
def test_a_killed_training_resumes_to_the_same_bytes(reference, digits_dir, tmp_path, epoch, sent):
    kill_after_epoch(digits_dir, tmp_path, epoch, sent)
    assert not list((tmp_path / "out").iterdir())
    lines = trained(digits_dir, tmp_path)
    assert any(line.startswith("resuming after epoch") for line in lines)
    assert sum(line.startswith("epoch ") for line in lines) < 4
    assert digests(tmp_path) == digests(reference[0])


def test_a_damaged_checkpoint_starts_again_and_says_so(reference, digits_dir, tmp_path):
    shutil.copytree(reference[0] / "work", tmp_path / "work")
    checkpoint = tmp_path / "work" / "checkpoint.npz"
    checkpoint.write_bytes(checkpoint.read_bytes()[:-1000])
    lines = trained(digits_dir, tmp_path)
    assert any("starting from scratch" in line for line in lines)
    assert digests(tmp_path) == digests(reference[0])


def test_early_stopping_keeps_the_best_epoch(digits_dir, tmp_path):
    train = TrainOptions(epochs=50, batch_size=50, learning_rate=0.2, early_stopping_patience=1)
    lines = trained(digits_dir, tmp_path, train=train)
    history = json.loads((tmp_path / "out" / "history.json").read_text())
    assert history["stopped_early"]
    assert len(history["epochs"]) == history["best_epoch"] + 1
    assert "stopped early" in lines[-1]


def test_a_diverging_training_names_the_key(digits_dir, tmp_path):
    with pytest.raises(ProjectError, match="training diverged in epoch") as caught:
        trained(digits_dir, tmp_path, train=TrainOptions(epochs=20, learning_rate=1e30))
    assert "train.learning_rate" in caught.value.hint


def test_labels_without_a_name_are_refused(digits_dir, tmp_path):
    data = shutil.copytree(digits_dir, tmp_path / "data")
    (data / "labels.txt").write_text("0\n1\n")
    with pytest.raises(DataError, match="labels beyond the 2"):
        trained(data, tmp_path / "run")


def test_pictures_of_another_size_are_refused(digits_dir, tmp_path):
    data = shutil.copytree(digits_dir, tmp_path / "data")
    np.savez(data / "val.npz", images=np.zeros((2, 8, 8, 1), np.uint8), labels=np.zeros(2, np.int64))
    with pytest.raises(DataError, match="another size"):
        trained(data, tmp_path / "run")


ONE_WORKER = """
import json, sys
from edgeflow.train import determinism, worker
determinism.MOST_WORKERS = 1
worker.train(json.loads(sys.argv[1]), lambda line: None)
"""


def test_the_number_of_cores_changes_no_bit(reference, digits_dir, tmp_path):
    import msgspec

    job = {
        "data_dir": str(digits_dir),
        "out_dir": str(tmp_path / "out"),
        "work_dir": str(tmp_path),
        "model": msgspec.to_builtins(MODEL),
        "train": msgspec.to_builtins(TRAIN),
        "seed": 1,
    }
    subprocess.run([sys.executable, "-c", ONE_WORKER, json.dumps(job)], check=True, capture_output=True)
    assert digests(tmp_path) == digests(reference[0])
