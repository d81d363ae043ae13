"""Archives from outside: what is unpacked, what is refused, and that nothing lands elsewhere."""

import gzip
import io
import tarfile
import warnings
import zipfile

import numpy as np
import pytest

from edgeflow.archives import ArchiveError, Bounds, open_zip, read_member, unpack_tar, unpack_zip, zip_members
from edgeflow.array_archive import read_arrays

BOUNDS = Bounds(members=5, member_bytes=1000, total_bytes=2000)


def write_zip(path, *members, method=zipfile.ZIP_DEFLATED):
    with warnings.catch_warnings(), zipfile.ZipFile(path, "w", method) as archive:
        warnings.simplefilter("ignore")
        for name, data in members:
            archive.writestr(name, data)
    return path


def write_tar(path, *members):
    with tarfile.open(path, "w:gz" if path.suffix == ".gz" else "w") as archive:
        for name, data in members:
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return path


@pytest.mark.parametrize("name", ["a.zip", "a.tar", "a.tar.gz"])
def test_files_come_out_as_they_went_in(tmp_path, name):
    members = [("a/b.txt", b"hello"), ("c", b""), ("./d/e", bytes(900))]
    (write_zip if name == "a.zip" else write_tar)(tmp_path / name, *members)
    (unpack_zip if name == "a.zip" else unpack_tar)(tmp_path / name, tmp_path / "out", BOUNDS)
    found = {
        str(p.relative_to(tmp_path / "out")): p.read_bytes()
        for p in tmp_path.rglob("out/**/*")
        if p.is_file()
    }
    assert found == {"a/b.txt": b"hello", "c": b"", "d/e": bytes(900)}


@pytest.mark.parametrize("kind", ["zip", "tar"])
@pytest.mark.parametrize(
    ("members", "words"),
    [
        ([("../x", b"")], "leaves its folder"),
        ([("/x", b"")], "leaves its folder"),
        ([("a/../../x", b"")], "leaves its folder"),
        ([("c:x", b"")], "leaves its folder"),
        ([("a\\x", b"")], "leaves its folder"),
        ([("x", b""), ("x", b"")], "twice"),
        ([("x", b""), ("x/y", b"")], "below a name that is a file"),
        ([("x", bytes(1001))], "more than 1000"),
        ([("x", bytes(900)), ("y", bytes(900)), ("z", bytes(900))], "unpacks to more than"),
        ([(str(i), b"") for i in range(6)], "more than 5"),
    ],
)
def test_what_leaves_the_bounds_is_refused(tmp_path, kind, members, words):
    path = tmp_path / "a"
    (write_zip if kind == "zip" else write_tar)(path, *members)
    folder = tmp_path / "deep" / "out"
    with pytest.raises(ArchiveError, match=words):
        (unpack_zip if kind == "zip" else unpack_tar)(path, folder, BOUNDS)
    assert {p for p in tmp_path.rglob("*") if p.is_file()} - set(folder.rglob("*")) == {path}


def test_a_packing_other_than_deflate_is_refused(tmp_path):
    path = write_zip(tmp_path / "a.zip", ("x", bytes(100)), method=zipfile.ZIP_LZMA)
    with open_zip(path, 5) as archive, pytest.raises(ArchiveError, match="method 14"):
        zip_members(archive, BOUNDS)


def test_what_a_member_declares_is_not_exceeded(tmp_path):
    """A directory may say less than what the member unpacks to: only that much comes out."""
    path = write_zip(tmp_path / "a.zip", ("x", bytes(1 << 20)))
    data = bytearray(path.read_bytes())
    place = data.rfind(b"PK\1\2")
    data[place + 24 : place + 28] = (100).to_bytes(4, "little")
    path.write_bytes(data)
    with open_zip(path, 5) as archive, pytest.raises(ArchiveError, match="damaged"):
        read_member(archive, zip_members(archive, BOUNDS)["x"])


def test_messages_never_quote_raw_bytes(tmp_path):
    path = write_zip(tmp_path / "a.zip", ("name", b"x" * 50))
    path.write_bytes(path.read_bytes().replace(b"name", b"n\0\1e", 1))
    with open_zip(path, 5) as archive, pytest.raises(ArchiveError) as caught:
        read_member(archive, zip_members(archive, BOUNDS)["name"])
    assert str(caught.value).isprintable()
    assert len(str(caught.value)) < 400


def test_arrays_come_out_as_they_went_in(tmp_path):
    arrays = {
        "a": np.arange(6, dtype=np.int8).reshape(2, 3),
        "b": np.asfortranarray(np.random.default_rng(1).normal(size=(2, 3, 4))),
        "c": np.float32(2.5),
        "d": np.zeros((0, 3)),
    }
    np.savez_compressed(tmp_path / "a.npz", **arrays)
    found = read_arrays(tmp_path / "a.npz")
    assert found.keys() == arrays.keys()
    for name, array in arrays.items():
        assert found[name].dtype == np.asarray(array).dtype
        np.testing.assert_array_equal(found[name], array)


def npy(descr="<f4", shape="(2,)", data=bytes(8), header=None):
    text = header or f"{{'descr': '{descr}', 'fortran_order': False, 'shape': {shape}, }}"
    return b"\x93NUMPY\1\0" + len(text).to_bytes(2, "little") + text.encode() + data


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (npy(shape="(1000000000000,)"), "declares 4000000000000 bytes"),
        (npy(shape="(3,)"), "declares 12 bytes"),
        (npy(shape="(-2,)"), "declares"),
        (npy(descr="|O"), "Python objects"),
        (npy(header="{'descr': ("), "no array"),
        (npy(header="__import__('os').system('touch code-has-run')"), "no array"),
        (b"\x93NUMPY\7\0" + bytes(20), "no array"),
        (b"hello", "no array"),
    ],
)
def test_arrays_that_lie_are_refused(tmp_path, monkeypatch, data, words):
    monkeypatch.chdir(tmp_path)
    path = write_zip(tmp_path / "a.npz", ("in0.npy", data))
    with pytest.raises(ArchiveError, match=words):
        read_arrays(path)
    assert list(tmp_path.iterdir()) == [path]


def test_other_files_are_no_archives(tmp_path):
    path = tmp_path / "a"
    for data in (b"", b"PK\3\4", gzip.compress(b"x"), bytes(2000)[:1]):
        path.write_bytes(data)
        with pytest.raises(ArchiveError, match="not an intact zip"), open_zip(path, 5):
            pass
    for data in (b"hello" * 500, gzip.compress(b"hello" * 500), b"\x1f\x8bx"):
        path.write_bytes(data)
        with pytest.raises(ArchiveError, match="not an intact tar"):
            unpack_tar(path, tmp_path / "out", BOUNDS)
