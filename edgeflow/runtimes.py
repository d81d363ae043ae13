"""The ways to run a model that the command line offers, each built as far as it needs."""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from edgeflow.errors import DataError, UsageError
from edgeflow.pipeline import Build, Progress, run_stages
from edgeflow.stages import chain

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from edgeflow.emulate.desktop import DesktopRuntime, Kernels
    from edgeflow.emulate.runtime import Array, Runtime, TensorInfo
    from edgeflow.emulate.tflm import TflmRuntime
    from edgeflow.preprocess.audio_spec import SoundSpec
    from edgeflow.preprocess.declaration import Declaration
    from edgeflow.preprocess.options import FrameFormat
    from edgeflow.preprocess.spec import PictureSpec

# The default kernels of a certain package, beside those of the one that is used here.
PACKAGES = ("tflite-runtime", "ai-edge-litert")
RUNTIMES = ("reference", "default", *PACKAGES, "tflm", "host", "core")
# Of a `preprocessing.json`; the input's size is the model's own.
_PREPARATION_KEYS = ("interpolation", "aspect_ratio", "pad_value", "scale", "offset")


@dataclass(frozen=True, slots=True)
class Frames:
    """Raw frames of a camera: their format and size in pixels."""

    format: FrameFormat
    width: int
    height: int


def open_runtime(
    name: str, model: Path, build: Build, progress: Progress
) -> tuple[Runtime, tuple[TensorInfo, ...]]:
    """The runtime of that name for a model, and the model's inputs.

    ``reference`` and ``default`` are the desktop interpreter with reference or default kernels;
    ``tflite-runtime`` and ``ai-edge-litert`` the default kernels of these packages; ``tflm`` is TFLite
    Micro's; ``host`` and ``core`` generate and compile C first. Raises UsageError for another name.
    """
    if name in {"reference", "default", *PACKAGES}:
        kernels: Kernels = "reference" if name == "reference" else "default"
        desktop = _open_desktop(kernels, model, build, name if name in PACKAGES else None)
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


def _open_desktop(kernels: Kernels, model: Path, build: Build, package: str | None) -> DesktopRuntime:
    from edgeflow.emulate.desktop import DesktopRuntime
    from edgeflow.frontend.interface import Choice
    from edgeflow.frontend.tflite import read_interface

    options = build.project.codegen
    if not options.shapes and options.signature is None:  # the interpreter may read what edgeflow does not
        return DesktopRuntime(model, kernels, processes=2, package=package)
    chosen = read_interface(model, Choice(options.shapes, options.signature))
    return DesktopRuntime(
        model, kernels, processes=2, subgraph=chosen.subgraph, shapes=chosen.shapes, package=package
    )


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


def picture_preparation(
    inputs: tuple[TensorInfo, ...],
    model: Path,
    file: Path | None,
    settings: Sequence[str],
    progress: Progress,
) -> PictureSpec:
    """How pictures become a model's input: by a file, by the one beside the model, or by the defaults.

    ``settings`` are ``preprocessing.key=value`` and go before either. Raises UsageError for a model that
    takes no pictures, a file for another input and other settings.
    """
    from edgeflow.preprocess.options import COLOR_MODES, PreprocessingOptions
    from edgeflow.preprocess.spec import FILE_NAME, picture_spec, read_spec
    from edgeflow.project import load_project

    shape = picture_shape(inputs)
    strange = next((text for text in settings if not text.startswith("preprocessing.")), None)
    if strange is not None:
        raise UsageError(f"`--set {strange}`: only keys of [preprocessing] can be set here")
    path = file or model.with_name(FILE_NAME)
    known = {"color_mode": COLOR_MODES.get(shape[2], "grayscale")}
    if file is not None or path.is_file():
        spec = read_spec(path)
        if (spec.height, spec.width, spec.channels) != shape:
            raise UsageError(
                f"`{path}` prepares pictures {[spec.height, spec.width, spec.channels]}"
                f" but the model's input is {list(shape)}",
                "give the one of this model with --preprocessing",
            )
        known |= {key: value for key, value in spec.as_json().items() if key in _PREPARATION_KEYS}
        progress(f"pictures are prepared as `{path}` says")
    else:
        progress(f"there is no `{path.name}` beside the model: pictures are prepared with the defaults")
    texts = [f"preprocessing.{key}={json.dumps(value)}" for key, value in known.items()]
    options = load_project(None, (*texts, *settings)).preprocessing
    if not isinstance(options, PreprocessingOptions):
        raise UsageError(
            "--set preprocessing.kind: sounds need their whole declaration", "give it with --preprocessing"
        )
    return picture_spec(options, shape=shape)


