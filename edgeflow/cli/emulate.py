"""``edgeflow emulate``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from edgeflow import console
from edgeflow.cli.options import (
    DEFAULT_BUILD_DIR,
    BuildDir,
    CompilerName,
    Json,
    ModelFile,
    Shapes,
    Signature,
    TargetName,
)
from edgeflow.errors import UsageError

if TYPE_CHECKING:
    from edgeflow.emulate.runtime import Runtime, TensorInfo
    from edgeflow.preprocess.declaration import Declaration


def emulate(
    model: ModelFile,
    pictures: Annotated[list[Path] | None, typer.Argument(help="Pictures to classify.")] = None,
    runtime: Annotated[
        str,
        typer.Option(
            "--runtime",
            help="reference or default (desktop interpreter), tflite-runtime, ai-edge-litert, tflm,"
            " host (generated C), core (emulated); several as a,b or all.",
        ),
    ] = "reference",
    data: Annotated[
        str | None, typer.Option("--data", help="Recipe or folder: accuracy on its test part.")
    ] = None,
    folder: Annotated[
        Path | None,
        typer.Option("--folder", help="All pictures or sounds in a folder; its folders may be classes."),
    ] = None,
    top: Annotated[int, typer.Option("--top", min=1, help="How many classes of each.")] = 1,
    inputs: Annotated[
        Path | None, typer.Option("--inputs", help="Cases in0, in1 ... as .npz, raw quantized values.")
    ] = None,
    outputs: Annotated[
        Path | None, typer.Option("--outputs", help="Where to write out0, out1 ... as .npz.")
    ] = None,
    labels: Annotated[
        Path | None,
        typer.Option("--labels", help="Class names, one a line; default: labels.txt beside MODEL."),
    ] = None,
    frames: Annotated[
        list[Path] | None, typer.Option("--frame", help="File with one raw frame of a camera.")
    ] = None,
    frame_format: Annotated[
        str, typer.Option("--format", help="Of the frames: gray8, rgb888, rgb565, yuyv.")
    ] = "rgb565",
    camera: Annotated[
        str | None, typer.Option("--camera", help="Number of a camera, or a video file; needs OpenCV.")
    ] = None,
    shots: Annotated[int, typer.Option("--shots", min=1, help="How many frames of it.")] = 1,
    wavs: Annotated[list[Path] | None, typer.Option("--wav", help="WAV file to classify.")] = None,
    size: Annotated[
        str | None, typer.Option("--size", help="Of the frames, WIDTHxHEIGHT, for example 320x240.")
    ] = None,
    preprocessing: Annotated[
        Path | None,
        typer.Option(
            "--preprocessing",
            help="How pictures or sounds are prepared; default: preprocessing.json beside MODEL, if there.",
        ),
    ] = None,
    settings: Annotated[
        list[str] | None,
        typer.Option("--set", help="A key of it, for example preprocessing.interpolation=area."),
    ] = None,
    shapes: Shapes = None,
    signature: Signature = None,
    sequence: Annotated[
        bool,
        typer.Option(
            "--sequence", help="Keep the state of a model that has one from case to case of --inputs."
        ),
    ] = False,
    target: TargetName = None,
    compiler: CompilerName = None,
    build_dir: BuildDir = DEFAULT_BUILD_DIR,
    json: Json = False,
) -> None:
    """Run a .tflite over cases, pictures, sounds or a data set, on any runtime.

    A model that keeps state (variables) begins each case anew, unless --sequence is given.
    """
    from edgeflow.cli.side_by_side import answer_classes
    from edgeflow.codegen.options import parse_shapes
    from edgeflow.pipeline import open_build
    from edgeflow.runtimes import (
        files_of_folder,
        interface_overrides,
        parse_frames,
        picture_preparation,
        run_camera,
        run_frames,
        run_pictures,
        run_sounds,
        sound_preparation,
        takes_sound,
        true_classes,
    )
    from edgeflow.side_by_side import ALL, open_runtimes, runtime_names

    if sum(bool(given) for given in (pictures, frames, camera, wavs, data, inputs, folder)) != 1:
        raise UsageError(
            "give one of: pictures, --folder, --frame, --camera, --wav, --data, --inputs",
            "edgeflow emulate --help",
        )
    if bool(frames) != (size is not None):
        raise UsageError("--frame and --size belong together", "for example --frame FILE --size 320x240")
    names = runtime_names(runtime)
    if (outputs and not inputs) or (inputs and not outputs and len(names) == 1):
        raise UsageError("--inputs and --outputs belong together")
    # Every runtime has the interface of the file.
    overrides = (*interface_overrides(parse_shapes(shapes or ()), signature), "codegen.integer_edges=false")
    if sequence and inputs is None:
        raise UsageError("--sequence belongs to --inputs", "give the cases in their order as .npz")
    build = open_build(
        project_file=None,
        overrides=overrides,
        build_dir=build_dir,
        target=target,
        compiler=compiler,
        model=model,
    )
    opened, infos = open_runtimes(names, model, build, console.note, may_lack=runtime == ALL)
    if inputs is not None:
        _run_cases(opened, infos, inputs, outputs, sequence=sequence, json=json)
        return
    classes = _class_names(labels, model)
    is_of_sound = bool(wavs) or takes_sound(model, preprocessing)
    listed = files_of_folder(folder, sounds=is_of_sound) if folder is not None else []
    truth = true_classes(listed, folder, classes) if folder is not None else []
    if is_of_sound:
        if pictures or frames or camera or settings:
            raise UsageError("the model takes sounds", "give WAV files with --wav, and no --set")
        of_sound = sound_preparation(infos, model, preprocessing)
        if data is not None:
            _run_data(opened, infos, data, of_sound, json=json)
            return
        shown = wavs or listed
        scores = run_sounds(opened, infos, shown, of_sound)
        answer_classes(shown, scores, classes, opened, json=json, what="sound", top=top, truth=truth)
        return
    spec = picture_preparation(infos, model, preprocessing, settings or (), console.note)
    if data is not None:
        _run_data(opened, infos, data, spec, json=json)
        return
    if camera is not None:
        shown = [Path(f"{camera}#{number}") for number in range(1, shots + 1)]
        scores = run_camera(opened, infos, camera, shots, spec)
    elif size is None:
        shown = pictures or listed
        scores = run_pictures(opened, infos, shown, spec)
    else:
        shown = frames or []
        scores = run_frames(opened, infos, shown, parse_frames(frame_format, size), spec)
    answer_classes(shown, scores, classes, opened, json=json, top=top, truth=truth)


def _run_cases(
    runtime: Runtime,
    infos: tuple[TensorInfo, ...],
    inputs: Path,
    outputs: Path | None,
    *,
    sequence: bool,
    json: bool,
) -> None:
    from edgeflow.cli.side_by_side import answer_side_by_side, side_by_side_json
    from edgeflow.emulate.cases import load_inputs, save_outputs

    cases = load_inputs(inputs, infos)
    results = runtime.run(cases, sequence=sequence)
    if outputs is not None:
        save_outputs(outputs, results)
    count = len(cases[0])
    if json:
        written = {"outputs": str(outputs)} if outputs else {}
        facts = {"schema": 1, "cases": count, "runtime": runtime.title, **written}
        console.answer_json({**facts, **side_by_side_json(runtime)})
    else:
        console.answer(f"{count} cases on {runtime.title}" + (f": wrote {outputs}" if outputs else ""))
    answer_side_by_side(runtime, json=json)


def _class_names(labels: Path | None, model: Path) -> list[str]:
    """The lines of the given file; of the one beside the model, if it is there, when none is given."""
    path = labels or model.with_name("labels.txt")
    if labels is None and not path.is_file():
        return []
    return path.read_text(encoding="utf-8", errors="replace").splitlines()


def _run_data(
    runtime: Runtime, infos: tuple[TensorInfo, ...], data: str, spec: Declaration, *, json: bool
) -> None:
    from edgeflow.cli.side_by_side import answer_side_by_side, side_by_side_json
    from edgeflow.runtimes import evaluate_data

    result = evaluate_data(runtime, infos, data, spec, console.note)
    if json:
        console.answer_json({"schema": 1, **result, **side_by_side_json(runtime)})
        return
    what = "pictures" if spec.as_json()["kind"] == "picture" else "sounds"
    console.answer(
        f"accuracy {result['accuracy']:.4f} on {result['pictures']} test {what} ({runtime.title})\n"
    )
    columns = ("true \\ predicted", *result["classes"])
    rows = [(name, *row) for name, row in zip(result["classes"], result["confusion_matrix"], strict=True)]
    console.answer_table(columns, rows)
    answer_side_by_side(runtime, json=json)
