"""The stages of the device half, as data: from an int8 model to code, image, parity, profile and report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import msgspec

from edgeflow import __version__
from edgeflow.artifact import copy_file, read_json, sha256_tree, write_text
from edgeflow.importers.fingerprint import model_sha256
from edgeflow.model_stages import INTERPRETERS, MODEL_STAGES, is_imported
from edgeflow.pipeline import Build, Stage, Work, code_hash, tool_version
from edgeflow.resources import data_dir

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from edgeflow.codegen.options import CodegenOptions
    from edgeflow.emulate.raw_pictures import Raw
    from edgeflow.preprocess.declaration import Declaration

# Of the tune stage; published with the code that it led to.
TUNING = "tuning.json"
# Cases of a foreign model: there are no pictures to run, so seeded values over the whole range are.
SEEDED_CASES = 8


def model_file(build: Build, results: Mapping[str, Path]) -> Path:
    """The int8 model that the device half works on."""
    if "quantize" in results or build.model is None:
        return results["quantize"] / "model_int8.tflite"
    return build.model


def _make_tune(work: Work) -> None:
    from edgeflow.tune.bench import Bench
    from edgeflow.tune.records import Records
    from edgeflow.tune.stage import run

    build = work.build
    bench = Bench(
        model=model_file(build, work.results),
        name=build.project.project.name,
        options=codegen_options(build),
        target=build.target,
        compiler=build.project.build.compiler,
        emulator=emulator_of(build),
    )
    records = Records(build.store.root / "measurements", _measuring_conditions(build))
    run(bench, work.output_dir, records, work.progress)


def _measuring_conditions(build: Build) -> object:
    """What the figures of one kernel depend on besides the kernel itself and its shapes."""
    from edgeflow.firmware.compiler import compiler_identity
    from edgeflow.firmware.fit import require_core

    require_core(build.target)
    code = {name: code_hash(name) for name in ("firmware", "emulate", "profile", "codegen/templates")}
    compiler = compiler_identity(build.project.build.compiler, build.target.core)
    return [
        build.target.core,
        compiler,
        _emulator_identity(build),
        tool_version("unicorn"),
        _templates_hash(),
        code,
    ]


def _tune_parameters(build: Build) -> object:
    return [_codegen_parameters(build), _measuring_conditions(build)]


def _make_codegen(work: Work) -> None:
    from edgeflow.codegen.offer import offer_of_tuning
    from edgeflow.codegen.stage import run

    model = model_file(work.build, work.results)
    name = work.build.project.project.name
    offer = None
    if "tune" in work.results:
        tuning = work.results["tune"] / TUNING
        offer = offer_of_tuning(read_json(tuning))
        copy_file(tuning, work.output_dir / TUNING)
    run(
        model,
        work.output_dir,
        name=name,
        options=codegen_options(work.build),
        offer=offer,
        preprocessing=_declaration(work),
    )
    if work.build.target.is_information_only:
        from edgeflow.firmware.fit import check_planned

        check_planned(work.output_dir, work.build.target)


def _declaration(work: Work) -> Declaration | None:
    """How the data's pictures or sounds are prepared; None for other data, or none."""
    from edgeflow.preprocess.declaration import read_declaration
    from edgeflow.preprocess.spec import FILE_NAME

    path = work.results["data"] / FILE_NAME if "data" in work.results else None
    return read_declaration(path) if path is not None and path.is_file() else None


def codegen_options(build: Build) -> CodegenOptions:
    """The project's; kernels and memory regions that it leaves open are those of the target.

    Edges that it leaves open become int8, but for a model with chosen shapes or a chosen signature.
    """
    from edgeflow.firmware.arena import arena_regions

    options = build.project.codegen
    if is_imported(build):  # the import has fixed shapes and signature; the names are the source's
        options = msgspec.structs.replace(options, shapes={}, signature=None)
    is_whole = not options.shapes and options.signature is None
    core = build.target.core_info
    core_kernels = "mve" if core.has_mve else "dsp" if core.has_dsp else "scalar"
    return msgspec.structs.replace(
        options,
        kernels=core_kernels if options.kernels == "auto" else options.kernels,
        integer_edges=is_whole if options.integer_edges is None else options.integer_edges,
        regions=options.regions or arena_regions(build.target),
    )