def sound_preparation(inputs: tuple[TensorInfo, ...], model: Path, file: Path | None) -> SoundSpec:
    """How sounds become a model's input: by a file, or by the one beside the model.

    Raises UsageError where there is none, or one for pictures or for another input.
    """
    from edgeflow.preprocess.audio_spec import SoundSpec
    from edgeflow.preprocess.declaration import read_declaration
    from edgeflow.preprocess.spec import FILE_NAME

    path = file or model.with_name(FILE_NAME)
    if file is None and not path.is_file():
        raise UsageError(
            f"there is no `{path.name}` beside the model: how sounds become its input is not known",
            "give it with --preprocessing",
        )
    spec = read_declaration(path)
    if not isinstance(spec, SoundSpec):
        raise UsageError(f"`{path}` prepares pictures, not sounds", "give pictures without --wav")
    if spec.shape != picture_shape(inputs):
        raise UsageError(
            f"`{path}` prepares inputs {list(spec.shape)} but the model's is {list(inputs[0].shape[1:])}",
            "give the one of this model with --preprocessing",
        )
    return spec


def takes_sound(model: Path, file: Path | None) -> bool:
    """True when the preprocessing of a model, in a file or beside it, is one of sounds."""
    from edgeflow.preprocess.audio_spec import SoundSpec
    from edgeflow.preprocess.declaration import read_declaration
    from edgeflow.preprocess.spec import FILE_NAME

    path = file or model.with_name(FILE_NAME)
    return (file is not None or path.is_file()) and isinstance(read_declaration(path), SoundSpec)


def run_sounds(
    runtime: Runtime, inputs: tuple[TensorInfo, ...], paths: Sequence[Path], spec: SoundSpec
) -> Array:
    """Scores ``[N, classes]`` of WAV files, prepared as the data stage prepares them.

    Raises DataError for an unreadable one.
    """
    from edgeflow.data.load import load_sounds

    return _scores(runtime, inputs, load_sounds(paths, spec), spec)


def files_of_folder(folder: Path, *, sounds: bool) -> list[Path]:
    """The pictures or sounds in a folder and those below it, sorted. Raises UsageError without any."""
    from edgeflow.data.layout import PICTURE_SUFFIXES, SOUND_SUFFIXES, has_suffix

    if not folder.is_dir():
        raise UsageError(f"there is no folder `{folder}`")
    suffixes = SOUND_SUFFIXES if sounds else PICTURE_SUFFIXES
    found = [
        path
        for path in sorted(folder.rglob("*"))
        if path.is_file() and has_suffix(path.relative_to(folder).as_posix(), suffixes)
    ]
    if not found:
        raise UsageError(f"`{folder}` holds no {'sounds' if sounds else 'pictures'}")
    return found


def true_classes(files: Sequence[Path], folder: Path, classes: Sequence[str]) -> list[str | None]:
    """Of each file in a folder, its first folder below it where that is a class; None elsewhere."""
    tops = [path.relative_to(folder).parts[0] for path in files]
    return [top if top in classes else None for top in tops]


def run_pictures(
    runtime: Runtime, inputs: tuple[TensorInfo, ...], paths: Sequence[Path], spec: PictureSpec
) -> Array:
    """Scores ``[N, classes]`` of picture files, prepared as the data stage prepares them.

    Raises DataError for an unreadable picture.
    """
    from edgeflow.data.load import load_pictures

    return _scores(runtime, inputs, load_pictures(paths, spec), spec)


