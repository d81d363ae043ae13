"""Whole networks with stripes: the printed C against goldens, and what files and answers say of it."""

import json
import subprocess
import zlib
from pathlib import Path

import numpy as np
import pytest
from c_build import GCC, Library
from packages import need

from edgeflow.artifact import read_json
from edgeflow.codegen.options import CodegenOptions
from edgeflow.codegen.stage import run
from edgeflow.errors import BudgetError
from edgeflow.firmware.host import build_program
from edgeflow.pipeline import open_build, run_stages
from edgeflow.stages import chain

MODELS = Path(__file__).resolve().parents[2].parent / "shared" / "models"
SETS = ("plain", "scalar", "dsp", "mve")
QUICK = ("tinymaix_mnist_resnet", "silabs_image_example1")
SLOW = (
    "mlperf_vww_mbv1",
    "mlperf_ic_resnet8",
    "micronet_vww2_50x50_uint8io",
    "wv_k8c5_uint8io",
    "sscma_fomo",
)
SLOW += ("silabs_fingerprint", "silabs_kws_pacman", "tflm_person_detect", "yolo_fastest_face_192")
EVERY = [
    *((name, "dsp") for name in QUICK),
    *(pytest.param(name, "plain", marks=pytest.mark.slow) for name in QUICK),
    *(pytest.param(name, kernels, marks=pytest.mark.slow) for name in SLOW for kernels in ("plain", "dsp")),
    *(pytest.param("mlperf_ic_resnet8", kernels, marks=pytest.mark.slow) for kernels in ("scalar", "mve")),
    *(pytest.param("mlperf_vww_mbv1", kernels, marks=pytest.mark.slow) for kernels in ("scalar", "mve")),
]


def generate(name, folder, **options):
    run(MODELS / "models" / f"{name}.tflite", folder, name=name, options=CodegenOptions(**options))
    return read_json(folder / "network.json"), read_json(folder / "memory_plan.json")


def cases(name, network):
    goldens = np.load(MODELS / "goldens" / f"{name}.npz")
    for case in range(8):
        yield (
            [goldens[f"in{case}_{k}"] for k in range(len(network["inputs"]))],
            [goldens[f"out{case}_{k}"] for k in range(len(network["outputs"]))],
        )


def check(name, folder, network, parts):
    """Outputs of all cases, and every tensor that is stored whole."""
    library = Library(folder / "c", network, parts)
    for case, (inputs, outputs) in enumerate(cases(name, network)):
        found = library.invoke(*inputs)
        assert [a.tobytes() for a in found] == [b.tobytes() for b in outputs], f"case {case}"
        layers_of_first = MODELS / "goldens" / f"{name}.layers.json"
        if case == 0 and layers_of_first.is_file():
            layers = json.loads(layers_of_first.read_text())["layers"]
            known = {layer["tensor"]: layer["crc32"] for layer in layers}
            whole = {i: zlib.crc32(data) for i, data in library.traced.items() if i in known}
            assert whole == {i: known[i] for i in whole}


@pytest.mark.parametrize(("name", "kernels"), EVERY)
def test_smallest_arena_gives_the_goldens(name, kernels, shared_dir, tmp_path):
    network, plan = generate(name, tmp_path, stripes="smallest", kernels=kernels)
    assert network["stripes"]
    assert network["recomputed_macs"] == 0
    inner = {i for region in network["stripes"] for i in region["operators"][:-1]}
    by_index = {op["index"]: op for op in network["operators"]}
    assert all(by_index[i]["outputs"] == [] for i in inner)
    assert {"tensor", "stripe"} <= {place["role"] for place in plan["placements"]}
    check(name, tmp_path, network, plan["arena_bytes"])


