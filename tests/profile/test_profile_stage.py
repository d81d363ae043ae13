"""The stage on a linked image with a recorded run: figures add up, strangers are refused."""

import json
import shutil

import msgspec
import pytest

from edgeflow.artifact import read_json, sha256_file, write_json
from edgeflow.errors import InternalError
from edgeflow.profile.classify import Decoder
from edgeflow.profile.image import read_image
from edgeflow.profile.stage import run
from edgeflow.target.descriptor import load_target
from edgeflow.target.microcontroller import FlashTiming

MOVED = ("input_bytes", "constant_bytes", "output_bytes")
OPERATOR = {
    "index": 0,
    "kind": "CONV_2D",
    "function": "digits_op00_conv_2d",
    "label": "CONV_2D #0 (`out`)",
    "absorbed": ["PAD #3"],
    "macs": 4000,
    "recomputed_macs": 300,
    "weights_bytes": 220,
    "input_bytes": 500,
    "constant_bytes": 240,
    "output_bytes": 100,
}
IN_PLACE = dict.fromkeys(("macs", "recomputed_macs", "weights_bytes", *MOVED), 0)
ALIAS = OPERATOR | {"index": 1, "kind": "RESHAPE", "function": None} | IN_PLACE
STACK = 152


def first_block(image, function):
    """Address and length of a function's code up to its first branch, and its instruction count."""
    symbol = next(s for s in image.symbols if s.name == function)
    code = image.code(symbol.address, symbol.byte_count)
    count = length = 0
    for instruction in Decoder().decode(code, symbol.address):
        if instruction.kind == "branch":
            break
        count += 1
        length += 4 if code[length + 1] >> 3 in {29, 30, 31} else 2
    assert count > 0
    return symbol.address, length, count


@pytest.fixture
def folders(link, compiler, tmp_path):
    elf = tmp_path / "firmware" / "firmware" / "digits.elf"
    elf.parent.mkdir(parents=True)
    shutil.copy(link(compiler, "sizes.c"), elf)
    write_json(
        tmp_path / "firmware" / "build.json",
        {"schema": 1, "compiler": compiler, "elf": "firmware/digits.elf"},
    )
    parts = [{"region": 0, "byte_count": 2048}]
    network = {
        "model": "digits",
        "source_sha256": "0" * 64,
        "operators": [OPERATOR, ALIAS],
        "dense_macs": 5000,
        "recomputed_macs": 300,
        "arena_parts": parts,
    }
    write_json(tmp_path / "codegen" / "network.json", network)
    plan = {"arena_bytes": 2048, "lower_bound_bytes": 2000, "live_bytes": [1800, 300]}
    write_json(tmp_path / "codegen" / "memory_plan.json", plan)
    image = read_image(elf)
    inside, outside = first_block(image, OPERATOR["function"]), first_block(image, "Reset_Handler")
    execution = {
        "schema": 2,
        "emulator": "unicorn",
        "misses": None,
        "elf_sha256": sha256_file(elf),
        "stack_bytes": STACK,
        "slots": [{"slot": 1, "function": OPERATOR["function"]}, {"slot": 2, "function": "digits_invoke"}],
        "blocks": [[0, *outside[:2], 1000, 0], [1, *inside[:2], 50, 49], [2, *outside[:2], 1, 1]],
    }
    write_json(tmp_path / "execution.json", execution)
    return tmp_path, inside[2], outside[2]


def profile(folder, target="cortex-m", execution="execution.json"):
    recorded = folder / execution if execution else None
    run(folder / "codegen", folder / "firmware", recorded, folder / "out", target=load_target(target))
    return read_json(folder / "out" / "profile.json")