def run_frames(
    runtime: Runtime,
    inputs: tuple[TensorInfo, ...],
    paths: Sequence[Path],
    frames: Frames,
    spec: PictureSpec,
) -> Array:
    """Scores ``[N, classes]`` of files of one raw frame each. Raises DataError for a wrong one."""
    import numpy as np

    from edgeflow.preprocess.picture import prepare_frame

    prepared = []
    for path in paths:
        try:
            data = path.read_bytes()
            prepared.append(prepare_frame(data, frames.width, frames.height, frames.format, spec))
        except OSError as error:
            raise DataError(f"cannot read frame `{path}`: {error.strerror}") from error
        except DataError as error:
            raise DataError(f"`{path}`: {error.message}", error.hint) from error
    return _scores(runtime, inputs, np.stack(prepared), spec)


def run_camera(
    runtime: Runtime, inputs: tuple[TensorInfo, ...], source: str, count: int, spec: PictureSpec
) -> Array:
    """Scores ``[count, classes]`` of frames of a camera or a video file, prepared as a board's are."""
    import numpy as np

    from edgeflow.camera import read_frames
    from edgeflow.preprocess.picture import prepare_frame

    frames = read_frames(source, count)
    prepared = [prepare_frame(f.tobytes(), f.shape[1], f.shape[0], "rgb888", spec) for f in frames]
    return _scores(runtime, inputs, np.stack(prepared), spec)


def parse_frames(frame_format: str, size: str) -> Frames:
    """Frames of a format and a size as ``320x240``. Raises UsageError for either."""
    from edgeflow.preprocess.options import FRAME_FORMATS

    known = next((name for name in FRAME_FORMATS if name == frame_format), None)
    if known is None:
        raise UsageError(f"there is no frame format `{frame_format}`", f"formats: {', '.join(FRAME_FORMATS)}")
    match = re.fullmatch(r"([0-9]{1,5})x([0-9]{1,5})", size)
    if match is None:
        raise UsageError(f"`--size {size}` is not of the form WIDTHxHEIGHT", "for example --size 320x240")
    return Frames(known, int(match.group(1)), int(match.group(2)))


def _scores(
    runtime: Runtime, inputs: tuple[TensorInfo, ...], images: npt.NDArray[np.uint8], spec: Declaration
) -> Array:
    from edgeflow.emulate.cases import picture_values

    (scores, *_others) = runtime.run([picture_values(images, inputs[0], spec)])
    return scores.reshape(len(scores), -1)


def picture_shape(inputs: tuple[TensorInfo, ...]) -> tuple[int, int, int]:
    """Height, width and channels of the picture that a model takes. Raises UsageError when it takes none."""
    shape = inputs[0].shape if inputs else ()
    if len(inputs) != 1 or len(shape) != 4 or shape[0] != 1:
        raise UsageError(
            f"the model takes {[list(info.shape) for info in inputs]}, not one picture",
            "give raw values with --inputs FILE.npz",
        )
    return shape[1], shape[2], shape[3]


def evaluate_data(
    runtime: Runtime, inputs: tuple[TensorInfo, ...], data: str, spec: Declaration, progress: Progress
) -> dict[str, Any]:
    """Accuracy and confusion matrix on the test part of a recipe or folder, split as a build with seed 1.

    Raises DataError for the data.
    """
    from edgeflow.data.stage import run as prepare
    from edgeflow.emulate.accuracy import evaluate
    from edgeflow.emulate.part import read_part
    from edgeflow.project import load_project, setting

    project = load_project(None, (setting("data.recipe", data),))
    with tempfile.TemporaryDirectory(prefix="edgeflow-data-") as folder:
        prepare(
            Path(folder),
            options=project.data,
            spec=spec,
            seed=project.project.seed,
            base_dir=Path.cwd(),
            progress=progress,
        )
        classes = (Path(folder) / "labels.txt").read_text(encoding="utf-8").splitlines()
        result = evaluate(runtime, inputs, read_part(Path(folder), "test"), classes)
    return {"classes": classes, "pictures": sum(map(sum, result["confusion_matrix"])), **result}
