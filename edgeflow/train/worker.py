"""The process that trains."""

from __future__ import annotations

from pathlib import Path

import msgspec

from edgeflow.artifact import canonical_json, sha256_bytes, sha256_file, write_json
from edgeflow.errors import DataError, ProjectError
from edgeflow.preprocess.audio_spec import SoundSpec
from edgeflow.preprocess.declaration import read_declaration
from edgeflow.preprocess.spec import FILE_NAME
from edgeflow.train.checkpoint import TrainState
from edgeflow.train.determinism import set_up_tensorflow
from edgeflow.train.keras_file import write_keras
from edgeflow.train.loop import Training, fit
from edgeflow.train.models.registry import ARCHITECTURES
from edgeflow.train.options import ModelOptions, TrainOptions
from edgeflow.train.pictures import Part, read_class_names, read_part
from edgeflow.train.process import Job, Progress, serve

CHECKPOINT = "checkpoint.npz"


def train(job: Job, progress: Progress) -> None:
    """Train as the job says and write ``model.keras`` and ``history.json``."""
    data_dir = Path(job["data_dir"])
    model_options = msgspec.convert(job["model"], ModelOptions)
    options = msgspec.convert(job["train"], TrainOptions)
    part, validation, classes = _data(data_dir)
    _, height, width, channels = part.images.shape
    spec = read_declaration(data_dir / FILE_NAME)
    if isinstance(spec, SoundSpec) and options.augment == "shift-flip":
        raise ProjectError("train.augment: a mirrored sound is another one", 'take "shift" or "none"')
    architecture = ARCHITECTURES[model_options.architecture]
    macs = architecture.macs(model_options, height, width, channels)
    set_up_tensorflow(job["seed"])
    model = architecture.build(model_options, height, width, channels, len(classes))
    progress(f"{model_options.architecture}: {model.count_params()} parameters, {macs} MACs a picture")
    state, meter = fit(
        Training(
            model,
            part,
            validation,
            spec,
            options,
            job["seed"],
            Path(job["work_dir"], CHECKPOINT),
            _fingerprint(job, data_dir),
            progress,
            Path(job["work_dir"], "meter.json"),
        )
    )
    write_keras(Path(job["out_dir"], "model.keras"), model)
    write_json(Path(job["out_dir"], "training_energy.json"), meter.result())
    facts = {"parameters": model.count_params(), "macs": macs}
    write_json(Path(job["out_dir"], "history.json"), _history(state, options) | facts)


def _data(data_dir: Path) -> tuple[Part, Part, list[str]]:
    part, validation = read_part(data_dir, "train"), read_part(data_dir, "val")
    classes = read_class_names(data_dir)
    for name, one in (("train", part), ("val", validation)):
        if one.images.shape[1:] != part.images.shape[1:]:
            raise DataError(f"`{data_dir / 'val.npz'}` holds pictures of another size than `train.npz`")
        if int(one.labels.min()) < 0 or int(one.labels.max()) >= len(classes):
            raise DataError(f"`{data_dir / name}.npz` has labels beyond the {len(classes)} of `labels.txt`")
    return part, validation, classes


def _fingerprint(job: Job, data_dir: Path) -> str:
    """Names a training: equal values mean equal results, so that its checkpoint may be used."""
    files = {name: sha256_file(data_dir / name) for name in ("train.npz", "val.npz", FILE_NAME)}
    return sha256_bytes(canonical_json([job["model"], job["train"], job["seed"], files]).encode())


def _history(state: TrainState, options: TrainOptions) -> dict[str, object]:
    return {
        "schema": 1,
        "epochs": state.epochs,
        "best_epoch": state.best_epoch,
        "stopped_early": len(state.epochs) < options.epochs,
    }


if __name__ == "__main__":
    serve(train)
