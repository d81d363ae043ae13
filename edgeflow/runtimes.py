"""The ways to run a model that the command line offers, each built as far as it needs."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from edgeflow.errors import UsageError
from edgeflow.pipeline import Build, Progress, run_stages
from edgeflow.stages import chain

if TYPE_CHECKING:
    from edgeflow.data.options import Interpolation
    from edgeflow.emulate.desktop import DesktopRuntime, Kernels
    from edgeflow.emulate.runtime import Array, Runtime, TensorInfo
    from edgeflow.emulate.tflm import TflmRuntime

RUNTIMES = ("reference", "default", "tflm", "host", "core")


def open_runtime(
    name: str, model: Path, build: Build, progress: Progress
) -> tuple[Runtime, tuple[TensorInfo, ...]]:
    """The runtime of that name for a model, and the model's inputs.

    ``reference`` and ``default`` are the desktop interpreter with reference or default kernels;
    ``tflm`` is TFLite Micro's; ``host`` and ``core`` generate and compile C first. Raises UsageError for
    another name.
    """
    if name in {"reference", "default"}:
        desktop = _open_desktop("reference" if name == "reference" else "default", model, build)
        return desktop, desktop.inputs
    if name not in RUNTIMES:
        raise UsageError(f"there is no runtime `{name}`", f"runtimes: {', '.join(RUNTIMES)}")
    if name == "tflm":
        micro = _open_tflm(model, build, progress)
        return micro, micro.inputs
    from edgeflow.emulate.network import load_network

    last, without = ("host", ("firmware",)) if name == "host" else ("firmware", ())
    results = run_stages(build, chain(build, last=last, without=without), progress)
    network = load_network(results["codegen"])
    if name == "host":
        from edgeflow.emulate.host import HostRuntime

        return HostRuntime(results["host"], network), network.inputs
    from edgeflow.device_stages import emulator_of
    from edgeflow.emulate.parity import core_runtime

    return core_runtime(emulator_of(build), results["firmware"], network), network.inputs


def _open_desktop(kernels: Kernels, model: Path, build: Build) -> DesktopRuntime:
    from edgeflow.emulate.desktop import DesktopRuntime
    from edgeflow.frontend.interface import Choice
    from edgeflow.frontend.tflite import read_interface

    options = build.project.codegen
    if not options.shapes and options.signature is None:  # the interpreter may read what edgeflow does not
        return DesktopRuntime(model, kernels, processes=2)
    chosen = read_interface(model, Choice(options.shapes, options.signature))
    return DesktopRuntime(model, kernels, processes=2, subgraph=chosen.subgraph, shapes=chosen.shapes)


def _open_tflm(model: Path, build: Build, progress: Progress) -> TflmRuntime:
    """With other shapes or another signature than the file's, the form that codegen writes for it."""
    from edgeflow.emulate.network import load_network
    from edgeflow.emulate.tflm import TflmRuntime, tflm_form

    options = build.project.codegen
    if not options.shapes and options.signature is None:
        return TflmRuntime(model)
    codegen = run_stages(build, chain(build, last="codegen"), progress)["codegen"]
    return TflmRuntime(tflm_form(codegen, load_network(codegen).model) or model)


def interface_overrides(shapes: Mapping[str, Sequence[int]], signature: str | None) -> tuple[str, ...]:
    """Overrides of a project that choose a model's input shapes and signature."""
    from edgeflow.project import setting

    table = ", ".join(
        f"{json.dumps(name, ensure_ascii=False)} = {list(shape)}" for name, shape in shapes.items()
    )
    chosen = [] if signature is None else [setting("codegen.signature", signature)]
    return (*([f"codegen.shapes={{{table}}}"] if shapes else []), *chosen)


def run_pictures(
    runtime: Runtime, inputs: tuple[TensorInfo, ...], paths: Sequence[Path], interpolation: Interpolation
) -> Array:
    """Scores ``[N, classes]`` of picture files, prepared as the data stage prepares them.

    Raises DataError for an unreadable picture and UsageError for a model that takes no pictures.
    """
    from edgeflow.data.load import load_pictures
    from edgeflow.emulate.cases import picture_values

    side, channels = picture_shape(inputs)
    images = load_pictures(paths, input_size=side, channels=channels, interpolation=interpolation)
    (scores, *_others) = runtime.run([picture_values(images, inputs[0])])
    return scores.reshape(len(scores), -1)


def picture_shape(inputs: tuple[TensorInfo, ...]) -> tuple[int, int]:
    """Side and channels of the square picture that a model takes. Raises UsageError when it takes none."""
    shape = inputs[0].shape if inputs else ()
    if len(inputs) != 1 or len(shape) != 4 or shape[0] != 1 or shape[1] != shape[2]:
        raise UsageError(
            f"the model takes {[list(info.shape) for info in inputs]}, not one square picture",
            "give raw values with --inputs FILE.npz",
        )
    return shape[1], shape[3]


def evaluate_data(
    runtime: Runtime, inputs: tuple[TensorInfo, ...], data: str, interpolation: str, progress: Progress
) -> dict[str, Any]:
    """Accuracy and confusion matrix on the test part of a recipe or folder, split as a build with seed 1.

    Raises DataError for the data and UsageError for a model that takes no pictures.
    """
    import numpy as np

    from edgeflow.data.stage import run as prepare
    from edgeflow.emulate.accuracy import evaluate
    from edgeflow.project import load_project, setting

    side, channels = picture_shape(inputs)
    mode = "rgb" if channels == 3 else "grayscale"
    texts = {"recipe": data, "color_mode": mode, "interpolation": interpolation}
    overrides = [f"data.input_size={side}", *(setting(f"data.{key}", text) for key, text in texts.items())]
    project = load_project(None, tuple(overrides))
    with tempfile.TemporaryDirectory(prefix="edgeflow-data-") as folder:
        prepare(
            Path(folder),
            options=project.data,
            seed=project.project.seed,
            base_dir=Path.cwd(),
            progress=progress,
        )
        classes = (Path(folder) / "labels.txt").read_text(encoding="utf-8").splitlines()
        with np.load(Path(folder) / "test.npz", allow_pickle=False) as archive:
            result = evaluate(runtime, inputs, archive["images"], archive["labels"], len(classes))
    return {"classes": classes, "pictures": sum(map(sum, result["confusion_matrix"])), **result}
