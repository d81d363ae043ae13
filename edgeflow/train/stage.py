"""The train stage: a data set's parts in, a trained Keras model out."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import msgspec

from edgeflow.errors import ToolError
from edgeflow.train.options import ModelOptions, TrainOptions
from edgeflow.train.process import ProcessDiedError, run_in_process


def run(
    data_dir: Path,
    out_dir: Path,
    work_dir: Path,
    *,
    model: ModelOptions,
    train: TrainOptions,
    seed: int,
    progress: Callable[[str], None],
) -> None:
    """Train on ``train.npz``, stop by ``val.npz``, write ``model.keras`` and ``history.json``.

    ``work_dir`` keeps a checkpoint after every epoch; a run that finds one there goes on from it and
    ends with the same weights as a run that was never stopped. Two runs with equal arguments give
    equal files. ``progress`` gets one line an epoch.

    Raises DataError, ProjectError (impossible network, diverging loss) and ToolError.
    """
    job = {
        "data_dir": str(data_dir.resolve()),
        "out_dir": str(out_dir.resolve()),
        "work_dir": str(work_dir.resolve()),
        "model": msgspec.to_builtins(model),
        "train": msgspec.to_builtins(train),
        "seed": seed,
    }
    try:
        run_in_process("edgeflow.train.worker", job, progress)
    except ProcessDiedError as error:
        if error.signal_name is None:
            raise
        raise ToolError(
            f"training was ended by {error.signal_name}",
            "if memory ran out, lower train.batch_size; run again to resume after the last whole epoch",
        ) from error
