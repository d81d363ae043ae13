"""The cycle model against hand counts of short sequences, assembled by a real assembler."""

import pytest

from edgeflow.errors import InternalError
from edgeflow.profile.classify import KINDS, UNKNOWN, Decoder, kind_of
from edgeflow.profile.cycles import CORE_MODELS, block_cycles, cycles_by_slot
from edgeflow.profile.image import read_image
from edgeflow.profile.instructions import Block, instruction_count, instructions_by_slot

CORES = ("cortex-m0plus", "cortex-m3", "cortex-m4f", "cortex-m33", "cortex-m7")
NO = None  # the core lacks the instruction

# name: (assembly, cycles of one pass on each of CORES with no branch taken), counted by hand from the
# reference manuals' tables: M0+ loads and stores 2; M3 and M4 loads 2, or 1 behind a load; M33 and M7
# results of loads and multiplications one cycle late; M7 two instructions a cycle.
SEQUENCES = {
    "dependent additions": ("adds r0, r0, r1; adds r0, r0, r1; adds r0, r0, r1", (3, 3, 3, 3, 3)),
    "independent additions": ("adds r0, #1; adds r1, #1; adds r2, #1; adds r3, #1", (4, 4, 4, 4, 2)),
    "odd one out": ("adds r0, r0, #1; adds r1, r1, #1; adds r2, r2, #1", (3, 3, 3, 3, 2)),
    "three loads": ("ldr r0, [r4]; ldr r1, [r5]; ldr r2, [r6]", (6, 4, 4, 3, 2)),
    "load and use": ("ldr r0, [r4]; adds r0, r0, #1", (3, 3, 3, 3, 3)),
    "load, addition, load": ("ldr r0, [r4]; adds r5, r5, #1; ldr r1, [r6]", (5, 5, 5, 3, 2)),
    "store then load": ("str r0, [r1]; ldr r2, [r3]", (4, 3, 3, 2, 1)),
    "two stores": ("strb r0, [r1]; strb r2, [r3]", (4, 2, 2, 2, 2)),
    "post-indexed loads": ("ldr r0, [r1], #4; ldr r2, [r1], #4", (NO, 3, 3, 2, 2)),
    "byte load and use": ("ldrsb.w r0, [r4]; add.w r1, r0, r2", (NO, 3, 3, 3, 3)),
    "multiply and use": ("muls r0, r1, r0; adds r0, r0, #1", (2, 2, 2, 3, 3)),
    "multiply and add": ("mla r0, r1, r2, r3", (NO, 2, 1, 1, 1)),
    "long products in one accumulator": ("smull r0, r1, r2, r3; smlal r0, r1, r2, r3", (NO, 10, 2, 3, 3)),
    "dot product, one accumulator": ("smlad r0, r1, r2, r0; smlad r0, r3, r4, r0", (NO, NO, 2, 3, 3)),
    "dot product, two accumulators": ("smlad r0, r1, r2, r0; smlad r5, r3, r4, r5", (NO, NO, 2, 2, 2)),
    "two expansions": ("sxtb16 r0, r1; sxtb16 r2, r3, ror #8", (NO, NO, 2, 2, 2)),
    "expansion beside addition": ("sxtb16 r0, r1; adds r2, r2, #1", (NO, NO, 2, 2, 1)),
    "pack waits for its second operand": ("ldr r2, [r4]; pkhbt r0, r1, r2", (NO, NO, 3, 3, 3)),
    "saturation waits for its operand": ("ldr r2, [r4]; ssat r0, #8, r2", (NO, 3, 3, 3, 3)),
    "push of five": ("push {r4, r5, r6, r7, lr}", (6, 6, 6, 5, 3)),
    "addition then push": ("adds r0, r0, #1; push {r4, r5}", (4, 4, 4, 3, 2)),
    "push of one": ("push {lr}", (2, 2, 2, 2, 1)),
    "pop of five into a jump": ("pop {r4, r5, r6, r7, pc}", (7, 6, 6, 5, 3)),
    "load multiple of three": ("ldmia r0!, {r1, r2, r3}", (4, 4, 4, 3, 2)),
    "pairs": ("ldrd r0, r1, [r2]; strd r4, r5, [r6]", (NO, 6, 6, 4, 2)),
    "division": ("sdiv r0, r1, r2", (NO, 7, 7, 6, 8)),
    "end of a loop": ("subs r0, r0, #1; bne 1b", (2, 2, 2, 2, 1)),
    "call": ("bl 1b", (2, 1, 1, 1, 1)),
    "conditional pair": ("itt eq; addeq r0, r0, #1; addeq r1, r1, #1", (NO, 3, 3, 3, 1)),
    "float multiply and add": ("vldr s0, [r0]; vadd.f32 s1, s0, s2; vmla.f32 s3, s1, s1", (NO, NO, 6, 6, 6)),
    "float division": ("vdiv.f32 s0, s1, s2", (NO, NO, 14, 14, 14)),
    "float registers saved": ("vpush {s16, s17, s18, s19}", (NO, NO, 5, 5, 5)),
    "table branch": ("tbb [pc, r0]", (NO, 2, 2, 2, 2)),
}  # fmt: skip

# name: what a taken branch makes of the sequence, in all: M0+ 2 (call 3, pop 3 + N), M3, M4 and M33 3, M7 2.
TAKEN = {
    "end of a loop": (3, 4, 4, 4, 2),
    "call": (3, 3, 3, 3, 2),
    "pop of five into a jump": (8, 8, 8, 7, 4),
}


