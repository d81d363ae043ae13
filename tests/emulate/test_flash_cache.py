"""Caches in front of the flash: the C against a few lines of Python, then on emulated cores."""

import ctypes
from collections import OrderedDict

import msgspec
import numpy as np
import pytest
from conftest_marks import needs_gcc

from edgeflow.artifact import read_json
from edgeflow.codegen.stage import run as generate
from edgeflow.emulate.block_counter import COUNTER_SOURCES
from edgeflow.emulate.cases import seeded_cases
from edgeflow.emulate.core import CoreRuntime
from edgeflow.emulate.flash_cache import FlashCache, flash_cache
from edgeflow.emulate.image import load_image
from edgeflow.emulate.native import NO_C_LIBRARY, build_tool
from edgeflow.emulate.network import load_network
from edgeflow.emulate.program import load_firmware
from edgeflow.errors import InternalError
from edgeflow.firmware.stage import run as build
from edgeflow.target.core import ARM
from edgeflow.target.descriptor import load_target
from edgeflow.target.microcontroller import FlashTiming

START, BYTES, LINE = 0x0800_0000, 4096, 8
COMPILERS = ["zig", pytest.param("gcc", marks=needs_gcc)]
# No line is ever replaced, so that each is read once.
BOUNDLESS = FlashTiming(5, line_bytes=8, instruction_cache_bytes=1 << 18, data_cache_bytes=1 << 18)


class Lru:
    """Lines in order of use."""

    def __init__(self, entries):
        self.lines, self.entries = OrderedDict(), entries

    def use(self, line):
        is_miss = line not in self.lines
        self.lines[line] = True
        self.lines.move_to_end(line)
        while len(self.lines) > self.entries:
            self.lines.popitem(last=False)
        return is_miss


@pytest.fixture(scope="module")
def misses():
    """``misses(flash, address, byte_count, data=False)`` of the C."""
    library = ctypes.CDLL(str(build_tool(COUNTER_SOURCES, NO_C_LIBRARY)))

    def ask(flash, address, byte_count, *, data=False):
        cache = flash.state.data if data else flash.state.instructions
        numbers = (ctypes.c_uint32(address), ctypes.c_uint32(byte_count))
        return library.ef_cache_misses(ctypes.byref(flash.state), cache, *numbers)

    return ask


@pytest.mark.parametrize("entries", [1, 2, 3, 16, 128])
@pytest.mark.parametrize("seed", range(3))
def test_the_line_used_longest_ago_goes_first(misses, entries, seed):
    flash = FlashCache((START, START + BYTES), LINE, entries * LINE, 0, 1)
    oracle = Lru(entries)
    random = np.random.default_rng(seed)
    places = np.abs(random.normal(0, 60 * entries, 3000)).astype(int) % (BYTES - 64)
    for offset, count in zip(places, random.integers(1, 40, 3000), strict=True):
        lines = range(offset // LINE, (offset + count - 1) // LINE + 1)
        assert misses(flash, START + int(offset), int(count)) == sum(oracle.use(line) for line in lines)


def test_without_entries_every_line_is_a_miss(misses):
    flash = FlashCache((START, START + BYTES), LINE, LINE, 0, 1)
    assert [misses(flash, START + 6, 4, data=True) for _ in range(2)] == [2, 2]
    assert [misses(flash, START, 4) for _ in range(2)] == [1, 0]


def test_one_cache_for_both_and_two_for_each(misses):
    one = FlashCache((START, START + BYTES), LINE, 64, None, 1)
    two = FlashCache((START, START + BYTES), LINE, 64, 64, 1)
    for flash, second in ((one, 0), (two, 1)):
        assert misses(flash, START + 16, 4) == 1
        assert misses(flash, START + 16, 4, data=True) == second


@pytest.mark.parametrize(
    ("address", "count"),
    [(START - 8, 8), (START + BYTES, 4), (START + BYTES - 4, 8), (0x2000_0000, 4), (START, 0)],
)
def test_what_lies_outside_the_flash_counts_for_nothing(misses, address, count):
    assert misses(FlashCache((START, START + BYTES), LINE, 64, 64, 1), address, count) == 0


def test_a_cache_of_too_many_lines_is_refused():
    with pytest.raises(InternalError, match="too many lines"):
        FlashCache((START, START + BYTES), LINE, 1 << 20, 0, 1)


def run(firmware, network, case, flash):
    runtime = CoreRuntime(firmware, network, flash=flash)
    result, blocks = runtime.execute_counted([case])
    return result, blocks, runtime.misses


@pytest.mark.parametrize("compiler", COMPILERS)
def test_caches_change_nothing_else_and_see_each_line_once(compiler, tiny_firmware, tiny_network, tiny_cases):
    firmware = tiny_firmware("cortex-m4f", compiler)
    plain, blocks, without = run(firmware, tiny_network, tiny_cases[:1], None)
    result, same, found = run(firmware, tiny_network, tiny_cases[:1], BOUNDLESS)
    assert without is None
    assert same == blocks
    assert result.stack_bytes == plain.stack_bytes
    assert np.array_equal(result.outputs[0], plain.outputs[0])
    ran = {line for b in blocks for line in range(b.address // 8, (b.address + b.byte_count - 1) // 8 + 1)}
    assert sum(slot.instructions for slot in found) == len(ran)
    image = load_image(load_firmware(firmware).elf, ARM)
    assert 0 < sum(slot.data for slot in found) <= sum(len(data) for _, data in image.segments) / 8 + 2


def test_weights_are_read_from_flash_by_their_operator(tiny_firmware, tiny_network, tiny_cases):
    """Without a cache each read waits: the dense layer has 32 weights and 4 biases, ADD has none."""
    uncached = msgspec.structs.replace(BOUNDLESS, data_cache_bytes=0)
    _, _, found = run(tiny_firmware(), tiny_network, tiny_cases[:1], uncached)
    assert found[2].data >= 4 + 32 / 4
    assert found[1].data < 4


def test_only_a_descriptor_that_says_all_is_simulated(tiny_firmware):
    image = load_image(load_firmware(tiny_firmware()).elf, ARM)
    unified = FlashTiming(4, line_bytes=16, unified_cache_bytes=8192)
    assert flash_cache(image, unified, 4).state.line_bytes == 16
    for key, value in (("line_bytes", None), ("data_cache_bytes", None), ("wait_states", 0)):
        assert flash_cache(image, msgspec.structs.replace(BOUNDLESS, **{key: value}), 4) is None
    assert flash_cache(image, None, 4) is None


@pytest.mark.slow
@pytest.mark.parametrize("compiler", COMPILERS)
def test_reads_of_flash_inside_it_blocks_change_nothing(compiler, shared_dir, tmp_path):
    """The hook on reads is limited to the flash: on all memory unicorn would corrupt IT blocks."""
    target = load_target("nucleo-l4r5zi")
    generate(shared_dir / "models/models/mlperf_kws_dscnn.tflite", tmp_path / "codegen", name="kws")
    build(tmp_path / "codegen", tmp_path / "firmware", target=target, compiler=compiler)
    network = load_network(tmp_path / "codegen")
    case = seeded_cases(read_json(tmp_path / "codegen" / "network.json"), 4)[0][3:]
    plain, blocks, _ = run(tmp_path / "firmware", network, case, None)
    result, same, found = run(tmp_path / "firmware", network, case, target.flash_timing)
    assert same == blocks
    assert np.array_equal(result.outputs[0], plain.outputs[0])
    assert sum(slot.data for slot in found) > 10_000
