"""Phones and Linux boards: their own schema, and what a build says of them."""

import pytest

from edgeflow.errors import TargetError
from edgeflow.target.descriptor import load, load_target, sourced_figures

GOOD = """\
schema = 1
name = "mine"
title = "My phone"
kind = "phone"
soc = "Some chip"
os = "Android"
ram_bytes = 4_294_967_296

[[cpu]]
core = "cortex-a76"
count = 2
clock_hz = 2_000_000_000

[[cpu]]
core = "cortex-a55"
count = 6
clock_hz = 1_800_000_000

[[accelerator]]
name = "Some NPU"
kind = "npu"
int8_tops = 1.5

[[source]]
figures = ["soc", "os", "cpu", "ram_bytes", "accelerator"]
document = "the maker's page"
"""

FAULTS = {
    "unknown key": ("ram_bytes", "ram_byte", ["ram_byte"], "did you mean `ram_bytes`?"),
    "unknown key of a table": ("count = 2", "counts = 2", ["cpu[0]", "counts"], "did you mean `count`?"),
    "unknown core": ("cortex-a55", "cortex-a56", ["cpu[1].core", "cortex-a56"], "did you mean `cortex-a"),
    "clock in text": ("clock_hz = 2_000_000_000", 'clock_hz = "2GHz"', ["cpu[0].clock_hz"], None),
    "key of a board": ('os = "A', 'core = "cortex-m4f"\nos = "A', ["core"], None),
    "no cores": ("", "", ["cpu"], None),
    "unknown accelerator": ('kind = "npu"', 'kind = "tpu"', ["accelerator[0].kind", "tpu"], None),
    "cores without a source": ('"cpu", ', "", ["no [[source]] covers `cpu`"], None),
    "RAM without a source": ('"ram_bytes", ', "", ["no [[source]] covers `ram_bytes`"], None),
    "NPU without a source": (', "accelerator"', "", ["no [[source]] covers `accelerator`"], None),
    "bandwidth without a source": (
        'os = "A',
        'memory_bandwidth_bytes_per_second = 9\nos = "A',
        ["covers `memory_bandwidth`"],
        None,
    ),
    "figure of a board": ('"soc", ', '"soc", "memory", ', ["source[0].figures", "memory"], None),
}


def write(folder, text):
    path = folder / "mine.toml"
    path.write_text(text)
    return str(path)


def test_users_own_phone(tmp_path):
    phone = load(write(tmp_path, GOOD))
    assert phone.cores_text == "2 x Arm Cortex-A76 at 2000 MHz, 6 x Arm Cortex-A55 at 1800 MHz"
    assert phone.cpu[0].core_info.int8_features == ("neon", "dotprod")
    assert sourced_figures(phone) == 2 + 2 * 3 + 1 + 2


@pytest.mark.parametrize("case", FAULTS)
def test_fault_names_file_key_and_remedy(case, tmp_path):
    old, new, words, hint = FAULTS[case]
    text = GOOD.replace(old, new, 1) if old else GOOD[: GOOD.index("[[cpu]]")]
    assert text != GOOD
    with pytest.raises(TargetError) as caught:
        load(write(tmp_path, text))
    for word in ["mine.toml", *words]:
        assert word in caught.value.message
    if hint:
        assert hint in caught.value.hint


@pytest.mark.parametrize(("kind", "word"), [("phone", "a phone"), ("linux", "a Linux board")])
def test_no_firmware_for_it(kind, word, tmp_path):
    path = write(tmp_path, GOOD.replace('"phone"', f'"{kind}"'))
    with pytest.raises(
        TargetError, match=f"`mine` is {word}, which edgeflow builds no C firmware for"
    ) as caught:
        load_target(path)
    assert "`edgeflow quantize`" in caught.value.hint
    assert "`edgeflow targets show mine`" in caught.value.hint
