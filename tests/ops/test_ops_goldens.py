"""Real and generated models of the shared set, operator by operator on the host: every output byte."""

import json

import numpy as np
import pytest
from kernel_harness import SHARED_MODELS, run_graph
from op_graphs import assert_same_bytes, run_all

from edgeflow.frontend.tflite import read_model
from edgeflow.ops.registry import REGISTRY, check_ops, lower, op_macs

INDEX = SHARED_MODELS / "index.json"


def models(tier):
    """Entries of a tier whose operators all stand in the registry."""
    if not INDEX.is_file():
        return []
    entries = json.loads(INDEX.read_text())["models"]
    return [e for e in entries if e["tier"] == tier and set(e["ops"]) <= set(REGISTRY)]


def differing_bytes(kernels, entry, cases=8):
    graph = read_model(SHARED_MODELS / entry["file"])
    check_ops(graph, entry["file"])
    with np.load(SHARED_MODELS / "goldens" / f"{entry['name']}.npz") as golden:
        count = 0
        for c in range(cases):
            feeds = [golden[f"in{c}_{k}"] for k in range(len(graph.inputs))]
            arrays = run_graph(kernels, graph, lower, feeds)
            for k, tensor_id in enumerate(graph.outputs):
                expected = golden[f"out{c}_{k}"]
                assert arrays[tensor_id].dtype == expected.dtype
                count += int((arrays[tensor_id].reshape(-1) != expected.reshape(-1)).sum())
    return count


GENERATED = [
    e
    for e in models("synth") + models("synth_stretch")
    if (SHARED_MODELS / "goldens" / f"{e['name']}.npz").is_file()
]


@pytest.mark.parametrize("entry", GENERATED, ids=lambda e: e["name"])
def test_generated_single_operator_models(entry, kernels, shared_dir):
    assert differing_bytes(kernels, entry) == 0


SMALL_MACS = 3_000_000


@pytest.mark.parametrize("entry", models("core") + models("tap"), ids=lambda e: e["name"])
def test_real_models(entry, kernels, shared_dir):
    cases = 8 if entry.get("macs", 0) <= SMALL_MACS else 2
    assert differing_bytes(kernels, entry, cases) == 0


def test_macs_of_the_mlperf_networks(shared_dir):
    macs = {}
    for entry in models("core"):
        if entry["name"].startswith("mlperf_"):
            graph = read_model(SHARED_MODELS / entry["file"])
            macs[entry["name"]] = sum(op_macs(graph, op) for op in graph.ops)
    assert macs == {
        "mlperf_vww_mbv1": 7_489_664,
        "mlperf_ic_resnet8": 12_501_632,
        "mlperf_kws_dscnn": 2_656_768,
        "mlperf_ad_autoencoder": 264_192,
    }


def test_16_bit_activations_equal_the_reference(shared_dir, kernels, oracle):
    """The shared set has no golden of this model : tflite-runtime 2.14 decides here."""
    path = SHARED_MODELS / "reject" / "conv_i16x8.tflite"
    if not path.is_file():
        pytest.skip("the shared set lacks conv_i16x8")
    graph = read_model(path)
    check_ops(graph, path.name)
    shape = graph.tensors[graph.inputs[0]].shape
    random = np.random.default_rng(0)
    feeds = [(random.integers(-(2**15), 2**15, shape).astype(np.int16),) for _ in range(4)]
    feeds += [(np.full(shape, value, np.int16),) for value in (-(2**15), 0, 2**15 - 1)]
    assert_same_bytes(run_all(kernels, graph, feeds), oracle.run(path.read_bytes(), feeds))
