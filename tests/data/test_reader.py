"""Folders and zips: what is read, and what is refused in one sentence."""

import hashlib
import struct
import tempfile
import zipfile
from io import BytesIO
from pathlib import Path

import msgspec
import numpy as np
import pytest
from PIL import Image

from edgeflow.data.options import DataOptions
from edgeflow.data.reader import open_pictures
from edgeflow.data.source import locate
from edgeflow.errors import DataError


def png(shade):
    stream = BytesIO()
    Image.new("L", (9, 9), shade).save(stream, "PNG")
    return stream.getvalue()


def pack(path, members, compression=zipfile.ZIP_STORED):
    with zipfile.ZipFile(path, "w", compression) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return path


def opened(path):
    return open_pictures(locate(DataOptions(recipe=str(path)), Path()), lambda _text: None)


def read_all(path):
    """Names, labels and parts of a set, and its bytes by name."""
    with opened(path) as pictures:
        return pictures.layout, {item.name: pictures.read(item) for item in pictures.layout.items}


def test_folder_and_zip_of_it_read_alike(make_folder, tmp_path):
    folder = make_folder({"cat": 2, "dog": 3})
    (folder / "notes.txt").write_text("x")
    names = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    members = [(path.relative_to(folder).as_posix(), path.read_bytes()) for path in names]
    archive = pack(tmp_path / "set.zip", members, zipfile.ZIP_DEFLATED)
    from_folder, folder_bytes = read_all(folder)
    from_zip, zip_bytes = read_all(archive)
    assert from_folder == from_zip
    assert folder_bytes == zip_bytes
    assert from_zip.not_pictures == ("notes.txt",)
    assert zip_bytes["dog/002.png"] == (folder / "dog" / "002.png").read_bytes()


def test_folder_around_the_classes_of_a_zip_is_taken_off(tmp_path):
    path = pack(tmp_path / "x.zip", [("set/a/1.png", png(1)), ("set/b/1.png", png(2)), ("set/empty/", b"")])
    layout, data = read_all(path)
    assert layout.classes == ("a", "b", "empty")
    assert data == {"a/1.png": png(1), "b/1.png": png(2)}


def test_empty_class_folder_is_seen(make_folder):
    folder = make_folder({"a": 1})
    (folder / "b").mkdir()
    assert read_all(folder)[0].classes == ("a", "b")


def test_archive_is_named_with_its_sha256(tmp_path):
    path = pack(tmp_path / "x.zip", [("a/1.png", png(1)), ("b/1.png", png(1))])
    with opened(path) as pictures:
        assert pictures.archive == ("x.zip", hashlib.sha256(path.read_bytes()).hexdigest())


