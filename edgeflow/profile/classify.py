"""Which instruction belongs to which row of the cycle model; decoding is capstone's."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from capstone import CsInsn

UNKNOWN = "unknown"
# Flags and the IT state forward within a cycle; the program counter is no operand.
_IGNORED = frozenset({"cpsr", "apsr", "apsr_nzcv", "fpscr", "fpscr_nzcv", "itstate", "pc", "sp"})

# Row: names as capstone gives them, without condition and width. The first match counts.
_ROWS: tuple[tuple[str, str], ...] = (
    ("nothing", r"nop|hint|yield|wfe|wfi|sev|pld|pldw|pli"),
    ("it", r"it"),
    ("system", r"mrs|msr|cps|dmb|dsb|isb|svc|bkpt|clrex|udf|vmrs|vmsr|fmstat|vlstm|vlldm"),
    ("call", r"bl|blx"),
    ("table_branch", r"tbb|tbh"),
    ("branch", r"b|bx|cbz|cbnz|bxns|blxns"),
    ("divide", r"sdiv|udiv"),
    ("multiply", r"mul"),
    ("multiply_add", r"mla|mls"),
    ("long_multiply", r"smull|umull"),
    ("long_multiply_add", r"smlal|umlal|umaal"),
    ("dsp_multiply", r"sm(la|ls|ul|ua|us|mu|ml)[a-z]*"),
    ("load_pair", r"ldrd"),
    ("store_pair", r"strd"),
    ("load", r"ldr[a-z]*|lda[a-z]*"),
    ("store", r"str[a-z]*|stl[a-z]*"),
    ("load_multiple", r"ldm[a-z]*|pop"),
    ("store_multiple", r"stm[a-z]*|push"),
    ("simd", r"[su]xta?b16|pkh(bt|tb)|[su]?[qh]?(add|sub)(8|16)|[su]?[qh]?(asx|sax)|[us]sat16|sel|usada?8"),
    (
        "alu",
        r"movs?|mov[wt]|mvn|addw?|subw?|rsb|adc|sbc|and|orr|orn|eor|bic|cmp|cmn|tst|teq|adr|lsl|lsr|asr|ror",
    ),
    ("alu", r"rrx|[su]xta?[bh]|[su]bfx|bfi|bfc|[su]sat|clz|rbit|rev|rev16|revsh|qd?add|qd?sub"),
    ("float_load_multiple", r"vldm[a-z]*|vpop"),
    ("float_store_multiple", r"vstm[a-z]*|vpush"),
    ("float_load", r"vldr"),
    ("float_store", r"vstr"),
    ("float_divide", r"vdiv|vsqrt"),
    ("float_multiply_add", r"vn?ml[as]|vfn?m[as]"),
    ("float", r"v(add|sub|n?mul|neg|abs|cmpe?|cvt[a-z]*|mov|maxnm|minnm|sel[a-z]*|rint[a-z]*)"),
)
_PATTERNS = tuple((kind, re.compile(pattern)) for kind, pattern in _ROWS)
KINDS = tuple(dict.fromkeys(kind for kind, _ in _ROWS))
_MULTIPLE = frozenset(kind for kind in KINDS if "multiple" in kind)
# Operands behind the results that capstone's access lists leave out (PKHBT's second, USAT's source).
_RESULTS = {
    "alu": 1,
    "simd": 1,
    "multiply": 1,
    "multiply_add": 1,
    "dsp_multiply": 1,
    "divide": 1,
    "long_multiply": 2,
    "long_multiply_add": 0,  # its results are accumulators as well
}
_LOADS = frozenset({"load", "load_pair", "load_multiple", "float_load", "float_load_multiple"})


@dataclass(frozen=True, slots=True)
class Instruction:
    """One decoded instruction: its row, registers, and the register count of a multiple transfer.

    ``updated`` are base registers that an address mode writes back: ready one cycle later, unlike
    what a load delivers. ``is_return`` marks a load of several registers that ends in a jump.
    """

    name: str
    kind: str
    reads: frozenset[str] = frozenset()
    writes: frozenset[str] = frozenset()
    updated: frozenset[str] = frozenset()
    register_count: int = 0
    is_return: bool = False


def kind_of(name: str) -> str:
    """The row of an instruction's bare name, or ``unknown``."""
    return next((kind for kind, pattern in _PATTERNS if pattern.fullmatch(name)), UNKNOWN)


class Decoder:
    """Decodes Thumb code; instructions that capstone does not know come out as ``unknown``."""

    def __init__(self) -> None:
        import capstone

        self._engine = capstone.Cs(capstone.CS_ARCH_ARM, capstone.CS_MODE_THUMB | capstone.CS_MODE_MCLASS)
        self._engine.detail = True

    def decode(self, code: bytes, address: int) -> list[Instruction]:
        """The instructions of a basic block."""
        return list(self._walk(code, address))

    def _walk(self, code: bytes, address: int) -> Iterator[Instruction]:
        position = 0
        while position < len(code):
            for decoded in self._engine.disasm(code[position:], address + position):
                position += decoded.size
                yield _instruction(decoded)
            if position < len(code):  # capstone stops where it knows no instruction
                is_wide = code[position + 1] >> 3 in {0b11101, 0b11110, 0b11111}
                length = 4 if is_wide else 2
                yield Instruction(code[position : position + length].hex(), UNKNOWN)
                position += length


def _instruction(decoded: CsInsn) -> Instruction:
    name = str(decoded.insn_name())
    kind = kind_of(name)
    reads, writes = ({decoded.reg_name(r) for r in registers} for registers in decoded.regs_access())
    reads |= _sources(decoded, kind)
    count = _register_count(decoded, name) if kind in _MULTIPLE else 2 * kind.endswith("_pair")
    updated = _bases(decoded) & writes if decoded.writeback and kind in _LOADS else set()
    return Instruction(
        name=name,
        kind=kind,
        reads=frozenset(reads - _IGNORED),
        writes=frozenset(writes - updated - _IGNORED),
        updated=frozenset(updated - _IGNORED),
        register_count=count,
        is_return=kind == "load_multiple" and "pc" in writes,
    )


def _register_count(decoded: CsInsn, name: str) -> int:
    """PUSH and POP list registers only; LDM and STM name the base first."""
    has_base = name not in {"push", "pop", "vpush", "vpop"}
    return len(decoded.operands) - has_base


def _sources(decoded: CsInsn, kind: str) -> set[str]:
    from capstone.arm import ARM_OP_REG

    if kind not in _RESULTS:
        return set()
    operands = decoded.operands[_RESULTS[kind] :]
    return {decoded.reg_name(op.reg) for op in operands if op.type == ARM_OP_REG}


def _bases(decoded: CsInsn) -> set[str]:
    from capstone.arm import ARM_OP_MEM

    operands = [op for op in decoded.operands if op.type == ARM_OP_MEM]
    if operands:
        return {decoded.reg_name(op.mem.base) for op in operands}
    return {decoded.reg_name(decoded.operands[0].reg)}  # LDM: the base is the first operand
