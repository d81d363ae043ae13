"""Parts: no picture twice, every class everywhere, the same for the same seed."""

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edgeflow.data.layout import Item
from edgeflow.data.load import Picture
from edgeflow.data.options import DataOptions
from edgeflow.data.split import split
from edgeflow.errors import DataError

OPTIONS = DataOptions(validation_split=0.15, test_split=0.2)


def picture(name, label, pixels=None, part=None):
    """A picture whose pixels are told apart by a word."""
    return Picture(Item(name, label, part), 0, 9, 9, f"source {pixels or name}", f"deployed {pixels or name}")


def singles(counts):
    return [picture(f"{label}/{n}", label) for label, count in counts.items() for n in range(count)]


def names(result):
    return {part: [p.item.name for p in members] for part, members in result.parts.items()}


def counts(result, label):
    return {part: sum(p.item.label == label for p in members) for part, members in result.parts.items()}


# pictures of a class -> train, val, test at shares of 0.15 and 0.2
SHARES = {
    3: (1, 1, 1),
    4: (2, 1, 1),
    10: (6, 2, 2),
    100: (65, 15, 20),
    177: (115, 27, 35),
    1000: (650, 150, 200),
}


@pytest.mark.parametrize("count", SHARES)
def test_shares_of_each_class(count):
    result = split(singles({"a": count, "b": 50}), OPTIONS, 1)
    assert tuple(counts(result, "a").values()) == SHARES[count]
    assert tuple(counts(result, "b").values()) == (32, 8, 10)


def test_seed_decides():
    pictures = singles({"a": 40, "b": 40})
    assert names(split(pictures, OPTIONS, 1)) == names(split(pictures, OPTIONS, 1))
    assert names(split(pictures, OPTIONS, 1)) != names(split(pictures, OPTIONS, 2))


def test_order_of_the_files_does_not_matter():
    copies = [picture(f"{label}/x{n}", label, f"{label}/{n}") for label in "ab" for n in range(12)]
    pictures = [*singles({"a": 40, "b": 40}), *copies]
    assert names(split(pictures[::-1], OPTIONS, 5)) == names(split(pictures, OPTIONS, 5))


def test_new_pictures_hardly_move_the_others():
    before = split(singles({"a": 200, "b": 200}), OPTIONS, 1)
    after = split(singles({"a": 204, "b": 200}), OPTIONS, 1)
    where = {name: part for part, members in names(after).items() for name in members}
    moved = [name for part, members in names(before).items() for name in members if where[name] != part]
    assert len(moved) <= 4


def test_classes_are_mixed_from_the_first_picture_of_a_part():
    result = split(singles({str(n): 500 for n in range(10)}), OPTIONS, 1)
    for members in result.parts.values():
        for first in (0, len(members) - 12):
            assert len({p.item.label for p in members[first : first + 12]}) >= 5


def test_identical_pictures_stay_together():
    pictures = [*singles({"a": 30, "b": 30}), *(picture(f"a/copy {n}", "a", f"a/{n % 6}") for n in range(12))]
    result = split(pictures, OPTIONS, 3)
    for n in range(6):
        parts = {
            part for part, m in result.parts.items() for p in m if p.deployed_sha256 == f"deployed a/{n}"
        }
        assert len(parts) == 1
    assert sum(len(members) for members in result.parts.values()) == len(pictures)


def test_contradictory_labels_only_train():
    clash = [picture("a/clash", "a", "same"), picture("b/clash", "b", "same")]
    for seed in range(20):
        train = names(split([*singles({"a": 5, "b": 5}), *clash], OPTIONS, seed))["train"]
        assert {"a/clash", "b/clash"} <= set(train)


def test_large_groups_do_not_starve_a_part():
    copies = [picture(f"a/copy {n}", "a", "one picture") for n in range(50)]
    for seed in range(20):
        result = split([*copies, *singles({"a": 2, "b": 9})], OPTIONS, seed)
        assert counts(result, "a") == {"train": 50, "val": 1, "test": 1}


TOO_FEW = {
    "two pictures": singles({"a": 2, "b": 9}),
    "three of which two are equal": [*singles({"a": 2, "b": 9}), picture("a/x", "a", "a/0")],
    "three of which one contradicts": [*singles({"a": 3, "b": 9}), picture("b/x", "b", "a/0")],
}


