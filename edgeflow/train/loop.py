"""Train a network epoch by epoch; every number follows from the seed and the epoch alone."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from edgeflow.errors import ProjectError
from edgeflow.preprocess.audio_spec import SoundSpec
from edgeflow.preprocess.declaration import Declaration
from edgeflow.preprocess.values import network_input
from edgeflow.train.augment import augmented
from edgeflow.train.checkpoint import Arrays, TrainState, load_state, save_state
from edgeflow.train.energy import Meter, find_counters
from edgeflow.train.options import TrainOptions
from edgeflow.train.pictures import Part

if TYPE_CHECKING:
    import keras

MOMENTUM = 0.9
WARM_UP_PART = 0.05
EVALUATION_BATCH = 256
Batch = tuple[npt.NDArray[np.float32], npt.NDArray[np.int64]]


@dataclass(frozen=True, slots=True, eq=False)
class Training:
    """One training: network, data, options, and the checkpoint file that it resumes from."""

    model: keras.Model
    train: Part
    validation: Part
    spec: Declaration
    options: TrainOptions
    seed: int
    checkpoint: Path
    fingerprint: str
    progress: Callable[[str], None]
    meter_file: Path


def learning_rate(options: TrainOptions, epoch: int) -> float:
    """The rate of an epoch (from 0): a linear warm-up to the peak, then half a cosine (arXiv 1608.03983)."""
    warm_up = math.ceil(options.epochs * WARM_UP_PART) if options.epochs > 2 else 0
    if epoch < warm_up:
        return options.learning_rate * (epoch + 1) / (warm_up + 1)
    done = (epoch - warm_up) / (options.epochs - warm_up)
    return options.learning_rate * (1 + math.cos(math.pi * done)) / 2


def batches(part: Part, spec: Declaration, options: TrainOptions, seed: int, epoch: int) -> Iterator[Batch]:
    """An epoch's shuffled, augmented batches, all of the same size; the rest of the pictures sits out."""
    order = np.random.default_rng((seed, epoch)).permutation(len(part.labels))
    size = min(options.batch_size, len(order))
    for number in range(len(order) // size):
        chosen = order[number * size : (number + 1) * size]
        random = np.random.default_rng((seed, epoch, number))
        of_sound = isinstance(spec, SoundSpec)
        images = augmented(part.images[chosen], options.augment, random, of_sound=of_sound)
        yield network_input(images, spec), part.labels[chosen]


def fit(training: Training) -> tuple[TrainState, Meter]:
    """Train to the end or until the validation loss stalls; the model then has its best weights.

    Returns the state and what the training took. Raises ProjectError when the loss is no longer a number.
    """
    _compile(training)
    state = _resumed_state(training)
    if state.epochs:
        _assign(training.model.variables, state.model)
        _assign(training.model.optimizer.variables, state.optimizer)
    meter = Meter.resume(training.meter_file, find_counters(), after_epochs=len(state.epochs))
    while not _is_done(state, training.options):
        started = time.monotonic()
        _run_epoch(training, state)
        meter.lap()
        save_state(training.checkpoint, state, training.fingerprint)  # a reported epoch is a saved one
        training.progress(_epoch_line(state.epochs[-1], training.options, time.monotonic() - started))
    _assign(training.model.variables, state.best_model)
    training.progress(_summary(state, training.options))
    return state, meter


def _compile(training: Training) -> None:
    import keras

    optimizer = keras.optimizers.SGD(
        momentum=MOMENTUM, nesterov=True, weight_decay=training.options.weight_decay or None
    )
    # XLA is several times slower than TensorFlow's own depthwise kernels on a CPU.
    training.model.compile(
        optimizer, "sparse_categorical_crossentropy", metrics=["accuracy"], jit_compile=False
    )
    optimizer.build(training.model.trainable_variables)


def _resumed_state(training: Training) -> TrainState:
    if not training.checkpoint.is_file():
        return TrainState()
    state = load_state(training.checkpoint, training.fingerprint)
    if state is None:
        training.progress("the checkpoint is damaged or of another training: starting from scratch")
        return TrainState()
    training.progress(f"resuming after epoch {len(state.epochs)}")
    return state


def _is_done(state: TrainState, options: TrainOptions) -> bool:
    done = len(state.epochs)
    return done >= options.epochs or done - state.best_epoch >= options.early_stopping_patience


def _run_epoch(training: Training, state: TrainState) -> None:
    epoch = len(state.epochs)
    rate = learning_rate(training.options, epoch)
    training.model.optimizer.learning_rate = rate
    results = [
        training.model.train_on_batch(*batch)
        for batch in batches(training.train, training.spec, training.options, training.seed, epoch)
    ]
    loss, accuracy = np.mean(results, axis=0)
    val_loss, val_accuracy = _evaluate(training)
    if not math.isfinite(loss + val_loss):
        raise ProjectError(
            f"training diverged in epoch {epoch + 1}: the loss is no longer a number",
            f"lower train.learning_rate (now {training.options.learning_rate:g})",
        )
    state.epochs.append(
        {
            "epoch": epoch + 1,
            "learning_rate": rate,
            "loss": float(loss),
            "accuracy": float(accuracy),
            "val_loss": val_loss,
            "val_accuracy": val_accuracy,
        }
    )
    state.model = _values(training.model.variables)
    state.optimizer = _values(training.model.optimizer.variables)
    if val_loss < state.best_loss:
        state.best_epoch, state.best_loss, state.best_model = epoch + 1, val_loss, state.model


def _evaluate(training: Training) -> tuple[float, float]:
    part = training.validation
    loss, accuracy = training.model.evaluate(
        network_input(part.images, training.spec), part.labels, batch_size=EVALUATION_BATCH, verbose=0
    )
    return float(loss), float(accuracy)


def _values(variables: list[keras.Variable]) -> Arrays:
    return [np.array(variable) for variable in variables]


def _assign(variables: list[keras.Variable], values: Arrays) -> None:
    for variable, value in zip(variables, values, strict=True):
        variable.assign(value)


def _epoch_line(record: dict[str, Any], options: TrainOptions, seconds: float) -> str:
    return (
        f"epoch {record['epoch']:3d}/{options.epochs}"
        f"  loss {record['loss']:.4f}  accuracy {record['accuracy']:.4f}"
        f"  validation loss {record['val_loss']:.4f}  accuracy {record['val_accuracy']:.4f}"
        f"  {seconds:.1f} s"
    )


def _summary(state: TrainState, options: TrainOptions) -> str:
    best = state.epochs[state.best_epoch - 1]
    stopped = " (stopped early)" if len(state.epochs) < options.epochs else ""
    return f"best epoch {state.best_epoch}{stopped}: validation accuracy {best['val_accuracy']:.4f}"