@pytest.fixture(scope="module")
def sequences(link, tmp_path_factory):
    """The image of all sequences, each a symbol, and where each lies."""
    lines = [".syntax unified", ".thumb", ".text", ".global Reset_Handler", "Reset_Handler:"]
    for number, (text, _) in enumerate(SEQUENCES.values()):
        name = f"case_{number}"
        lines += [f".type {name}, %function", f"{name}:", "1:", *text.split("; "), f".size {name}, .-{name}"]
    source = tmp_path_factory.mktemp("sequences") / "sequences.s"
    source.write_text("\n".join(lines) + "\n")
    image = read_image(link("zig", source))
    spans = {symbol.name: (symbol.address, symbol.byte_count) for symbol in image.symbols}
    return image, {name: spans[f"case_{number}"] for number, name in enumerate(SEQUENCES)}


@pytest.mark.parametrize("name", SEQUENCES)
def test_sequence_costs_what_the_manual_says(name, sequences):
    image, spans = sequences
    address, byte_count = spans[name]
    instructions = Decoder().decode(image.code(address, byte_count), address)
    found = tuple(
        block_cycles(instructions, CORE_MODELS[core]) if expected is not NO else NO
        for core, expected in zip(CORES, SEQUENCES[name][1], strict=True)
    )
    assert found == SEQUENCES[name][1]


@pytest.mark.parametrize("name", TAKEN)
@pytest.mark.parametrize("core", CORES)
def test_taken_branch_refills_the_pipeline(name, core, sequences):
    image, spans = sequences
    blocks = [Block(3, *spans[name], executions=10, taken=9)]
    once, with_branch = (row[CORES.index(core)] for row in (SEQUENCES[name][1], TAKEN[name]))
    estimate = cycles_by_slot(image, blocks, CORE_MODELS[core])
    assert estimate.by_slot == {3: once + 9 * with_branch}
    assert estimate.unknown == ()


@pytest.mark.parametrize("name", SEQUENCES)
def test_instructions_are_those_of_the_source(name, sequences):
    image, spans = sequences
    count = len(SEQUENCES[name][0].split("; "))
    assert instruction_count(image.code(*spans[name]), "EM_ARM") == count
    assert instructions_by_slot(image, [Block(0, *spans[name], 7, 0)]) == {0: 7 * count}


def test_blocks_add_up_by_slot(sequences):
    image, spans = sequences
    blocks = [
        Block(0, *spans["two stores"], executions=5, taken=5),
        Block(1, *spans["end of a loop"], executions=100, taken=99),
        Block(1, *spans["three loads"], executions=2, taken=0),
        Block(2, *spans["end of a loop"], executions=1, taken=0),
    ]
    assert instructions_by_slot(image, blocks) == {0: 10, 1: 206, 2: 2}
    by_slot = cycles_by_slot(image, blocks, CORE_MODELS["cortex-m4f"]).by_slot
    assert by_slot == {0: 5 * 2 + 5 * 2, 1: 100 * 2 + 99 * 2 + 2 * 4, 2: 2}


def test_what_the_model_does_not_know_is_named_and_costs_one_cycle(sequences):
    image, spans = sequences
    blocks = [Block(0, *spans["division"], 4, 0), Block(0, *spans["float division"], 2, 0)]
    estimate = cycles_by_slot(image, blocks, CORE_MODELS["cortex-m0plus"])
    assert estimate.unknown == ("sdiv", "vdiv")
    assert estimate.by_slot == {0: 6}


def test_encodings_that_the_disassembler_lacks_still_count():
    # A vector addition of the M55 (VADD.I16 Q0, Q0, Q1), then a 16-bit ADDS.
    code = bytes.fromhex("10ef4208401c")
    decoded = Decoder().decode(code, 0x100)
    assert [i.kind for i in decoded][-1] == "alu"
    assert len(decoded) == instruction_count(code, "EM_ARM") == 2


def test_instructions_of_riscv_have_two_or_four_bytes():
    """lui, c.addi, c.beqz, mulh: a low byte with both lowest bits set begins four bytes."""
    code = bytes.fromhex("37450002 0505 01c1 33158502")
    assert instruction_count(code, "EM_RISCV") == 4
    with pytest.raises(InternalError, match="within an instruction"):
        instruction_count(code[:-2], "EM_RISCV")


NAMES = {
    "movs": "alu",
    "movw": "alu", "uxtab": "alu", "ubfx": "alu", "qdadd": "alu", "uxtab16": "simd", "pkhtb": "simd",
    "uqsub8": "simd", "usada8": "simd", "smlabb": "dsp_multiply", "smmulr": "dsp_multiply",
    "smlald": "dsp_multiply", "smlal": "long_multiply_add", "umull": "long_multiply", "ldrex": "load",
    "ldrd": "load_pair", "ldmdb": "load_multiple", "strh": "store", "cbnz": "branch", "blx": "call",
    "vfma": "float_multiply_add", "vsqrt": "float_divide", "vldmia": "float_load_multiple",
    "vcvtr": "float", "bkpt": "system", "nop": "nothing", "vmladava": UNKNOWN, "sha256h": UNKNOWN,
}  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_row_of_an_instruction(name):
    assert kind_of(name) == NAMES[name]


def test_full_cores_have_a_cost_for_every_row():
    for core in ("cortex-m4f", "cortex-m33", "cortex-m7"):
        assert set(CORE_MODELS[core].costs) == set(KINDS)


def test_cores_without_a_published_table_have_no_model():
    assert "cortex-m55" not in CORE_MODELS
    assert "single-cycle multiplier" in CORE_MODELS["cortex-m0plus"].assumption