@pytest.mark.parametrize("case", TOO_FEW)
def test_too_few_different_pictures_are_refused(case):
    with pytest.raises(DataError, match="class `a` has 2 different pictures of its own, too few") as caught:
        split(TOO_FEW[case], OPTIONS, 1)
    assert "test and val and train" in caught.value.message
    assert "add pictures" in caught.value.hint


def fixed(train, test, val=0):
    return [
        picture(f"{part}/{label}/{n}", label, part=part)
        for part, count in (("train", train), ("val", val), ("test", test))
        for label in "ab"
        for n in range(count)
    ]


def test_official_test_part_stays_and_validation_comes_from_train():
    result = split(fixed(100, 20), OPTIONS, 1)
    assert {p.item.part for p in result.parts["test"]} == {"test"}
    assert len(result.parts["test"]) == 40
    assert counts(result, "a") == {"train": 85, "val": 15, "test": 20}


def test_official_validation_part_stays():
    result = split(fixed(10, 5, 4), OPTIONS, 1)
    for part in ("train", "val", "test"):
        assert {p.item.part for p in result.parts[part]} == {part}
    assert counts(result, "b") == {"train": 10, "val": 4, "test": 5}


def test_leaks_are_removed_from_the_weaker_part_and_reported():
    pictures = [
        *fixed(10, 5, 5),
        picture("train/a/leak", "a", "test/a/0", "train"),
        picture("val/b/leak", "b", "test/a/0", "val"),
        picture("train/b/leak", "b", "val/b/1", "train"),
        picture("test/a/copy", "a", "test/a/0", "test"),
    ]
    result = split(pictures, OPTIONS, 1)
    assert sorted((p.item.name, same.item.name) for p, same in result.removed) == [
        ("train/a/leak", "test/a/0"),
        ("train/b/leak", "val/b/1"),
        ("val/b/leak", "test/a/0"),
    ]
    kept = [name for members in names(result).values() for name in members]
    assert len(kept) == len(pictures) - 3
    assert {"test/a/0", "test/a/copy"} <= set(names(result)["test"])


def test_leak_may_not_empty_a_class():
    pictures = [*fixed(3, 3), *(picture(f"train/c/{n}", "c", f"c {n}", "train") for n in range(3))]
    with pytest.raises(DataError, match="class `c` has no picture in the test part"):
        split(pictures, OPTIONS, 1)
    pictures += [picture(f"test/c/{n}", "c", f"c {n}", "test") for n in range(3)]
    with pytest.raises(DataError, match="class `c` has no picture in the train part"):
        split(pictures, OPTIONS, 1)


def test_class_with_one_training_picture_beside_a_fixed_test():
    with pytest.raises(
        DataError, match="class `a` has 1 different pictures of its own, too few for the parts val and train"
    ):
        split(fixed(1, 5), OPTIONS, 1)


# A class and a word for the pixels; words below 3 are shared by the classes.
WORDS = st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 30)), min_size=3, max_size=120)


@settings(max_examples=80, deadline=None)
@given(
    words=WORDS,
    shares=st.tuples(st.floats(0.05, 0.45), st.floats(0.05, 0.45)),
    seed=st.integers(0, 9),
)
def test_every_split_keeps_its_promises(words, shares, seed):
    pictures = [
        picture(f"{label}/{n}", label, str(word) if word < 3 else f"{label} {word}")
        for n, (label, word) in enumerate(words)
    ]
    options = DataOptions(validation_split=shares[0], test_split=shares[1])
    classes = {label for label, _ in words}
    holders = {p.deployed_sha256: {q.item.label for q in pictures if same(p, q)} for p in pictures}
    own = Counter(next(iter(labels)) for labels in holders.values() if len(labels) == 1)
    if any(own[label] < 3 for label in classes):
        with pytest.raises(DataError, match="too few for the parts"):
            split(pictures, options, seed)
        return
    result = split(pictures, options, seed)
    where = {p.item.name: part for part, members in result.parts.items() for p in members}
    assert sorted(where) == sorted(p.item.name for p in pictures)
    assert all(where[p.item.name] == where[q.item.name] for p in pictures for q in pictures if same(p, q))
    for members in result.parts.values():
        assert {p.item.label for p in members} == classes


def same(one, other):
    return one.deployed_sha256 == other.deployed_sha256
