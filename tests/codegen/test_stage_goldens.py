"""The stage on real models: compiled strictly with a trapping sanitizer, equal to TFLite bit for bit.

The oracle is in the goldens: outputs of eight cases and CRC32 of every tensor of the first, from
TFLite's reference kernels.
"""

import json
import subprocess
import zlib
from pathlib import Path

import numpy as np
import pytest
from c_build import ARM_GCC, GCC, Library, compile_strictly

from edgeflow.artifact import read_json, sha256_file, sha256_tree
from edgeflow.codegen.options import CodegenOptions
from edgeflow.codegen.stage import run
from edgeflow.errors import ModelError
from edgeflow.firmware.host import build_program
from edgeflow.ops.registry import REGISTRY
from edgeflow.resources import data_dir

SHARED = Path(__file__).resolve().parents[2].parent / "shared" / "models"

# Real models: the arena in bytes, and its lower bound in this order of operators. Change only on purpose.
ARENA_BYTES = {
    "mlperf_ic_resnet8": (18944, 18944),
    "mlperf_kws_dscnn": (9792, 8384),
    "mlperf_vww_mbv1": (27752, 27752),
    "mlperf_ad_autoencoder": (768, 768),
    "tflm_hello_world_int8": (28, 28),
    "tflm_hello_world_floatio": (28, 28),
    "tflm_micro_speech": (4164, 4164),
    "tflm_person_detect": (16896, 16896),
    "tflm_magic_wand": (4232, 4200),
    "tinymaix_mnist_valid": (820, 812),
    "tinymaix_mnist_dw_mult2": (1696, 1696),
    "tinymaix_mnist_resnet": (1680, 1680),
    "tinymaix_cifar10": (5632, 5632),
    "wv_k2c3_uint8io": (7604, 7604),
    "wv_k8c5_uint8io": (8352, 8352),
    "micronet_vww2_50x50_uint8io": (10064, 10036),
    "armkws_dnn_s_floatio": (1000, 1000),
    "armkws_cnn_s_floatio": (3880, 3880),
    "armkws_dscnn_s_floatio": (9792, 8384),
    "silabs_fingerprint": (37680, 37680),
    "silabs_image_example1": (16128, 16128),
    "silabs_kws_pacman": (9032, 8752),
    "sscma_fomo": (30720, 30720),
    "cfu_simc2_radio_1d": (20480, 16392),
    "sleepkit_s2b_wrong_shapes": (15360, 15360),
    "armkws_lstm_s_unrolled_floatio": (1960, 1960),
    "yolo_fastest_face_192": (44256, 44256),
    "heartkit_segmentation_tconv": (17408, 17384),
    "heartkit_arrhythmia_se": (9628, 9624),
    "tflm_id_model_leakyrelu": (27852, 27852),
}
QUICK = (
    "tflm_hello_world_floatio",
    "tinymaix_mnist_dw_mult2",
    "mlperf_ad_autoencoder",
    "sleepkit_s2b_wrong_shapes",
    "fc_i16x8",
)


def operators(entry):
    """Operator kinds that are left when constants are folded; of small models the index gives all."""
    return set(entry.get("ops_after_folding", entry["ops"]))


def supported():
    """Models whose operators all stand in the registry, smallest file first."""
    index = SHARED / "index.json"
    entries = json.loads(index.read_text())["models"] if index.is_file() else []
    known = [e for e in entries if e["tier"] != "reject" and operators(e) <= set(REGISTRY)]
    usable = [e for e in known if (SHARED / "goldens" / f"{e['name']}.npz").is_file()]
    return {entry["name"]: entry for entry in sorted(usable, key=lambda e: (e["size"], e["name"]))}


SUPPORTED = supported()


def generate(name, folder):
    run(SHARED / SUPPORTED[name]["file"], folder, name=name)
    return read_json(folder / "network.json"), read_json(folder / "memory_plan.json")


def case_inputs(goldens, case, network):
    return [goldens[f"in{case}_{k}"] for k in range(len(network["inputs"]))]


def check_golden(name, folder):
    network, plan = generate(name, folder)
    library = Library(folder / "c", network, plan["arena_bytes"])
    goldens = np.load(SHARED / "goldens" / f"{name}.npz")
    for case in range(8):
        outputs = library.invoke(*case_inputs(goldens, case, network))
        for k, output in enumerate(outputs):
            assert output.tobytes() == goldens[f"out{case}_{k}"].tobytes(), f"case {case}, output {k}"
        # TFLM shows no layers, and the set has none of models that keep state in tensors.
        has_layers = (SHARED / "goldens" / f"{name}.layers.json").is_file()
        if case == 0 and has_layers and SUPPORTED[name]["golden"]["oracle"] != "TFLM":
            check_layers(name, network, library.traced)


def check_layers(name, network, traced):
    """Every traced tensor that the golden knows; an operator that a pass removed is not in either."""
    layers = json.loads((SHARED / "goldens" / f"{name}.layers.json").read_text())["layers"]
    known = {layer["tensor"]: layer["crc32"] for layer in layers}
    assert set(traced) == {i for op in network["operators"] for i in op["outputs"] if i >= 0}
    compared = set(traced) & set(known)
    assert len(compared) >= 0.9 * len(traced)
    assert {i: zlib.crc32(traced[i]) for i in compared} == {i: known[i] for i in compared}


