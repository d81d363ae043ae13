"""``network.json``, the TFLite Micro form, and which kernel files travel along."""

import json
import subprocess

import pytest
from c_build import GXX, ZIG, build_environment, run_tool
from probe_model import KERNELS, SHA, compiled, two_probes

from edgeflow.codegen.kernels import kernel_files
from edgeflow.codegen.network import Work, _input_shape, network_json
from edgeflow.codegen.tflm import model_data
from edgeflow.errors import InternalError, UsageError
from edgeflow.ir.graph import Op
from edgeflow.ops.spec import KernelCall
from edgeflow.resources import kernels_dir
from edgeflow.tflm.arena import ArenaNeed
from edgeflow.tflm.confirm import Measurement
from edgeflow.tflm.estimate import ArenaEstimate, MachineNeed


def test_network_json():
    network = network_json(compiled(*two_probes()), Work(1000, 99))
    assert json.loads(json.dumps(network)) == network
    assert (network["model"], network["source_sha256"], network["arena_bytes"]) == ("digits", SHA, 48)
    assert (network["macs"], network["dense_macs"]) == (0, 1000)  # ADD multiplies no weights
    assert (network["channels"], network["dense_channels"]) == (8 + 4 + 4, 99)
    assert network["inputs"] == [
        {
            "tensor_id": 0,
            "name": "in",
            "shape": [1, 8],
            "dtype": "int8",
            "scale": 0.5,
            "zero_point": -3,
            "byte_count": 8,
        }
    ]
    assert network["outputs"][0]["shape"] == [2, 4]
    first, reshape, last = network["operators"]
    assert first == {
        "index": 0,
        "kind": "ADD",
        "function": "digits_op00_add",
        "kernel": "ef_probe_int8",
        "label": "ADD #0 (`t2`)",
        "absorbed": [],
        "outputs": [2],
        "macs": 10,
        "recomputed_macs": 0,
        "weights_bytes": 8 + 32 + 6,
        "input_shape": [1, 8],
        "output_shape": [1, 8],
        "input_bytes": 8,
        "constant_bytes": 8 + 32 + 6,
        "output_bytes": 8,
    }
    assert (reshape["function"], reshape["kernel"], reshape["weights_bytes"]) == (None, None, 0)
    assert last["function"] == "digits_op03_add"


def test_shared_arrays_count_for_the_first_operator():
    program = compiled(*two_probes())
    operators = network_json(program)["operators"]
    assert [op["weights_bytes"] for op in operators] == [46, 0, 8]
    assert [op["constant_bytes"] for op in operators] == [46, 0, 8 + 6]  # the table is the first one's
    assert [op["output_bytes"] for op in operators] == [8, 0, 8]  # the second is in place
    assert sum(array.values.nbytes for array in program.arrays) == 54


@pytest.mark.parametrize(("inputs", "shape"), [((1, 0), [1, 8]), ((None, 1, 3), [2, 4]), ((1,), [8])])
def test_input_shape_is_of_the_first_activation(inputs, shape):
    """Some operators take constants first: SPLIT its axis, TRANSPOSE_CONV its output shape."""
    graph = two_probes()[0]
    assert _input_shape(graph, Op(0, "SPLIT", 1, inputs, (5,))) == shape


FLATBUFFER = bytes(range(256)) * 3 + b"TFL3"


@pytest.mark.parametrize(
    ("symbol", "array", "size"),
    [
        (None, "g_my_net_model_data", "g_my_net_model_data_size"),
        ("g_model", "g_model", "g_model_len"),
    ],
)
def test_tflm_array_compiles_and_holds_the_file(symbol, array, size, tmp_path):
    files = model_data(FLATBUFFER, name="my-net", symbol=symbol)
    assert list(files) == ["my_net_model_data.cc", "my_net_model_data.h"]
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    (tmp_path / "main.cc").write_text(
        '#include "my_net_model_data.h"\n#include <cstdint>\n#include <cstdio>\n'
        f"int main() {{ if (reinterpret_cast<std::uintptr_t>({array}) % 16) return 1;\n"
        f"std::fwrite({array}, 1, static_cast<unsigned>({size}), stdout); return 0; }}\n"
    )
    compiler = [GXX] if GXX else [*ZIG[:-1], "c++"]
    flags = ["-std=c++17", "-Wall", "-Wextra", "-Wpedantic", "-Werror"]
    command = [*compiler, *flags, "main.cc", "my_net_model_data.cc", "-o", "main"]
    subprocess.run(command, cwd=tmp_path, check=True, env=build_environment())
    assert subprocess.run([tmp_path / "main"], capture_output=True, check=True).stdout == FLATBUFFER


