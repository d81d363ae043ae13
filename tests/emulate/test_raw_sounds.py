"""Clips of sound through Python, host and core: equal bytes and class."""

import json

import numpy as np
import pytest
from conftest_marks import needs_qemu

from edgeflow.codegen.stage import run as generate
from edgeflow.emulate import parity
from edgeflow.emulate.cases import seeded_cases
from edgeflow.emulate.host import HostRuntime
from edgeflow.emulate.network import load_network
from edgeflow.emulate.raw_sounds import SOUNDS_NAME, load_raw_sounds
from edgeflow.errors import InternalError, ParityError
from edgeflow.firmware.host import build_library, build_program
from edgeflow.firmware.stage import run as build
from edgeflow.preprocess.audio import sound_features
from edgeflow.preprocess.audio_options import LogMelOptions, MfccOptions, resolved

# Two frames of four values: what the small model takes.
KEYS = {"sample_rate_hz": 8000, "clip_ms": 95, "window_ms": 64, "stride_ms": 31, "mel_bands": 4, "low_hz": 80}
SPECS = {
    "log-mel": resolved(LogMelOptions(**KEYS)),
    "mfcc": resolved(MfccOptions(**(KEYS | {"mel_bands": 20}), coefficients=4)),
}
CHAINS = [
    ("cortex-m4f", "unicorn", "mfcc"),
    pytest.param("cortex-m0plus", "unicorn", "log-mel", marks=pytest.mark.slow),
    pytest.param("cortex-m4f", "qemu", "log-mel", marks=(pytest.mark.slow, needs_qemu)),
    pytest.param("rv32imc", "unicorn", "mfcc", marks=pytest.mark.slow),
]


@pytest.fixture(scope="module")
def chain(fc_model, tmp_path_factory, core_targets):
    """``chain(core, emulator, kind)``: code, library, both images and sounds, built once."""
    built = {}

    def make(core="cortex-m4f", emulator="unicorn", kind="mfcc"):
        key = (core, emulator, kind)
        if key not in built:
            built[key] = folder = tmp_path_factory.mktemp("sounds")
            generate(fc_model, folder / "codegen", name="fc", preprocessing=SPECS[kind])
            build_library(folder / "codegen" / "c", folder / "host")
            target = core_targets[core]
            build(folder / "codegen", folder / "firmware", target=target, emulator=emulator)
            build(folder / "codegen", folder / "frames", target=target, emulator=emulator, takes_sounds=True)
            random = np.random.default_rng(1)
            sounds = [random.normal(0, scale, n).astype(np.int16) for scale, n in ((3000, 2000), (40, 600))]
            named = {f"sound_{number}": samples for number, samples in enumerate(sounds)}
            np.savez(folder / SOUNDS_NAME, silence=np.zeros(5, np.int16), **named)
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


@pytest.mark.parametrize(("core", "emulator", "kind"), CHAINS)
def test_all_sides_agree(core, emulator, kind, chain, fc_model, tmp_path):
    folder = chain(core, emulator, kind)
    raw = load_raw_sounds(folder, SPECS[kind], folder / "frames")
    assert raw.clips.shape == (3, 760)
    assert not raw.clips[2, 600:].any()
    result = check(fc_model, folder, tmp_path, raw, emulator)
    assert result["differing_bytes"] == 0
    lines = {(*line["between"], line["kind"]): line for line in result["comparisons"]}
    for between in (("python", "host"), ("host", "core")):
        line = lines[*between, "preprocessing"]
        assert (line["cases"], line["bytes"]) == (3, 3 * 8)
    for side in ("host", "core"):
        assert lines["reference", side, "classes of raw sounds"]["cases"] == 3


def test_what_python_prepares_otherwise_is_found(chain, fc_model, tmp_path):
    folder = chain()
    other = resolved(MfccOptions(**(KEYS | {"mel_bands": 20}), coefficients=4, coefficient_limit_db=200))
    with pytest.raises(ParityError, match="python and host differ"):
        check(fc_model, folder, tmp_path, load_raw_sounds(folder, other, folder / "frames"))


def test_a_clip_that_is_too_short_is_refused(chain):
    folder = chain()
    host = HostRuntime(folder / "host", load_network(folder / "codegen"))
    with pytest.raises(InternalError, match="returned 0 on the host"):
        host.prepare_sounds(np.zeros((1, 700), np.int16))


def test_the_library_prepares_as_python(chain):
    folder = chain()
    host = HostRuntime(folder / "host", load_network(folder / "codegen"))
    clips = np.random.default_rng(2).normal(0, 900, (2, 760)).astype(np.int16)
    assert np.array_equal(
        host.prepare_sounds(clips)[:, 0], (sound_features(clips, SPECS["mfcc"]).astype(np.int16) - 128)
    )


@pytest.mark.slow
def test_the_program_builds_beside_it(chain, tmp_path):
    assert build_program(chain() / "codegen" / "c", tmp_path).is_file()
