"""Names that C and C++ accept."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edgeflow.codegen.identifiers import RESERVED_WORDS, Names, c_prefix, is_identifier

PREFIXES = {
    "digits": "digits",
    "person-detect v2": "person_detect_v2",
    "MobileNet": "mobilenet",
    "Sensör": "sensor",
    "9lives": "model_9lives",
    "int": "model_int",
    "Class": "model_class",
    "模型": "model",
    "": "model",
    "__x__y": "x_y",
    "ef": "model_ef",
    "ef-net": "model_ef_net",
    "effnet": "effnet",
    "a" * 60: "a" * 48,
    "x" * 47 + "-y": "x" * 47,
    '"; system("rm")': "system_rm",
}


@pytest.mark.parametrize("name", PREFIXES)
def test_prefix(name):
    assert c_prefix(name) == PREFIXES[name]


@given(st.text(max_size=70))
def test_every_prefix_is_an_identifier(name):
    prefix = c_prefix(name)
    assert re.fullmatch(r"[a-z][a-z0-9_]*", prefix)
    assert "__" not in prefix
    assert is_identifier(prefix)
    assert c_prefix(prefix) == prefix


@pytest.mark.parametrize(("text", "legal"), [("g_model", True), ("9a", False), ("a b", False), ("", False)])
def test_is_identifier(text, legal):
    assert is_identifier(text) is legal


@pytest.mark.parametrize("word", ["int", "restrict", "class", "alignas", "co_await", "xor_eq"])
def test_reserved_words_of_both_languages(word):
    assert word in RESERVED_WORDS
    assert not is_identifier(word)


def test_names_are_unique():
    names = Names()
    wishes = ["a", "a", "b", "a", "a_2", "x y", "x-y"]
    assert [names.unique(wish) for wish in wishes] == ["a", "a_2", "b", "a_3", "a_2_2", "x_y", "x_y_2"]