def test_totals_add_up(folders, compiler):
    folder, inside, outside = folders
    result = profile(folder)
    totals = result["totals"]
    assert (result["schema"], result["target"], result["compiler"]) == (2, "cortex-m", compiler)
    assert result["elf"] == "firmware/digits.elf"
    assert totals["flash_bytes"] == totals["code_bytes"] + totals["weights_bytes"]
    assert totals["ram_bytes"] == totals["arena_bytes"] + totals["static_bytes"] + totals["stack_bytes"]
    assert (totals["arena_bytes"], totals["arena_lower_bound_bytes"]) == (2048, 2000)
    assert (totals["weights_bytes"], totals["stack_bytes"], totals["macs"]) == (479, STACK, 4000)
    assert (totals["dense_macs"], totals["recomputed_macs"]) == (5000, 300)
    assert totals["instructions"] == 50 * inside + outside
    assert totals["latency_us"] == pytest.approx(totals["cycles"] / 80, abs=0.05)
    assert totals["cycles"] > totals["instructions"]


def test_work_belongs_to_operators(folders):
    folder, inside, outside = folders
    result = profile(folder)
    operators = result["operators"]
    assert [op["instructions"] for op in operators] == [50 * inside, 0]
    assert [op["cycles"] > 0 for op in operators] == [True, False]
    assert operators[0]["absorbed"] == ["PAD #3"]
    assert result["outside"]["instructions"] == outside
    for key in ("instructions", "cycles"):
        assert sum(op[key] for op in operators) + result["outside"][key] == result["totals"][key]
    rows = (*operators, result["outside"])
    assert sum(row["percent"] for row in rows) == pytest.approx(100, abs=0.1)
    assert [row["latency_us"] for row in rows] == pytest.approx([r["cycles"] / 80 for r in rows], abs=0.051)


def test_operators_say_what_they_move_keep_and_are_bound_by(folders):
    result = profile(folders[0])
    first, alias = result["operators"]
    assert (first["moved_bytes"], first["macs_per_byte"], first["live_bytes"]) == (840, 5.12, 1800)
    # SMLAD does two MACs a cycle, the bus carries four bytes: 4300 / 2 against 840 / 4
    assert (first["least_compute_cycles"], first["least_memory_cycles"]) == (2150, 210)
    assert (first["bound"], alias["bound"], alias["macs_per_byte"]) == ("compute", None, None)
    assert result["totals"]["moved_bytes"] == 840
    assert result["roofline"]["flash_source"].endswith("waiting for the flash is not in the descriptor")
    executed = first["executed_code_bytes"]
    assert 2 * folders[1] <= executed <= 4 * folders[1]
    assert alias["executed_code_bytes"] == 0


def test_energy_is_measured_power_times_estimated_latency(folders):
    result = profile(folders[0], "nucleo-l4r5zi")
    totals = result["totals"]
    assert totals["energy_uj"] == round(44.9 * totals["latency_us"] / 1000, 1)
    assert result["kinds"]["energy_uj"].startswith("estimated (44.9 mW at 1.8 V x estimated latency, ±15 %; ")


def test_misses_of_the_flash_take_its_wait_states(folders):
    folder = folders[0]
    before = profile(folder, "nucleo-l4r5zi")
    change(folder / "execution.json", misses=[[1, 30, 100], [2, 2, 0]])
    after = profile(folder, "nucleo-l4r5zi")
    totals, first = after["totals"], after["operators"][0]
    assert (first["instruction_misses"], first["data_misses"], first["flash_wait_cycles"]) == (30, 100, 650)
    assert (after["outside"]["flash_wait_cycles"], totals["flash_wait_cycles"]) == (10, 660)
    assert totals["zero_wait_cycles"] == before["totals"]["cycles"] == totals["cycles"] - 660
    assert totals["latency_us"] == pytest.approx(totals["cycles"] / 120, abs=0.05)
    assert after["kinds"]["cycles"].startswith("estimated (±10 %, checked on this part")
    assert "5 wait states for each 8 B" in after["kinds"]["flash_wait_cycles"]
    assert (before["totals"]["flash_wait_cycles"], before["operators"][0]["data_misses"]) == (None, None)
    assert before["kinds"]["flash_wait_cycles"].endswith("unicorn simulated no caches")
    assert before["kinds"]["cycles"].startswith("estimated (±15 %")


