"""The linked image on emulated cores: results, stack, faults, and what was executed."""

import sys

import numpy as np
import pytest
from conftest_marks import needs_gcc

from edgeflow.emulate.block_counter import slot_names
from edgeflow.emulate.core import CoreRuntime
from edgeflow.emulate.image import load_image
from edgeflow.emulate.program import load_firmware
from edgeflow.errors import BudgetError, BuildError, InternalError, ToolError, UsageError
from edgeflow.target.core import ARM

CORES = ["cortex-m0plus", "cortex-m3", "cortex-m4f", "cortex-m7", "cortex-m33"]
# zig builds the runtime library of a core at its first use, which takes some seconds each.
CORE_CASES = [
    pytest.param(core, marks=[] if core in {"cortex-m0plus", "cortex-m4f"} else pytest.mark.slow)
    for core in CORES
]
COMPILERS = ["zig", pytest.param("gcc", marks=needs_gcc)]
SPINS = 1000


@pytest.mark.parametrize("core", CORE_CASES)
@pytest.mark.parametrize("compiler", COMPILERS)
def test_every_core_computes_the_model(core, compiler, tiny_firmware, tiny_network, tiny_cases, tiny_oracle):
    runtime = CoreRuntime(tiny_firmware(core, compiler), tiny_network)
    result = runtime.execute([tiny_cases])
    assert np.array_equal(result.outputs[0], tiny_oracle(tiny_cases)[1])
    assert result.outputs[0].dtype == np.int8
    assert 24 <= result.stack_bytes <= 256
    assert core.removeprefix("cortex-").upper()[:2] in runtime.title


@pytest.mark.parametrize("compiler", COMPILERS)
def test_blocks_count_a_loop_of_known_length(compiler, tiny_firmware, tiny_network, tiny_cases):
    """``ef_tiny_spin``: ldr, then subs and bne a thousand times, then bx."""
    firmware = tiny_firmware("cortex-m4f", compiler)
    _result, blocks = CoreRuntime(firmware, tiny_network).execute_counted([tiny_cases[:1]])
    start = load_image(load_firmware(firmware).elf, ARM).function("ef_tiny_spin").address
    spin = [b for b in blocks if start <= b.address < start + 10]
    assert {b.slot for b in spin} == {2}
    assert [(b.address - start, b.byte_count, b.executions, b.taken) for b in spin] == [
        (0, 8, 1, 1),  # wide ldr, subs, bne: the bne is taken
        (4, 4, SPINS - 1, SPINS - 2),
        (8, 2, 1, 1),
    ]


def test_counts_are_per_case(tiny_firmware, tiny_network, tiny_cases):
    runtime = CoreRuntime(tiny_firmware(), tiny_network)
    case = tiny_cases[:1]
    once = [b for b in runtime.execute_counted([case])[1] if b.slot]
    twice = [b for b in runtime.execute_counted([np.concatenate([case, case])])[1] if b.slot]
    assert [(b.slot, b.address, 2 * b.executions) for b in once] == [
        (b.slot, b.address, b.executions) for b in twice
    ]


def test_slots_are_operators_then_invoke(tiny_firmware, tiny_network, tiny_cases):
    names = slot_names(tiny_network)
    assert names == {1: "tiny_op00_add", 2: "tiny_op01_fully_connected", 3: "tiny_invoke"}
    firmware = tiny_firmware()
    blocks = CoreRuntime(firmware, tiny_network).execute_counted([tiny_cases[:1]])[1]
    image = load_image(load_firmware(firmware).elf, ARM)
    slots_of = {}
    for name in ("ef_tiny_add", "ef_tiny_fully_connected", "tiny_invoke", "main", "ef_start"):
        symbol = image.function(name)
        inside = range(symbol.address, symbol.address + symbol.byte_count)
        slots_of[name] = {b.slot for b in blocks if b.address in inside}
    assert slots_of == {
        "ef_tiny_add": {1},
        "ef_tiny_fully_connected": {2},
        "tiny_invoke": {3},
        "main": {0},
        "ef_start": {0},
    }


