"""The stages that make things of an int8 model, as data: tuning, C, image, library for this machine."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from edgeflow import __version__
from edgeflow.artifact import copy_file, read_json, sha256_tree
from edgeflow.importers.fingerprint import model_sha256
from edgeflow.model_stages import is_imported
from edgeflow.pipeline import Build, Stage, Work, code_hash, tool_version
from edgeflow.resources import data_dir

if TYPE_CHECKING:
    from edgeflow.codegen.options import CodegenOptions
    from edgeflow.preprocess.declaration import Declaration

# Of the tune stage; published with the code that it led to.
TUNING = "tuning.json"


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
        emulator_identity(build),
        tool_version("unicorn"),
        templates_hash(),
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
        preprocessing=declaration(work),
    )
    if work.build.target.is_information_only:
        from edgeflow.firmware.fit import check_planned

        check_planned(work.output_dir, work.build.target)


def declaration(work: Work) -> Declaration | None:
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


def firmware_parameters(build: Build) -> object:
    """What an image depends on besides the generated C. Raises TargetError where none can be built."""
    from edgeflow.firmware.compiler import compiler_identity

    require_image(build)
    options = build.project.build
    return [
        msgspec.to_builtins(build.target),
        compiler_identity(options.compiler, build.target.core),
        emulator_of(build),
        templates_hash(),
    ]


def templates_hash() -> str:
    """The C around a model is data beside the package, so that code hashes do not see it."""
    return sha256_tree(data_dir("firmware_templates"))


def _make_host(work: Work) -> None:
    from edgeflow.firmware.host import build_library

    build_library(work.results["codegen"] / "c", work.output_dir)


def _host_parameters(_build: Build) -> object:
    return templates_hash()


def emulator_identity(build: Build) -> str:
    """Name and version of what runs the image; unicorn's stands among the stages' tools."""
    if emulator_of(build) != "qemu":
        return "unicorn"
    from edgeflow.emulate.qemu import qemu_title

    return qemu_title(build.target.core)


DEVICE_CODE = ("ir", "frontend", "ops", "passes", "memory", "codegen", "kernels", "preprocess")

CODE_STAGES: tuple[Stage, ...] = (
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
        firmware_parameters,
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
)
