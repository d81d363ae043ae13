"""One loader for every TOML file that a user may write."""

import msgspec
import pytest

from edgeflow.errors import TargetError
from edgeflow.strict_toml import closest, convert_strict, parse_toml


class Inner(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    size_bytes: int = 0


class Outer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    inner: Inner = Inner()
    many: tuple[Inner, ...] = ()


TABLES = {"": Outer, "inner": Inner, "many": Inner}

FAULTS = {
    "top": ({"iner": {}}, "here: Object contains unknown field `iner`", "did you mean `inner`?"),
    "table": (
        {"inner": {"size_byte": 3}},
        "here: inner: Object contains unknown field `size_byte`",
        "did you mean `size_bytes`?",
    ),
    "list": (
        {"many": [{}, {"zz": 1}]},
        "here: many[1]: Object contains unknown field `zz`",
        "known keys: size_bytes",
    ),
    "type": ({"inner": {"size_bytes": "3"}}, "here: inner.size_bytes: Expected `int`, got `str`", None),
}


@pytest.mark.parametrize("case", FAULTS)
def test_fault_names_the_key_first(case):
    raw, message, hint = FAULTS[case]
    with pytest.raises(TargetError) as caught:
        convert_strict(raw, Outer, TABLES, "here", TargetError)
    assert caught.value.message == message
    assert caught.value.hint == hint


def test_legal_tables():
    value = convert_strict({"many": [{"size_bytes": 3}]}, Outer, TABLES, "here", TargetError)
    assert value == Outer(many=(Inner(3),))


@pytest.mark.parametrize("content", [b"a = ", b"\xff\xfe", b"a = 1\na = 2\n"])
def test_no_toml(tmp_path, content):
    path = tmp_path / "x.toml"
    path.write_bytes(content)
    with pytest.raises(TargetError, match="is not valid TOML"):
        parse_toml(path, "thing", TargetError)


def test_unreadable(tmp_path):
    with pytest.raises(TargetError, match="cannot read thing"):
        parse_toml(tmp_path, "thing", TargetError)


def test_closest():
    assert closest("cortx", ["cortex", "other"]) == "did you mean `cortex`?"
    assert closest("xyz", ["cortex"]) is None