def test_stack_mark_grows_with_the_stack(changed_firmware, tiny_firmware, tiny_network, tiny_cases):
    plain = CoreRuntime(tiny_firmware(), tiny_network).execute([tiny_cases[:1]])
    deep = changed_firmware(FILL.format(1000))
    found = CoreRuntime(deep, tiny_network).execute([tiny_cases[:1]])
    assert 980 <= found.stack_bytes - plain.stack_bytes <= 1040
    assert np.array_equal(found.outputs[0], plain.outputs[0])


FILL = """
    volatile uint8_t room[{}];
    for (unsigned i = 0; i < sizeof room; ++i) {{
        room[i] = 1;
    }}
    ef_tiny_spin();"""


def test_stack_overflow_is_found(changed_firmware, tiny_network, tiny_cases):
    firmware = changed_firmware(FILL.format(4000), ram_bytes=4096)
    with pytest.raises(BudgetError, match="stack grew down into"):
        CoreRuntime(firmware, tiny_network).run([tiny_cases[:1]])


FAULTS = {
    "undefined instruction": (
        '__asm__ volatile("udf #0");',
        r"fault at 0x080\w+ in `tiny_op01_fully_connected`",
    ),
    "no memory there": (
        "*(volatile int *)0x90000000u = 1;",
        r"fault at 0x080\w+ in `tiny_op01_fully_connected`: no access to 0x90000000",
    ),
    "write to flash": ("*(volatile int *)0x08000000u = 1;", r"no access to 0x08000000"),
    "jump into nothing": ("((void (*)(void))0x30000001u)();", r"no access to 0x30000000"),
    "supervisor call": ('__asm__ volatile("svc #0");', r"fault at 0x080\w+ .*exception"),
    "breakpoint": ('__asm__ volatile("bkpt #1");', r"fault at 0x080\w+ .*exception"),
    "unknown semihosting call": (
        '__asm__ volatile("movs r0, #0x7f\\n bkpt #0xab" ::: "r0");',
        "semihosting call 0x7f",
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_fault_is_one_sentence_with_address_and_symbol(name, changed_firmware, tiny_network, tiny_cases):
    code, expected = FAULTS[name]
    with pytest.raises(InternalError, match=expected):
        CoreRuntime(changed_firmware(code), tiny_network).run([tiny_cases[:1]])


def test_program_without_end_is_stopped(changed_firmware, tiny_network, tiny_cases):
    firmware = changed_firmware("for (volatile int i = 0;; ++i) { }")
    with pytest.raises(BudgetError, match=r"still running at .* in `tiny_op01_fully_connected`"):
        CoreRuntime(firmware, tiny_network, blocks_per_case=100_000).run([tiny_cases[:1]])


def test_refusing_invoke_is_said(changed_firmware, tiny_network, tiny_cases):
    firmware = changed_firmware(
        "arena == NULL || *(volatile uint8_t *)arena != 77 ||", old="arena == NULL ||"
    )
    with pytest.raises(InternalError, match="refused its arena"):
        CoreRuntime(firmware, tiny_network).run([tiny_cases[:1]])


def test_core_that_unicorn_lacks(tiny_firmware, tiny_network):
    with pytest.raises(ToolError, match="Cortex-M55") as raised:
        CoreRuntime(tiny_firmware("cortex-m55"), tiny_network)
    assert "qemu" in raised.value.hint


def test_missing_unicorn_says_what_to_install(tiny_firmware, tiny_network, monkeypatch):
    monkeypatch.setitem(sys.modules, "unicorn", None)
    with pytest.raises(ToolError) as raised:
        CoreRuntime(tiny_firmware(), tiny_network)
    assert raised.value.hint == "pip install 'edgeflow[emulator]'"


def test_wrong_arrays_are_refused(tiny_firmware, tiny_network, tiny_cases):
    with pytest.raises(UsageError, match=r"`in0` \(`x`\) must be int8 of shape \[cases, 1, 8\]; it is uint8"):
        CoreRuntime(tiny_firmware(), tiny_network).run([tiny_cases.view(np.uint8)])


def test_image_that_is_none(tmp_path):
    with pytest.raises(BuildError, match="no firmware"):
        load_firmware(tmp_path)
    (tmp_path / "a.elf").write_text("text")
    with pytest.raises(BuildError, match="not an ELF file"):
        load_image(tmp_path / "a.elf", ARM)
    with pytest.raises(BuildError, match="no image"):
        load_image(tmp_path / "b.elf", ARM)
