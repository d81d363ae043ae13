"""Raw pictures, larger than the RAM of the core, through Python, host and core: equal bytes and class."""

import json

import numpy as np
import pytest
from conftest_marks import needs_qemu

from edgeflow.codegen.stage import run as generate
from edgeflow.emulate import parity
from edgeflow.emulate.cases import seeded_cases
from edgeflow.emulate.core import CoreRuntime
from edgeflow.emulate.frames import RawFrame, frames_of
from edgeflow.emulate.host import HostRuntime
from edgeflow.emulate.image import load_image
from edgeflow.emulate.network import load_network
from edgeflow.emulate.program import load_firmware
from edgeflow.emulate.raw_pictures import (
    TOO_LARGE_NAME,
    RawPictures,
    load_raw_pictures,
    longest_row_bytes,
    with_prepared_input,
)
from edgeflow.errors import InternalError, ParityError
from edgeflow.firmware.host import build_library, build_program
from edgeflow.firmware.stage import run as build
from edgeflow.preprocess.color import frame_pixels
from edgeflow.preprocess.spec import FILE_NAME, PictureSpec
from edgeflow.target.core import ARM

WIDTH, HEIGHT = 321, 480
CHAINS = [
    ("cortex-m4f", "unicorn", "bilinear", "crop"),
    pytest.param("cortex-m4f", "qemu", "area", "pad", marks=needs_qemu),
    pytest.param("cortex-m0plus", "unicorn", "area", "fit", marks=pytest.mark.slow),
    pytest.param("rv32imc", "unicorn", "nearest", "pad", marks=pytest.mark.slow),
]


def spec_of(interpolation="bilinear", aspect_ratio="crop"):
    return PictureSpec(2, 4, 1, "grayscale", interpolation, aspect_ratio, 128, (1 / 128,), (-1.0,))


def pictures():
    """A large one in colour, and a small grey one of few columns."""
    generator = np.random.default_rng(4)
    large = generator.integers(0, 256, (HEIGHT, WIDTH, 3), dtype=np.uint8)
    return [large, generator.integers(0, 256, (9, 1, 1), dtype=np.uint8)]


@pytest.fixture(scope="module")
def chain(fc_model, tmp_path_factory, core_targets):
    """``chain(core, emulator, interpolation, aspect_ratio)``: code, library and both images, built once."""
    built = {}

    def make(core="cortex-m4f", emulator="unicorn", *settings):
        key = (core, emulator, *settings)
        if key not in built:
            built[key] = folder = tmp_path_factory.mktemp("chain")
            spec = spec_of(*settings)
            generate(fc_model, folder / "codegen", name="fc", preprocessing=spec)
            build_library(folder / "codegen" / "c", folder / "host")
            target = core_targets[core]
            rows = longest_row_bytes(pictures())
            build(folder / "codegen", folder / "firmware", target=target, emulator=emulator)
            build(
                folder / "codegen",
                folder / "frames",
                target=target,
                emulator=emulator,
                frame_row_bytes=rows,
            )
            (folder / FILE_NAME).write_text(json.dumps(spec.as_json()))
            named = {f"picture_{number}": pixels for number, pixels in enumerate(pictures())}
            np.savez(folder / "raw_pictures.npz", **named)
        return built[key]

    return make


def check(model, folder, out_dir, raw, emulator="unicorn"):
    network = json.loads((folder / "codegen" / "network.json").read_text())
    try:
        parity.run(
            model,
            folder / "codegen",
            folder / "host",
            folder / "firmware",
            seeded_cases(network, 1),
            out_dir,
            core_cases=1,
            emulator=emulator,
            tflm=False,
            raw=raw,
        )
    finally:
        result = json.loads((out_dir / "parity.json").read_text())
    return result


@pytest.mark.parametrize(("core", "emulator", "interpolation", "aspect_ratio"), CHAINS)
def test_all_sides_agree(
    core, emulator, interpolation, aspect_ratio, chain, core_targets, fc_model, tmp_path
):
    folder = chain(core, emulator, interpolation, aspect_ratio)
    raw = load_raw_pictures(folder, folder / "frames")
    assert [frame.format for frame in raw.frames] == ["rgb888", "rgb565", "yuyv", "gray8"]
    result = check(fc_model, folder, tmp_path, raw, emulator)
    assert result["differing_bytes"] == 0
    assert len(raw.frames[0].data) > core_targets[core].rams[0].size_bytes
    lines = {(*line["between"], line["kind"]): line for line in result["comparisons"]}
    for between in (("python", "host"), ("host", "core")):
        line = lines[*between, "preprocessing"]
        assert (line["cases"], line["bytes"]) == (4, 4 * 8)
    for side in ("host", "core"):
        assert lines["reference", side, "classes of raw pictures"]["cases"] == 4