@pytest.mark.parametrize(
    "kernels", ["dsp", *(pytest.param(k, marks=pytest.mark.slow) for k in ("plain", "mve"))]
)
def test_rows_computed_again_give_the_goldens_and_are_limited(kernels, shared_dir, tmp_path):
    name, limit = "tinymaix_mnist_resnet", 0.3
    network, plan = generate(name, tmp_path, stripes="smallest", max_recompute=limit, kernels=kernels)
    assert 0 <= network["recomputed_macs"] <= limit * network["macs"]
    assert network["recomputed_macs"] == sum(op["recomputed_macs"] for op in network["operators"])
    check(name, tmp_path, network, plan["arena_bytes"])


@pytest.mark.slow
def test_an_arena_in_two_parts(shared_dir, tmp_path):
    name = "mlperf_ic_resnet8"
    network, _ = generate(name, tmp_path, stripes="smallest", regions=(16_500, 6_000))
    parts = [part["byte_count"] for part in network["arena_parts"]]
    assert len(parts) == 2
    assert network["stripes"]
    check(name, tmp_path, network, parts)


def test_stripes_where_nothing_else_fits(shared_dir, tmp_path):
    """Without stripes the arena has 55,396 bytes."""
    name = "silabs_image_example1"
    with pytest.raises(BudgetError, match="the arena needs"):
        generate(name, tmp_path / "off", stripes="off", regions=(20_000,))
    network, plan = generate(name, tmp_path, regions=(20_000,))
    assert network["stripes"]
    assert plan["arena_bytes"] <= 20_000


def test_auto_leaves_networks_alone_that_gain_little(shared_dir, tmp_path):
    network, _ = generate("mlperf_ad_autoencoder", tmp_path)
    assert network["stripes"] == []
    assert network["recomputed_macs"] == 0


@pytest.mark.skipif(GCC is None, reason="gcc with the address sanitizer is not installed")
@pytest.mark.parametrize(
    ("name", "kernels"),
    [("tinymaix_mnist_resnet", "dsp")]
    + [pytest.param(n, k, marks=pytest.mark.slow) for n in SLOW[:2] for k in ("plain", "dsp")],
)
def test_no_access_outside_the_arena_and_the_arrays(name, kernels, shared_dir, tmp_path):
    network, _ = generate(name, tmp_path, stripes="smallest", kernels=kernels)
    program = build_program(tmp_path / "c", tmp_path / "host", sanitize=True, compiler="gcc")
    pairs = list(cases(name, network))
    stdin = b"".join(array.tobytes() for inputs, _ in pairs for array in inputs)
    done = subprocess.run([program], input=stdin, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()[:2000]
    expected = b"".join(array.tobytes() for _, outputs in pairs for array in outputs)
    assert done.stdout.startswith(expected + b"EFST")


@pytest.mark.slow
@pytest.mark.parametrize("name", ["silabs_image_example1", "wv_k8c5_uint8io"])
def test_core_gives_the_bytes_of_the_reference(name, shared_dir, tmp_path):
    """Operator by operator on the host, outputs on the emulated core."""
    pytest.importorskip("unicorn")
    need("tflite_runtime")
    build = open_build(
        project_file=None,
        overrides=("codegen.stripes=smallest",),
        build_dir=tmp_path,
        target="cortex-m",
        compiler="zig",
        model=MODELS / "models" / f"{name}.tflite",
    )
    results = run_stages(build, chain(build, last="profile"), lambda _text: None)
    assert read_json(results["codegen"] / "network.json")["stripes"]
    assert read_json(results["parity"] / "parity.json")["differing_bytes"] == 0
    profile = read_json(results["profile"] / "profile.json")
    assert all(op["instructions"] > 0 for op in profile["operators"] if op["macs"])


def test_nothing_runs_again_where_that_saves_no_memory(shared_dir, tmp_path):
    name = "silabs_image_example1"
    carried, _ = generate(name, tmp_path / "carried", kernels="dsp")
    allowed, _ = generate(name, tmp_path / "allowed", kernels="dsp", max_recompute=0.3)
    assert allowed["recomputed_macs"] == 0
    assert allowed["arena_bytes"] == carried["arena_bytes"]
