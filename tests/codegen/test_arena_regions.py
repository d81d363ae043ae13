"""An arena cut over memory regions: the C compiles strictly and computes the same bytes."""

import ctypes
from dataclasses import replace

import numpy as np
import pytest
from c_build import COMPILERS, GXX, Library, aligned, compile_strictly, run_tool
from probe_model import compiled, probe_values, two_probes, write_c

from edgeflow.artifact import read_json
from edgeflow.codegen.network import network_json
from edgeflow.codegen.options import CodegenOptions, parse_regions
from edgeflow.codegen.stage import run
from edgeflow.errors import BudgetError, UsageError

VALUES = np.array([-128, -5, 0, 1, 2, 90, 120, 127], dtype=np.int8)
# name: regions of which none holds the arena alone
STATEFUL = "mww_vad_stateful__tap"
MODELS = {"mlperf_ic_resnet8": (17_000, 17_000), STATEFUL: (1024, 1024)}


def split_program(static_arena=False):
    """Two probes: the scratch fills the first region, the tensors lie in the second."""
    program = compiled(*two_probes(), regions=(32, 16))
    assert program.arena_parts == (32, 16)
    return replace(program, static_arena=static_arena)


@pytest.mark.parametrize("compiler", COMPILERS)
@pytest.mark.parametrize("static_arena", [False, True])
def test_compiles_without_a_warning(compiler, static_arena, tmp_path):
    if COMPILERS[compiler][0] is None:
        pytest.skip(f"{compiler} is not installed")
    write_c(split_program(static_arena), tmp_path)
    compile_strictly(tmp_path, compiler, '-DDIGITS_ARENA1_ATTRIBUTE=__attribute__((section(".dtcm")))')


@pytest.mark.skipif(GXX is None, reason="g++ is not installed")
def test_header_is_valid_cpp(tmp_path):
    write_c(split_program(static_arena=True), tmp_path)
    (tmp_path / "use.cpp").write_text(
        '#include "model.h"\n'
        "static unsigned char first[DIGITS_ARENA0_BYTES], second[DIGITS_ARENA1_BYTES];\n"
        "static void *const arenas[DIGITS_ARENA_COUNT] = {first, second};\n"
        "int use(); int use() { return digits_invoke(arenas) + digits_invoke(digits_arenas); }\n"
    )
    run_tool([GXX, "-std=c++98", "-Wall", "-Wextra", "-Werror", "-c", "use.cpp", "-o", "use.o"], tmp_path)


def test_both_parts_hold_what_the_operators_need(tmp_path):
    program = split_program()
    network = Library(write_c(program, tmp_path), network_json(program), program.arena_parts)
    middle = probe_values(VALUES)
    expected = probe_values(middle, first=20, bias=False, offset=-100)
    assert network.invoke(VALUES)[0].tobytes() == expected.tobytes()
    assert network.traced == {2: middle.tobytes(), 3: middle.tobytes(), 5: expected.tobytes()}


def test_a_part_that_is_absent_or_misaligned_is_refused(tmp_path):
    program = split_program()
    network = Library(write_c(program, tmp_path), network_json(program), program.arena_parts)
    good = [aligned(size + 16).ctypes.data for size in program.arena_parts]
    for bad in (None, good[1] + 4):
        arenas = (ctypes.c_void_p * 2)(good[0], bad)
        assert network.function("invoke")(arenas) == -1
        assert network.function("input")(arenas, 0) is None
        assert network.function("output")(arenas, 0) is None
    assert network.function("invoke")(None) == -1


def generated(name, folder, shared_dir, regions=()):
    model = shared_dir / "models" / "models" / f"{name}.tflite"
    if not model.is_file():
        model = next((shared_dir / "models").rglob(f"{name}.tflite"))
    run(model, folder, name=name, options=CodegenOptions(regions=regions))
    plan, network = read_json(folder / "memory_plan.json"), read_json(folder / "network.json")
    return Library(folder / "c", network, [region["used_bytes"] for region in plan["regions"]]), plan, network


@pytest.mark.parametrize("name", [pytest.param("mlperf_ic_resnet8", marks=pytest.mark.slow), STATEFUL])
def test_a_network_over_two_regions_gives_the_same_bytes(name, shared_dir, tmp_path):
    regions = MODELS[name]
    split, plan, network = generated(name, tmp_path / "split", shared_dir, regions)
    whole, plan_of_one, _ = generated(name, tmp_path / "whole", shared_dir)
    parts = [{"region": r["index"], "byte_count": r["used_bytes"]} for r in plan["regions"]]
    assert network["arena_parts"] == parts
    assert [part["region"] for part in parts] == [0, 1]
    assert plan_of_one["arena_bytes"] > max(regions)
    random = np.random.default_rng(3)
    for case in range(4):
        inputs = [
            random.integers(-128, 128, port["shape"]).astype(port["dtype"]) for port in network["inputs"]
        ]
        keep_state = bool(network["variables"]) and case > 1
        results = [library.invoke(*inputs, keep_state=keep_state) for library in (split, whole)]
        assert [a.tobytes() for a in results[0]] == [b.tobytes() for b in results[1]]
        assert split.traced == whole.traced


def test_regions_that_hold_too_little_leave_nothing(shared_dir, tmp_path):
    with pytest.raises(BudgetError, match=r"needs 18,944 bytes at STRIPES #3 .* regions of 1,024 bytes"):
        generated("mlperf_ic_resnet8", tmp_path, shared_dir, (1024,))
    assert not list(tmp_path.iterdir())


def test_sizes_of_regions():
    assert parse_regions(["128KiB", "1 MiB", "500", "7B"]) == (131_072, 1_048_576, 500, 7)
    for text in ("128k", "0", "KiB", "-1", "1.5MiB"):
        with pytest.raises(UsageError, match="is no size of a memory region"):
            parse_regions([text])