def _codegen_parameters(build: Build) -> object:
    # The generated files say which edgeflow wrote them.
    foreign = model_sha256(build.model) if build.model else None
    options = msgspec.to_builtins(codegen_options(build))
    target = build.target
    limits = msgspec.to_builtins((target.rams, target.flashes)) if target.is_information_only else None
    return [build.project.project.name, foreign, __version__, options, limits]


def _make_firmware(work: Work) -> None:
    from edgeflow.firmware.linker_errors import FlashOverflowError, TooLargeError
    from edgeflow.firmware.stage import run
    from edgeflow.profile.cause import explanation

    options = work.build.project.build
    codegen = work.results["codegen"]
    try:
        run(
            codegen,
            work.output_dir,
            target=work.build.target,
            compiler=options.compiler,
            emulator=emulator_of(work.build),
        )
    except TooLargeError as error:
        why = explanation(
            read_json(codegen / "network.json"),
            read_json(codegen / "memory_plan.json"),
            only_flash=isinstance(error, FlashOverflowError),
        )
        raise TooLargeError(error.message, f"{why}; {error.hint}") from error


def require_image(build: Build) -> None:
    """Raise TargetError when no image can be built for the target, before anything is made for it."""
    from edgeflow.firmware.fit import require_core

    require_core(build.target)


def emulator_of(build: Build) -> str:
    """The emulator of a build: ``auto`` is unicorn for the cores it has, otherwise QEMU."""
    from edgeflow.emulate.processor import has_core

    chosen = build.project.build.emulator
    if chosen != "auto":
        return chosen
    return "unicorn" if has_core(build.target.core) else "qemu"


def _firmware_parameters(build: Build) -> object:
    from edgeflow.firmware.compiler import compiler_identity

    require_image(build)
    options = build.project.build
    return [
        msgspec.to_builtins(build.target),
        compiler_identity(options.compiler, build.target.core),
        emulator_of(build),
        _templates_hash(),
    ]


def _templates_hash() -> str:
    """The C around a model is data beside the package, so that code hashes do not see it."""
    return sha256_tree(data_dir("firmware_templates"))


def _make_host(work: Work) -> None:
    from edgeflow.firmware.host import build_library

    build_library(work.results["codegen"] / "c", work.output_dir)


def _host_parameters(_build: Build) -> object:
    return _templates_hash()


def _make_frames(work: Work) -> None:
    """The image that prepares raw pictures or sounds; without any, nothing."""
    from edgeflow.emulate.raw_pictures import TOO_LARGE_NAME, longest_row_bytes, stored_pictures
    from edgeflow.firmware.linker_errors import TooLargeError
    from edgeflow.firmware.stage import run

    kind = _kind_of_raw(work)
    if kind is None:
        return
    of_pictures = kind == "pictures"
    try:
        run(
            work.results["codegen"],
            work.output_dir,
            target=work.build.target,
            compiler=work.build.project.build.compiler,
            emulator=emulator_of(work.build),
            frame_row_bytes=longest_row_bytes(stored_pictures(work.results["data"])) if of_pictures else None,
            takes_sounds=not of_pictures,
        )
    except TooLargeError as error:  # the model itself fits: the pictures' rows do not, beside it
        write_text(work.output_dir / TOO_LARGE_NAME, f"{error.message}\n")


def _kind_of_raw(work: Work) -> Literal["pictures", "sounds"] | None:
    """What the generated C prepares, if the model takes each by itself and some were kept."""
    from edgeflow.emulate.network import load_network
    from edgeflow.emulate.raw_pictures import PICTURES_NAME
    from edgeflow.emulate.raw_sounds import SOUNDS_NAME

    data = work.results.get("data")
    if data is None or _declaration(work) is None or load_network(work.results["codegen"]).is_stateful:
        return None
    if (data / SOUNDS_NAME).is_file():
        return "sounds"
    return "pictures" if (data / PICTURES_NAME).is_file() else None


