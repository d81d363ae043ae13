"""Code, RAM, stack and instructions of whole networks stand in a table and change only on purpose.

After such a change: `python tests/profile/pinned.py`, and say in the commit what grew or shrank.
"""

import re

import pytest
from pinned import COMPILERS, FIGURES, REAL, TARGETS, is_installed, measure, pinned
from pinned_nets import NETS

# Division of 64 bits and arithmetic on floats, as both compilers' libraries name them.
FORBIDDEN = re.compile(
    r"__aeabi_(u?ldivmod|[fd](add|sub|mul|div|cmp\w+|2\w+)|[ui]l?2[fd]|l2[fd]|ul2[fd])"
    r"|__(u?div|u?mod|u?divmod)di[34]|__(add|sub|mul|div|float\w*|fix\w*)[sd]f\w*"
)
# And products of 64 bits, which Cortex-M0+ has no instruction for.
LONG_PRODUCT = re.compile(r"__aeabi_lmul|__muldi3")


@pytest.fixture(scope="module")
def measured(tmp_path_factory):
    """``measured(net, target, compiler)``: row and symbols; skips without the compiler or emulator."""
    pytest.importorskip("unicorn")
    made = {}

    def of(net, target, compiler):
        if not is_installed(target, compiler):
            pytest.skip(f"{compiler} for `{target}` is not installed")
        key = (net, target, compiler)
        if key not in made:
            made[key] = measure(*key, tmp_path_factory.mktemp("pinned"))
        return made[key]

    return of


def check(measured, net, target, compiler):
    row, symbols = measured(net, target, compiler)
    linked = sorted(name for name in symbols if FORBIDDEN.fullmatch(name))
    if target == "cortex-m0plus":
        linked += sorted(name for name in symbols if LONG_PRODUCT.fullmatch(name))
    assert linked == []
    expected = pinned()[net, target, compiler]
    if expected["compiler"] != row["compiler"]:
        pytest.skip(f"the table was made with {expected['compiler']}, here is {row['compiler']}")
    assert row == expected


@pytest.mark.slow
@pytest.mark.parametrize("compiler", COMPILERS)
@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("net", sorted(NETS))
def test_small_networks_are_as_pinned(measured, net, target, compiler):
    check(measured, net, target, compiler)


@pytest.mark.slow
@pytest.mark.parametrize("compiler", COMPILERS)
@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("net", REAL)
def test_real_networks_are_as_pinned(shared_dir, measured, net, target, compiler):
    check(measured, net, target, compiler)


def test_the_table_has_every_row_and_only_figures_above_zero():
    rows = pinned()
    assert set(rows) == {(n, t, c) for n in (*NETS, *REAL) for t in TARGETS for c in COMPILERS}
    assert all(int(row[key]) > 0 for row in rows.values() for key in FIGURES)


@pytest.mark.parametrize("name", ["__aeabi_ldivmod", "__aeabi_uldivmod", "__udivdi3", "__divdi3"])
def test_long_division_is_recognised(name):
    assert FORBIDDEN.fullmatch(name)


@pytest.mark.parametrize(
    "name", ["__aeabi_fmul", "__aeabi_dcmplt", "__aeabi_i2f", "__aeabi_d2iz", "__addsf3", "__floatsidf"]
)
def test_float_arithmetic_is_recognised(name):
    assert FORBIDDEN.fullmatch(name)
