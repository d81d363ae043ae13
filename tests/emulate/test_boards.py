"""Every shipped board: linked for its own memory map and run on its emulated core."""

import numpy as np
import pytest
from conftest_marks import needs_qemu

from edgeflow.artifact import read_json
from edgeflow.emulate.core import CoreRuntime
from edgeflow.emulate.image import load_image
from edgeflow.emulate.processor import has_core
from edgeflow.emulate.qemu import QemuRuntime
from edgeflow.errors import TargetError
from edgeflow.firmware.stage import run
from edgeflow.target.core import CORES
from edgeflow.target.descriptor import shipped_boards

BOARDS = shipped_boards()


@pytest.mark.slow
@pytest.mark.parametrize("board", [t for t in BOARDS if not t.is_information_only], ids=lambda t: t.name)
def test_board_links_and_runs(board, tiny_codegen, tiny_network, tiny_cases, tiny_oracle, tmp_path):
    run(tiny_codegen, tmp_path / "own", target=board, compiler="zig")
    build = read_json(tmp_path / "own" / "build.json")
    image = load_image(tmp_path / "own" / build["elf"], CORES[board.core].architecture)
    assert image.flash == (board.flash.origin, board.flash.end)
    assert image.ram == (board.ram.origin, board.ram.end)
    if has_core(board.core):
        outputs = CoreRuntime(tmp_path / "own", tiny_network).run([tiny_cases])
        assert np.array_equal(outputs[0], tiny_oracle(tiny_cases)[1])


@needs_qemu
@pytest.mark.slow
@pytest.mark.parametrize("board", [t for t in BOARDS if t.core == "cortex-m55"], ids=lambda t: t.name)
def test_board_with_helium_runs_in_qemu(board, tiny_codegen, tiny_network, tiny_cases, tiny_oracle, tmp_path):
    run(tiny_codegen, tmp_path, target=board, compiler="zig", emulator="qemu")
    outputs = QemuRuntime(tmp_path, tiny_network).run([tiny_cases])
    assert np.array_equal(outputs[0], tiny_oracle(tiny_cases)[1])


@pytest.mark.parametrize("board", [t for t in BOARDS if t.is_information_only], ids=lambda t: t.name)
def test_board_for_information_says_so(board, tiny_codegen, tmp_path):
    with pytest.raises(
        TargetError, match=f"`{board.name}` is for information: edgeflow has no compiler"
    ) as caught:
        run(tiny_codegen, tmp_path, target=board)
    assert "--to codegen" in caught.value.hint