NEED = ArenaNeed(head_bytes=48, tail_bytes=1500, temporary_bytes=600, arena_bytes=2112)


def test_the_header_gives_the_arena_of_the_machine_that_compiles_it(tmp_path):
    sizes = {"reference": 128, "cmsis_nn": 256, "cmsis_nn_mve": 512, "host": 1024}
    machines = tuple(MachineNeed(name, f"title of {name}", NEED, margin) for name, margin in sizes.items())
    measured = Measurement("tflite_micro 0.1", 1936, 32, 1472, 1936)
    arena = ArenaEstimate(machines, "", ("BATCH_MATMUL",), measured)
    header = model_data(FLATBUFFER, name="x", arena=arena)["x_model_data.h"]
    assert "title of host 48 1500 600 2112 1024" in " ".join(header.split())
    assert "by tflite_micro 0.1: " in header
    assert "further buffers of BATCH_MATMUL are not counted" in header
    (tmp_path / "x_model_data.h").write_text(header)
    targets = {
        "x86_64-linux": 2112 + 1024,
        "thumb-freestanding-eabihf -mcpu=cortex_m4": 2112 + 256,
        "thumb-freestanding-eabihf -mcpu=cortex_m55+mve_fp": 2112 + 512,
    }
    for target, expected in targets.items():
        (tmp_path / "main.cc").write_text(
            f'#include "x_model_data.h"\nstatic_assert(kTensorArenaSize == {expected}, "arena");\n'
        )
        command = [*ZIG[:-1], "c++", "-std=c++17", "-target", *target.split(), "-c", "main.cc"]
        run_tool(command, tmp_path)


def test_the_header_says_why_the_arena_is_not_known():
    header = model_data(FLATBUFFER, name="x", arena=ArenaEstimate((), "GELU is unknown"))["x_model_data.h"]
    assert "// No kTensorArenaSize: GELU is unknown." in header
    assert "constexpr" not in header


@pytest.mark.parametrize("symbol", ["9lives", "a-b", "class", ""])
def test_a_symbol_that_is_no_identifier_is_refused(symbol):
    with pytest.raises(UsageError, match="no C identifier"):
        model_data(FLATBUFFER, name="x", symbol=symbol)


def test_kernels_come_with_the_headers_they_include():
    calls = [KernelCall("ef_probe_int8", "ef_probe.h", ()), KernelCall("ef_probe_int8", "ef_probe.h", ())]
    assert list(kernel_files(calls, KERNELS)) == ["ef_probe.h", "ef_probe_int8.c", "ef_probe_types.h"]


def test_a_header_brings_its_own_source():
    files = kernel_files([KernelCall("ef_probe_int8", "ef_copy.h", ())], KERNELS)
    assert "ef_copy.c" in files
    assert files["ef_copy.c"] == (KERNELS / "src" / "ef_copy.c").read_bytes()


def test_a_called_source_comes_too():
    """A kernel that ends in another operator's: its header has another stem."""
    files = kernel_files([KernelCall("ef_pointwise_s8_dsp", "ef_pointwise_s8_dsp.h", ())], kernels_dir())
    assert "ef_conv_2d_s8_dsp.c" in files


def test_no_call_needs_no_kernel():
    assert kernel_files([], KERNELS) == {}


@pytest.mark.parametrize(
    ("content", "missing"),
    [('#include "absent.h"\n', "absent.h"), ('#  include "../x/y.h"\n', "../x/y.h")],
)
def test_an_include_that_cannot_be_flattened_is_a_defect(content, missing, tmp_path):
    (tmp_path / "include").mkdir()
    (tmp_path / "src").mkdir()
    (tmp_path / "include" / "k.h").write_text(content)
    (tmp_path / "src" / "k.c").write_text('#include "k.h"\n')
    with pytest.raises(InternalError, match=missing):
        kernel_files([KernelCall("k", "k.h", ())], tmp_path)