def test_what_python_prepares_otherwise_is_found(chain, fc_model, tmp_path):
    """The generated C has another interpolation than the declaration says."""
    folder = chain("cortex-m4f", "unicorn", "bilinear", "crop")
    raw = load_raw_pictures(folder, folder / "frames")
    other = replace_spec(raw, spec_of("area", "crop"))
    with pytest.raises(ParityError, match="python and host differ first at the preparation of a raw picture"):
        check(fc_model, folder, tmp_path, other)
    result = json.loads((tmp_path / "parity.json").read_text())
    assert result["first_divergence"]["between"] == ["python", "host"]
    by_pair = {
        tuple(line["between"]): line for line in result["comparisons"] if line["kind"] == "preprocessing"
    }
    assert by_pair["python", "host"]["differing_bytes"] > 0
    assert by_pair["host", "core"]["differing_bytes"] == 0


def replace_spec(raw, spec):
    return RawPictures(raw.frames, spec, raw.firmware_dir)


def test_a_core_whose_image_was_too_large_is_named(chain, fc_model, tmp_path):
    folder = chain("cortex-m4f", "unicorn", "bilinear", "crop")
    (tmp_path / "frames").mkdir()
    (tmp_path / "frames" / TOO_LARGE_NAME).write_text("the rows do not fit\n")
    result = check(fc_model, folder, tmp_path, load_raw_pictures(folder, tmp_path / "frames"))
    assert result["notes"][-1] == "no raw pictures on the core: the rows do not fit"
    assert ["host", "core"] not in [
        line["between"] for line in result["comparisons"] if line["kind"] == "preprocessing"
    ]


@pytest.mark.parametrize(
    "frame",
    [
        RawFrame("gray8", 0, 0, b""),
        RawFrame("yuyv", 3, 1, bytes(6)),
        RawFrame("rgb888", 2000, 1, bytes(6000)),
    ],
)
def test_a_frame_that_the_program_cannot_take_ends_it(frame, chain):
    """No pixels, half a pair, and a row that is longer than the program's memory for it."""
    folder = chain("cortex-m4f", "unicorn", "bilinear", "crop")
    core = CoreRuntime(folder / "frames", with_prepared_input(load_network(folder / "codegen")))
    with pytest.raises(InternalError, match="refused a raw picture"):
        core.execute_packed([frame.packed()])


def test_an_input_that_ends_inside_a_picture_is_named(chain):
    folder = chain("cortex-m4f", "unicorn", "bilinear", "crop")
    core = CoreRuntime(folder / "frames", with_prepared_input(load_network(folder / "codegen")))
    packed = frames_of(pictures())[0].packed()
    for length in (7, len(packed) - 1):
        with pytest.raises(InternalError, match="ended inside a case"):
            core.execute_packed([packed[:length]])


def test_the_host_refuses_in_words(chain):
    folder = chain("cortex-m4f", "unicorn", "bilinear", "crop")
    host = HostRuntime(folder / "host", load_network(folder / "codegen"))
    with pytest.raises(InternalError, match="the preprocessing of `fc` returned -1 on the host"):
        host.prepare([RawFrame("yuyv", 3, 1, bytes(6))])


def test_the_program_for_cases_is_left_as_it_was(chain, tmp_path):
    """The C of pictures lies beside it without a use."""
    folder = chain("cortex-m4f", "unicorn", "bilinear", "crop")
    assert build_program(folder / "codegen" / "c", tmp_path).is_file()
    for image, is_used in (("firmware", False), ("frames", True)):
        elf = load_image(load_firmware(folder / image).elf, ARM)
        assert (elf.function("ef_picture_row") is not None) == is_used


def test_frames_hold_the_picture():
    """As closely as each format can: within its steps, and of an even width as pairs."""
    large = np.kron(pictures()[0][:8, :8], np.ones((4, 4, 1), np.uint8))
    for frame, limit in zip(frames_of([large])[:3], (0, 7, 3), strict=True):
        found = frame_pixels(frame.data, frame.width, frame.height, frame.format, "rgb")
        difference = np.abs(found.astype(int) - large)
        assert difference.max() <= limit, frame.format
    odd = frames_of([large[:, :31]])[2]
    assert (odd.width, len(odd.data)) == (30, 30 * 32 * 2)
    assert [frame.format for frame in frames_of([large[:, :1]])] == ["rgb888", "rgb565"]
