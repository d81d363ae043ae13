"""Sizes of structs, against a compiler's."""

import subprocess
import sys

import pytest

from edgeflow.firmware.compiler import build_environment
from edgeflow.tflm import structs
from edgeflow.tflm.layout import Block, struct_block

C_TYPES = {"p": "void *", "d": "double ", "i": "int ", "h": "short ", "b": "char "}


@pytest.mark.parametrize(
    ("fields", "on_32", "on_64"),
    [
        ("b", Block(1, 1), Block(1, 1)),
        ("ib", Block(8, 4), Block(8, 4)),
        ("bd", Block(16, 8), Block(16, 8)),
        (structs.EVAL_TENSOR, Block(12, 4), Block(24, 8)),
        (structs.TENSOR, Block(40, 4), Block(64, 8)),
        (structs.NODE_AND_REGISTRATION, Block(32, 4), Block(64, 8)),
        (structs.GREEDY_PLANNER, Block(44, 4), Block(72, 8)),
        (structs.RECORDING_MICRO_ALLOCATOR, Block(136, 4), Block(272, 8)),
    ],
)
def test_known_sizes(fields, on_32, on_64):
    assert (struct_block(fields, 4), struct_block(fields, 8)) == (on_32, on_64)


@pytest.mark.parametrize(("target", "pointer_bytes"), [("thumb-freestanding-eabi", 4), ("x86_64-linux", 8)])
def test_a_compiler_lays_them_out_alike(target, pointer_bytes, tmp_path):
    """`_Static_assert`s compile or not: nothing has to run."""
    named = {
        name: fields for name, fields in vars(structs).items() if isinstance(fields, str) and name.isupper()
    }
    assert len(named) > 12
    lines = []
    for name, fields in (named | {"MIXED": "b h b d b p h"}).items():
        members = "".join(f"{C_TYPES[f]}m{i};" for i, f in enumerate(fields.replace(" ", "")))
        block = struct_block(fields, pointer_bytes)
        lines.append(f"struct s_{name} {{{members}}};")
        lines.append(f'_Static_assert(sizeof(struct s_{name}) == {block.byte_count}, "{name}");')
        lines.append(f'_Static_assert(_Alignof(struct s_{name}) == {block.alignment_bytes}, "{name}");')
    source = tmp_path / "layout.c"
    source.write_text("\n".join(lines))
    command = [sys.executable, "-m", "ziglang", "cc", "-target", target, "-c", str(source)]
    command += ["-o", str(tmp_path / "layout.o")]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=build_environment())
    assert done.returncode == 0, done.stderr