def _raw(work: Work) -> Raw | None:
    """The raw pictures or sounds of the data, with the image for them."""
    from edgeflow.emulate.raw_pictures import load_raw_pictures
    from edgeflow.emulate.raw_sounds import load_raw_sounds
    from edgeflow.preprocess.audio_spec import SoundSpec

    kind, spec = _kind_of_raw(work), _declaration(work)
    if kind == "sounds" and isinstance(spec, SoundSpec):
        return load_raw_sounds(work.results["data"], spec, work.results["frames"])
    return load_raw_pictures(work.results["data"], work.results["frames"]) if kind == "pictures" else None


def _make_parity(work: Work) -> None:
    from edgeflow.codegen.stage import EDITED_MODEL
    from edgeflow.emulate.parity import run

    build = work.build
    edited = work.results["codegen"] / EDITED_MODEL
    run(
        edited if edited.is_file() else model_file(build, work.results),
        work.results["codegen"],
        work.results["host"],
        work.results["firmware"],
        parity_inputs(work),
        work.output_dir,
        core_cases=build.project.build.core_pictures,
        emulator=emulator_of(build),
        tflm=build.project.parity.tflm,
        imported=_imported(work),
        raw=_raw(work),
        progress=work.progress,
    )


def _imported(work: Work) -> dict[str, Any] | None:
    """The agreement of original, float and int8 model; None of a model that came as int8."""
    if "agreement" not in work.results:
        return None
    found = read_json(work.results["agreement"] / "agreement.json")
    return {key: found[key] for key in ("rows", "accuracy", "runtimes")}


def parity_inputs(work: Work) -> Sequence[npt.NDArray[np.generic]]:
    """The cases that the parity compares: test data, or seeded values of a foreign model without any."""
    from edgeflow.emulate.cases import seeded_cases
    from edgeflow.emulate.network import parse_network
    from edgeflow.emulate.part import read_part

    network = read_json(work.results["codegen"] / "network.json")
    if "data" in work.results:
        part = read_part(work.results["data"], "test").spread(work.build.project.build.parity_pictures)
        return part.inputs(parse_network(network).inputs)
    return seeded_cases(network, SEEDED_CASES)


def _parity_parameters(build: Build) -> object:
    options, tflm = build.project.build, build.project.parity.tflm
    return [options.parity_pictures, options.core_pictures, tflm, SEEDED_CASES, _emulator_identity(build)]


def _execution_parameters(build: Build) -> object:
    return _emulator_identity(build)  # one picture runs, the first whatever their number


def _emulator_identity(build: Build) -> str:
    """Name and version of what runs the image; unicorn's stands among the stages' tools."""
    if emulator_of(build) != "qemu":
        return "unicorn"
    from edgeflow.emulate.qemu import qemu_title

    return qemu_title(build.target.core)


def _make_execution(work: Work) -> None:
    from edgeflow.emulate.execution import run

    run(
        work.results["codegen"],
        work.results["firmware"],
        parity_inputs(work),
        work.output_dir,
        flash=work.build.target.flash_timing,
    )


def _make_profile(work: Work) -> None:
    from edgeflow.profile import planned
    from edgeflow.profile.stage import run

    if "firmware" not in work.results:
        planned.run(work.results["codegen"], work.output_dir, target=work.build.target)
        return
    run(
        work.results["codegen"],
        work.results["firmware"],
        work.results["execution"] / "execution.json",
        work.output_dir,
        target=work.build.target,
        measured=_measured(work.build),
    )


def _measured(build: Build) -> list[dict[str, Any]]:
    """What boards of the target have measured, in this build folder."""
    from edgeflow.device.records import read_rows

    return read_rows(build.build_dir, build.target.name)


def _profile_parameters(build: Build) -> object:
    return [msgspec.to_builtins(build.target), _measured(build)]


# Parts of a report and the stage and file each comes from.
_REPORT_PARTS = {
    "dataset": ("data", "dataset.json"),
    "preprocessing": ("data", "preprocessing.json"),
    "audit": ("data", "audit.json"),
    "history": ("train", "history.json"),
    "quantization": ("quantize", "quantization.csv"),
    "evaluation": ("evaluate", "evaluation.json"),
    "agreement": ("agreement", "agreement.json"),
    "memory_plan": ("codegen", "memory_plan.json"),
    "parity": ("parity", "parity.json"),
    "profile": ("profile", "profile.json"),
}


