"""What a killed training resumes from: one file, replaced after every epoch."""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from edgeflow.artifact import write_bytes

Arrays = list[npt.NDArray[np.generic]]
_FORMAT = 1


@dataclass(slots=True, eq=False)
class TrainState:
    """A training after some epochs.

    ``epochs`` has one record a finished epoch; ``best_epoch`` counts from 1, 0 means none yet.
    ``model`` includes the state of the network's random generators, ``optimizer`` its step count.
    """

    epochs: list[dict[str, Any]] = field(default_factory=list)
    best_epoch: int = 0
    best_loss: float = float("inf")
    model: Arrays = field(default_factory=list)
    optimizer: Arrays = field(default_factory=list)
    best_model: Arrays = field(default_factory=list)


_GROUPS = ("model", "optimizer", "best_model")


def save_state(path: Path, state: TrainState, fingerprint: str) -> None:
    """Replace the checkpoint in one step; ``fingerprint`` names the training it belongs to."""
    meta = {
        "format": _FORMAT,
        "fingerprint": fingerprint,
        "epochs": state.epochs,
        "best_epoch": state.best_epoch,
        "best_loss": state.best_loss,
        "counts": [len(getattr(state, group)) for group in _GROUPS],
    }
    arrays = {
        f"{group}_{index}": array for group in _GROUPS for index, array in enumerate(getattr(state, group))
    }
    stream = io.BytesIO()
    np.savez(stream, meta=np.frombuffer(json.dumps(meta).encode(), np.uint8), **arrays)
    write_bytes(path, stream.getvalue())


def load_state(path: Path, fingerprint: str) -> TrainState | None:
    """The state in a checkpoint, or None when it is damaged or of another training."""
    try:
        with np.load(path, allow_pickle=False) as archive:
            meta = json.loads(archive["meta"].tobytes())
            if (meta["format"], meta["fingerprint"]) != (_FORMAT, fingerprint):
                return None
            groups = {
                group: [archive[f"{group}_{index}"] for index in range(count)]
                for group, count in zip(_GROUPS, meta["counts"], strict=True)
            }
    except (OSError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile):
        return None
    return TrainState(meta["epochs"], meta["best_epoch"], meta["best_loss"], **groups)
