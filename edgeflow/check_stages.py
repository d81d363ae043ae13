"""The stages that check and measure what was built: raw data on the device, parity, a run, the profile."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import msgspec

from edgeflow.artifact import read_json, write_text
from edgeflow.device_stages import (
    declaration,
    emulator_identity,
    emulator_of,
    firmware_parameters,
    model_file,
)
from edgeflow.model_stages import INTERPRETERS
from edgeflow.pipeline import Build, Stage, Work

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from edgeflow.emulate.raw_pictures import Raw

# Cases of a foreign model: there are no pictures to run, so seeded values over the whole range are.
SEEDED_CASES = 8


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
    if data is None or declaration(work) is None or load_network(work.results["codegen"]).is_stateful:
        return None
    if (data / SOUNDS_NAME).is_file():
        return "sounds"
    return "pictures" if (data / PICTURES_NAME).is_file() else None


def _raw(work: Work) -> Raw | None:
    """The raw pictures or sounds of the data, with the image for them."""
    from edgeflow.emulate.raw_pictures import load_raw_pictures
    from edgeflow.emulate.raw_sounds import load_raw_sounds
    from edgeflow.preprocess.audio_spec import SoundSpec

    kind, spec, image = _kind_of_raw(work), declaration(work), work.results.get("frames")
    if kind == "sounds" and isinstance(spec, SoundSpec):
        return load_raw_sounds(work.results["data"], spec, image)
    return load_raw_pictures(work.results["data"], image) if kind == "pictures" else None


def checked_model(work: Work) -> Path:
    """The int8 model with the edges of the C: without float ones, where codegen took them away."""
    from edgeflow.codegen.stage import EDITED_MODEL

    edited = work.results["codegen"] / EDITED_MODEL
    return edited if edited.is_file() else model_file(work.build, work.results)


def _make_parity(work: Work) -> None:
    from edgeflow.emulate.parity import run

    build = work.build
    run(
        checked_model(work),
        work.results["codegen"],
        work.results["host"],
        work.results.get("firmware"),
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
    emulator = None if build.target.is_information_only else emulator_identity(build)
    return [options.parity_pictures, options.core_pictures, tflm, SEEDED_CASES, emulator]


def _execution_parameters(build: Build) -> object:
    return emulator_identity(build)  # one picture runs, the first whatever their number


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


CHECK_STAGES: tuple[Stage, ...] = (
    Stage(
        "frames",
        ("data", "codegen"),
        ("firmware", "target", "emulate"),
        ("ziglang", "jinja2"),
        firmware_parameters,
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
)