def test_flash_without_wait_states_adds_nothing(folders):
    target = load_target("nucleo-l4r5zi")
    target = msgspec.structs.replace(target, flash_timing=FlashTiming(0))
    folder = folders[0]
    run(folder / "codegen", folder / "firmware", folder / "execution.json", folder / "out", target=target)
    result = read_json(folder / "out" / "profile.json")
    assert result["totals"]["flash_wait_cycles"] == 0
    assert result["totals"]["cycles"] == result["totals"]["zero_wait_cycles"]
    assert "no wait states" in result["kinds"]["latency_us"]


def test_share_without_a_cycle_model_is_that_of_instructions(folders):
    folder, inside, outside = folders
    result = profile(folder, "riscv32")
    share = 100 * 50 * inside / (50 * inside + outside)
    assert result["operators"][0]["percent"] == round(share, 1)
    assert result["operators"][0]["bound"] is None
    assert result["roofline"]["peak_macs_per_cycle"] is None
    assert result["kinds"]["energy_uj"] == "not available: no measured power for riscv32"


def test_every_total_says_its_kind(folders):
    result = profile(folders[0])
    assert set(result["kinds"]) == set(result["totals"])
    assert {text.split()[0] for text in result["kinds"].values()} == {
        "measured",
        "simulated",
        "estimated",
        "not",
    }
    assert "zero-wait" in result["kinds"]["cycles"]
    assert result["kinds"]["cycles"].startswith("estimated (±15 %, ")
    assert "80 MHz" in result["kinds"]["latency_us"]
    assert "one cycle each" not in result["kinds"]["cycles"]


def test_core_without_a_cycle_model_says_so(folders):
    result = profile(folders[0], "cortex-m55")
    for key in ("cycles", "latency_us"):
        assert result["totals"][key] is None
        assert result["kinds"][key] == "not available: no cycle model for cortex-m55"
    assert result["operators"][0]["cycles"] is None
    assert result["totals"]["instructions"] > 0


def test_image_that_no_emulator_ran_still_has_its_sizes(folders):
    result = profile(folders[0], "cortex-m55", execution=None)
    totals = result["totals"]
    assert totals["ram_bytes"] == totals["arena_bytes"] + totals["static_bytes"]
    assert totals["flash_bytes"] == totals["code_bytes"] + totals["weights_bytes"]
    for key in ("stack_bytes", "instructions", "cycles", "latency_us"):
        assert totals[key] is None
        assert result["kinds"][key] == "not available: no emulator ran this image for cortex-m55"
    assert result["kinds"]["ram_bytes"].endswith("without the stack)")
    assert result["operators"][0]["instructions"] is None


def test_profile_holds_no_path_and_repeats_byte_for_byte(folders):
    folder = folders[0]
    profile(folder)
    first = (folder / "out" / "profile.json").read_bytes()
    profile(folder)
    assert (folder / "out" / "profile.json").read_bytes() == first
    assert str(folder).encode() not in first


def change(path, **values):
    path.write_text(json.dumps(read_json(path) | values))


@pytest.mark.parametrize(
    ("name", "values", "message"),
    [
        ("execution.json", {"elf_sha256": "0" * 64}, "recorded from another image"),
        ("execution.json", {"schema": 1}, "schema 1, expected 2"),
        ("execution.json", {"blocks": [[1, 0x0900_0000, 4, 1, 0]]}, "no code at 0x9000000"),
        ("codegen/memory_plan.json", {"arena_bytes": 4096}, "2048 bytes but the memory plan 4096"),
    ],
)
def test_files_that_do_not_belong_together_are_refused(folders, name, values, message):
    folder = folders[0]
    change(folder / name, **values)
    with pytest.raises(InternalError, match=message):
        profile(folder)
    assert not (folder / "out" / "profile.json").exists()