def _report_files(results: Mapping[str, Path]) -> dict[str, Path]:
    """The files that this build has: data of real values have no audit, for example."""
    paths = {part: results[s] / name for part, (s, name) in _REPORT_PARTS.items() if s in results}
    return {part: path for part, path in paths.items() if path.is_file()}


def _make_report(work: Work) -> None:
    from edgeflow.profile.budget import budget_rows
    from edgeflow.profile.cause import causes
    from edgeflow.profile.finished import int8_accuracy
    from edgeflow.report.stage import run

    project, results = work.build.project, work.results
    accuracy = None
    if "evaluate" in results:
        accuracy = int8_accuracy(read_json(results["evaluate"] / "evaluation.json"))
    profile = read_json(results["profile"] / "profile.json")
    rows = budget_rows(profile, msgspec.to_builtins(project.budget), accuracy=accuracy)
    training = None
    if "train" in results:
        from edgeflow.train.energy import footprint

        training = footprint(read_json(results["train"] / "training_energy.json"), project.energy)
    run(
        work.output_dir,
        build=_report_files(results),
        project=project.project.name,
        target=work.build.target,
        budgets=[row.as_json() for row in rows],
        training_energy=training,
        priorities=project.priorities.order,
        versions=versions(),
        causes=causes(profile, read_json(results["codegen"] / "memory_plan.json"), rows),
    )


def versions() -> dict[str, str]:
    """Versions of edgeflow and of every tool that had a part in a build."""
    names = {name for stage in (*MODEL_STAGES, *DEVICE_STAGES) for name in stage.tools}
    found = {name: tool_version(name) for name in sorted(names)}
    return {"edgeflow": __version__, **{name: v for name, v in found.items() if v != "absent"}}


def _report_parameters(build: Build) -> object:
    project = build.project
    tables = [
        msgspec.to_builtins(table)
        for table in (project.budget, project.energy, project.priorities, build.target)
    ]
    return [*tables, versions()]


DEVICE_CODE = ("ir", "frontend", "ops", "passes", "memory", "codegen", "kernels", "preprocess")

DEVICE_STAGES: tuple[Stage, ...] = (
    Stage(
        "tune",
        ("quantize",),
        (*DEVICE_CODE, "tune"),
        ("tflite", "flatbuffers", "numpy", "jinja2", "pyelftools", "capstone"),
        _tune_parameters,
        _make_tune,
        hidden=("*",),
    ),
    Stage(
        "codegen",
        ("data", "quantize", "tune"),
        DEVICE_CODE,
        ("tflite", "flatbuffers", "numpy", "jinja2"),
        _codegen_parameters,
        _make_codegen,
    ),
    Stage(
        "firmware",
        ("codegen",),
        ("firmware", "target"),
        ("ziglang", "jinja2"),
        _firmware_parameters,
        _make_firmware,
    ),
    Stage(
        "host",
        ("codegen",),
        ("firmware",),
        ("ziglang", "jinja2"),
        _host_parameters,
        _make_host,
        hidden=("*",),
    ),
    Stage(
        "frames",
        ("data", "codegen"),
        ("firmware", "target", "emulate"),
        ("ziglang", "jinja2"),
        _firmware_parameters,
        _make_frames,
        hidden=("*",),
    ),
    Stage(
        "parity",
        ("data", "quantize", "agreement", "codegen", "host", "firmware", "frames"),
        ("emulate", "preprocess"),
        (*INTERPRETERS, "tflite_micro", "tflite", "numpy", "unicorn"),
        _parity_parameters,
        _make_parity,
    ),
    Stage(
        "execution",
        ("data", "codegen", "firmware"),
        ("emulate", "preprocess"),
        ("unicorn",),
        _execution_parameters,
        _make_execution,
        hidden=("*",),
    ),
    Stage(
        "profile",
        ("codegen", "firmware", "execution"),
        ("profile", "target"),
        ("pyelftools", "capstone"),
        _profile_parameters,
        _make_profile,
    ),
    Stage(
        "report",
        tuple(dict.fromkeys(stage for stage, _ in _REPORT_PARTS.values())),
        ("report", "profile", "target"),
        ("jinja2",),
        _report_parameters,
        _make_report,
    ),
)
