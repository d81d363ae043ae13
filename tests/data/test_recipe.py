"""Recipes: the shipped ones, a user's own, and one sentence for every mistake."""

import pytest

from edgeflow.data.recipe import TABLES, FixedSplit, NameSplit, load_recipe, recipe_names
from edgeflow.errors import DataError
from edgeflow.resources import data_dir

GOOD = """
schema = 1
name = "shoes"
title = "Shoes on white"
kind = "pictures"
licence = "CC0-1.0"
[[location]]
path = "shoes.zip"
"""
SHA = "0" * 64


def write(tmp_path, text, stem="shoes"):
    path = tmp_path / f"{stem}.toml"
    path.write_text(text)
    return str(path)


def test_shipped_recipes_are_valid_and_say_whose_they_are():
    assert recipe_names() == ["cifar10", "digits", "fsdd"]
    for name in recipe_names():
        recipe = load_recipe(name)
        assert recipe.name == name
        assert recipe.licence
        assert recipe.citation
        assert recipe.homepage.startswith("https://")


def test_digits_is_built_in():
    recipe = load_recipe("digits")
    assert recipe.kind == "sklearn-digits"
    assert recipe.location == ()
    assert recipe.suggested.color_mode == "grayscale"


def test_cifar10_looks_at_local_files_before_the_address():
    recipe = load_recipe("cifar10")
    assert recipe.split == FixedSplit(train="train", test="test")
    assert [place.url is not None for place in recipe.location] == [False] * 5 + [True]
    assert "../shared/data/cifar10.zip" in [place.path for place in recipe.location]
    assert len(recipe.location[-1].sha256) == 64


def test_fsdd_is_divided_by_name():
    recipe = load_recipe("fsdd")
    assert (recipe.kind, recipe.split, recipe.name_split) == ("sounds", None, NameSplit(test="*_[0-4].wav"))


def test_own_recipe_by_path(tmp_path):
    recipe = load_recipe(write(tmp_path, GOOD))
    assert recipe.title == "Shoes on white"
    assert recipe.split is None


MISTAKES = {
    "misspelt key": (
        GOOD.replace("licence", "license"),
        "unknown field `license`",
        "did you mean `licence`?",
    ),
    "key without a neighbour": ("qqq = 1\n" + GOOD, "unknown field `qqq`", "known keys: schema, name"),
    "misspelt key of a location": (GOOD + "sha265 = 'x'", "location[0]: ", "did you mean `sha256`?"),
    "unknown key of the split": (GOOD + "[split]\ntrain='a'\ntest='b'\nvalid='c'", "split: ", "`validation`"),
    "missing key": (GOOD.replace('title = "Shoes on white"', ""), "missing required field `title`", None),
    "wrong type": (GOOD.replace("schema = 1", "schema = 'one'"), "schema: ", None),
    "other schema": (GOOD.replace("schema = 1", "schema = 2"), "schema: ", None),
    "unknown kind": (GOOD.replace('"pictures"', '"tfrecord"'), "kind: ", None),
    "name differs from the file": (GOOD.replace('"shoes"', '"boots"'), "`boots` but the file is", "rename"),
    "bad name": (GOOD.replace('"shoes"', '"My Shoes"'), "name: ", None),
    "no location": (GOOD.split("[[", maxsplit=1)[0], "needs a place to read from", "[[location]]"),
    "path and url": (GOOD + f"url='https://example.org/x'\nsha256='{SHA}'", "either `path` or `url`", None),
    "neither": (GOOD.replace('path = "shoes.zip"', ""), "either `path` or `url`", None),
    "url without sha256": (
        GOOD.replace('path = "shoes.zip"', "url='https://example.org/x'"),
        "a `url` needs a `sha256`",
        "sha256sum",
    ),
    "url of another scheme": (
        GOOD.replace('path = "shoes.zip"', f"url='file:///etc/passwd'\nsha256='{SHA}'"),
        "location[0].url: ",
        None,
    ),
    "short sha256": (GOOD + "sha256 = 'abc'", "location[0].sha256: ", None),
    "split folder that leaves": (GOOD + "[split]\ntrain='../a'\ntest='b'", "split.train: ", None),
    "digits with a location": (GOOD.replace('"pictures"', '"sklearn-digits"'), "takes no location", None),
    "impossible hint": (GOOD + "[suggested]\ninput_size = 4", "suggested.input_size: ", None),
    "two splits": (
        GOOD + '[split]\ntrain = "a"\ntest = "b"\n[name_split]\ntest = "*"\n',
        "give either [split] or [name_split]",
        None,
    ),
    "not TOML": ("name = [", "is not valid TOML", None),
}


@pytest.mark.parametrize("case", MISTAKES)
def test_mistake_is_one_sentence_with_file_and_key(tmp_path, case):
    text, part, hint = MISTAKES[case]
    path = write(tmp_path, text)
    with pytest.raises(DataError) as caught:
        load_recipe(path)
    assert f"recipe `{path}`" in caught.value.message
    assert part in caught.value.message
    assert "\n" not in caught.value.message.strip()
    assert hint is None or hint in (caught.value.hint or "")


UNKNOWN = {"cifar-10": "did you mean `cifar10`?", "digit": "did you mean `digits`?", "zebra": "datasets list"}


@pytest.mark.parametrize("name", UNKNOWN)
def test_unknown_name_gets_a_suggestion(name):
    with pytest.raises(DataError, match=f"no data set recipe, folder or zip `{name}`") as caught:
        load_recipe(name)
    assert UNKNOWN[name] in caught.value.hint


def test_absent_recipe_file():
    with pytest.raises(DataError, match=r"cannot read recipe `none/here.toml`: No such file"):
        load_recipe("none/here.toml")


def test_binary_recipe_file(tmp_path):
    path = tmp_path / "x.toml"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(DataError, match="not valid TOML"):
        load_recipe(str(path))


def test_readme_names_every_key():
    text = (data_dir("datasets") / "README.md").read_text()
    for table, struct in TABLES.items():
        for key in struct.__struct_fields__:
            assert f"`{key}`" in text or f"`{table}.{key}`" in text or f"[{key}]" in text, key