def bad_zip(tmp_path, case):
    path = tmp_path / "bad.zip"
    good = [("a/1.png", png(1)), ("b/1.png", png(2))]
    if case == "leaves its folder":
        return pack(path, [*good, ("../evil.png", png(3))])
    if case == "absolute name":
        return pack(path, [*good, ("/etc/evil.png", png(3))])
    if case == "same name twice":
        with pytest.warns(UserWarning, match="Duplicate name"):
            return pack(path, [*good, good[0]])
    data = pack(path, good).read_bytes()
    if case == "cut off":
        path.write_bytes(data[: len(data) // 2])
    elif case == "not a zip":
        path.write_bytes(b"this is text" * 20)
    else:  # the end of the directory says that it begins behind the file
        end = data.rindex(b"PK\x05\x06")
        path.write_bytes(data[: end + 12] + struct.pack("<I", 1 << 30) + data[end + 16 :])
    return path


BAD_ZIPS = {
    "leaves its folder": "holds `../evil.png`, a name that leaves its folder",
    "absolute name": "holds `/etc/evil.png`, a name that leaves its folder",
    "same name twice": "holds `a/1.png` twice",
    "cut off": "is neither a folder nor an intact zip of pictures",
    "not a zip": "is neither a folder nor an intact zip of pictures",
    "wrong directory": "is not an intact zip|neither a folder nor an intact zip",
}


@pytest.mark.parametrize("case", BAD_ZIPS)
def test_bad_zip_is_refused(tmp_path, case):
    with pytest.raises(DataError, match=BAD_ZIPS[case]) as caught:
        read_all(bad_zip(tmp_path, case))
    assert "bad.zip" in caught.value.message
    assert caught.value.hint


def spoil(path, case):
    """Change the record of the first member, in both places where a zip keeps it."""
    data = bytearray(path.read_bytes())
    central = data.index(b"PK\x01\x02")
    if case == "checksum":
        data[data.index(b"\x89PNG") + 50] ^= 255
    elif case == "encrypted":
        data[6] |= 1
        data[central + 8] |= 1
    elif case == "unknown compression":
        data[8] = data[central + 10] = 97
    else:  # the size it declares
        data[22:26] = data[central + 24 : central + 28] = struct.pack("<I", 3 << 30)
    path.write_bytes(data)


BAD_MEMBERS = {
    "checksum": "damaged in the zip: Bad CRC-32",
    "encrypted": "encrypted",
    "unknown compression": "damaged in the zip: ",
    "declared size": "larger than 134217728 bytes",
}


@pytest.mark.parametrize("case", BAD_MEMBERS)
def test_bad_member_is_one_bad_picture(tmp_path, case):
    path = pack(tmp_path / "x.zip", [("a/1.png", png(1)), ("b/1.png", png(2))])
    spoil(path, case)
    with opened(path) as pictures:
        first, second = pictures.layout.items
        with pytest.raises(DataError) as caught:
            pictures.read(first)
        assert caught.value.message.startswith(BAD_MEMBERS[case])
        assert pictures.read(second) == png(2)


def test_member_cannot_unpack_to_more_than_it_declares(tmp_path):
    path = pack(tmp_path / "x.zip", [("a/1.png", bytes(1 << 20)), ("b/1.png", png(2))], zipfile.ZIP_DEFLATED)
    data = bytearray(path.read_bytes())
    central = data.index(b"PK\x01\x02")
    data[22:26] = data[central + 24 : central + 28] = struct.pack("<I", 1000)
    path.write_bytes(data)
    with opened(path) as pictures:
        first = pictures.layout.items[0]
        with pytest.raises(DataError, match="damaged in the zip"):
            pictures.read(first)


def test_recipe_checks_the_sha256_of_a_local_archive(tmp_path):
    archive = pack(tmp_path / "set.zip", [("a/1.png", png(1)), ("b/1.png", png(2))])
    text = 'schema = 1\nname = "own"\ntitle = "Own"\nkind = "pictures"\nlicence = "MIT"\n'
    recipe = tmp_path / "own.toml"
    right = hashlib.sha256(archive.read_bytes()).hexdigest()
    recipe.write_text(f'{text}[[location]]\npath = "set.zip"\nsha256 = "{right}"\n')
    assert len(read_all(recipe)[0].items) == 2
    recipe.write_text(f'{text}[[location]]\npath = "set.zip"\nsha256 = "{"0" * 64}"\n')
    with pytest.raises(DataError, match=f"set.zip` has the sha256 {right}, recipe `own` says 0000"):
        read_all(recipe)


def test_address_that_fails_says_which_local_places_were_tried(tmp_path, monkeypatch):
    monkeypatch.setenv("EDGEFLOW_CACHE_DIR", str(tmp_path / "cache"))
    recipe = tmp_path / "own.toml"
    recipe.write_text(
        'schema = 1\nname = "own"\ntitle = "Own"\nkind = "pictures"\nlicence = "MIT"\n'
        '[[location]]\npath = "mine.zip"\n'
        f'[[location]]\nurl = "http://127.0.0.1:9/set.zip"\nsha256 = "{"0" * 64}"\n'
    )
    with pytest.raises(DataError, match=r"cannot download http://127.0.0.1:9/set.zip") as caught:
        read_all(recipe)
    assert f"no local copy at {tmp_path / 'mine.zip'}" in caught.value.message


def test_name_that_is_not_utf_8(make_folder):
    folder = make_folder({"a": 1, "b": 1})
    with open(bytes(folder / "a") + b"/\xff.png", "wb"):  # noqa: PTH123 - a Path holds no bytes
        pass
    with pytest.raises(DataError, match="is not valid UTF-8") as caught:
        read_all(folder)
    assert caught.value.message.isascii()


def test_file_or_archive_without_permission(unprivileged):
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "set"
        for label in "ab":
            (folder / label).mkdir(parents=True)
            (folder / label / "1.png").write_bytes(png(1))
        (folder / "a" / "1.png").chmod(0)
        with opened(folder) as pictures:
            first = pictures.layout.items[0]
            with pytest.raises(DataError, match="cannot be read: Permission denied"):
                pictures.read(first)
        archive = pack(Path(name) / "x.zip", [("a/1.png", png(1)), ("b/1.png", png(2))])
        archive.chmod(0)
        with pytest.raises(DataError, match=r"cannot read .*x.zip`: Permission denied") as caught:
            read_all(archive)
        assert caught.value.hint == "check its permissions"


def test_digits_are_those_of_scikit_learn():
    from sklearn.datasets import load_digits

    with open_pictures(locate(DataOptions(), Path()), lambda _text: None) as pictures:
        items = pictures.layout.items
        arrays = [pictures.read(item) for item in items]
    assert len(items) == 1797
    assert pictures.layout.classes == tuple("0123456789")
    bunch = load_digits()
    for item, array in zip(items, arrays, strict=True):
        number = int(item.name.split("/")[1])
        assert item.label == str(bunch.target[number])
        assert np.array_equal(array, np.floor(bunch.images[number] * 255 / 16 + 0.5))


@pytest.mark.slow
def test_real_cifar10_zip_opens_with_its_official_parts(shared_dir):
    options = msgspec.convert(
        {"recipe": "cifar10", "path": str(shared_dir / "data/cifar10.zip")}, DataOptions
    )
    with open_pictures(locate(options, Path()), lambda _text: None) as pictures:
        parts = [item.part for item in pictures.layout.items]
        assert parts.count("train") == 50_000
        assert parts.count("test") == 10_000
        assert len(pictures.layout.classes) == 10
        assert pictures.layout.classes[0] == "airplane"
        assert pictures.read(pictures.layout.items[0])[:2] == b"\xff\xd8"