@pytest.mark.parametrize("name", QUICK)
def test_quick_goldens(name, shared_dir, tmp_path):
    check_golden(name, tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("name", list(SUPPORTED) or ["none"])
def test_every_supported_golden(name, shared_dir, tmp_path):
    check_golden(name, tmp_path)


def test_a_refused_model_leaves_nothing(shared_dir, tmp_path):
    with pytest.raises(ModelError, match="custom operators"):
        run(SHARED / "reject" / "reject_custom_signal_ops.tflite", tmp_path, name="custom")
    assert not list(tmp_path.iterdir())


@pytest.mark.slow
def test_enough_models_are_supported(shared_dir):
    """Guards the two tests above against losing their cases."""
    assert set(ARENA_BYTES) <= set(SUPPORTED)
    assert len(SUPPORTED) >= 87


@pytest.mark.slow
@pytest.mark.parametrize("name", ARENA_BYTES)
def test_arena_of_real_models(name, shared_dir, tmp_path):
    network, plan = generate(name, tmp_path)
    assert plan["arena_bytes"] == network["arena_bytes"]
    assert (plan["arena_bytes"], plan["lower_bound_bytes"]) == ARENA_BYTES[name]
    assert plan["lower_bound_bytes"] <= max(plan["live_bytes"]) <= plan["arena_bytes"]


# Multiply-accumulates before and after channels are eliminated that are constant or unread.
MACS = {
    "mlperf_vww_mbv1": (7489664, 3727313),
    "mlperf_ic_resnet8": (12501632, 12501632),
    "sscma_fomo": (2784384, 2321856),
    "tflm_hello_world_int8": (288, 220),
}


@pytest.mark.parametrize("name", MACS)
def test_macs_of_real_models(name, shared_dir, tmp_path):
    network, _ = generate(name, tmp_path)
    assert (network["dense_macs"], network["macs"]) == MACS[name]
    assert network["macs"] == sum(op["macs"] for op in network["operators"])


def test_without_elimination(shared_dir, tmp_path):
    options = CodegenOptions(disabled_passes=("eliminate_channels",))
    name = "tflm_hello_world_int8"
    run(SHARED / SUPPORTED[name]["file"], tmp_path, name=name, options=options)
    network = read_json(tmp_path / "network.json")
    assert network["macs"] == network["dense_macs"] == 288
    assert network["channels"] == network["dense_channels"]


def test_files_and_determinism(shared_dir, tmp_path):
    """Two runs into two folders give the same bytes; no path and no time is in them."""
    name = "mlperf_ic_resnet8"
    for folder in ("one", "two"):
        generate(name, tmp_path / folder)
    assert sha256_tree(tmp_path / "one") == sha256_tree(tmp_path / "two")
    files = {p.relative_to(tmp_path / "one").as_posix() for p in (tmp_path / "one").rglob("*") if p.is_file()}
    assert {"network.json", "memory_plan.json", "c/model.c", "c/model.h", "c/ef_conv_2d_s8.c"} <= files
    assert {f"tflm/{name}_model_data.cc", f"tflm/{name}_model_data.h"} <= files
    source = sha256_file(SHARED / SUPPORTED[name]["file"])
    assert source in (tmp_path / "one" / "c" / "model.c").read_text()
    for path in (tmp_path / "one").rglob("*.*"):
        assert str(tmp_path).encode() not in path.read_bytes()


SANITIZED = ("mlperf_ic_resnet8", "mlperf_kws_dscnn", "mlperf_vww_mbv1", "mlperf_ad_autoencoder")


@pytest.mark.skipif(GCC is None, reason="gcc with the address sanitizer is not installed")
@pytest.mark.parametrize("name", [QUICK[0], *(pytest.param(n, marks=pytest.mark.slow) for n in SANITIZED)])
def test_no_access_outside_the_arena_and_the_arrays(name, shared_dir, tmp_path):
    """The shared main with an arena of exactly the planned size, under the address sanitizer."""
    network, _ = generate(name, tmp_path)
    program = build_program(tmp_path / "c", tmp_path / "host", sanitize=True, compiler="gcc")
    goldens = np.load(SHARED / "goldens" / f"{name}.npz")
    stdin = b"".join(array.tobytes() for case in range(8) for array in case_inputs(goldens, case, network))
    done = subprocess.run([program], input=stdin, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()[:2000]
    expected = [goldens[f"out{case}_{k}"] for case in range(8) for k in range(len(network["outputs"]))]
    assert done.stdout.startswith(b"".join(array.tobytes() for array in expected) + b"EFST")


@pytest.mark.slow
@pytest.mark.parametrize("compiler", ["arm-none-eabi-gcc", "zig", "zig for Cortex-M"])
@pytest.mark.parametrize("name", ["mlperf_vww_mbv1", "armkws_dscnn_s_floatio"])
def test_real_models_compile_without_a_warning(name, compiler, shared_dir, tmp_path):
    if compiler == "arm-none-eabi-gcc" and ARM_GCC is None:
        pytest.skip("arm-none-eabi-gcc is not installed")
    generate(name, tmp_path)
    # Rows that stripes carry are moved by memmove: a core without a C library has it from the template.
    headers = f"-I{data_dir('firmware_templates') / 'common'}"
    compile_strictly(tmp_path / "c", compiler, *([headers] if compiler == "zig for Cortex-M" else []))
