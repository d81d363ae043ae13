"""The two original CIFAR-10 archives, in miniature, written byte by byte as their page describes them."""

import gzip
import io
import pickle
import struct
import tarfile
from pathlib import Path

import msgspec
import numpy as np
import pytest

from edgeflow.data import cifar
from edgeflow.data.options import DataOptions
from edgeflow.data.reader import open_pictures
from edgeflow.data.source import locate
from edgeflow.errors import DataError

COUNT = 20
BATCHES = ["data_batch_1", "data_batch_2", "data_batch_3", "data_batch_4", "data_batch_5", "test_batch"]
RANDOM = np.random.default_rng(7)
# batch -> labels [20], planes [20, 3072]
CONTENT = {
    name: ([i % 10 for i in range(COUNT)], RANDOM.integers(0, 256, (COUNT, 3072), dtype=np.uint8))
    for name in BATCHES
}


@pytest.fixture(autouse=True)
def small_batches(monkeypatch):
    monkeypatch.setattr(cifar, "BATCH_PICTURES", COUNT)


def binary(name):
    labels, planes = CONTENT[name]
    return b"".join(bytes([label]) + row.tobytes() for label, row in zip(labels, planes, strict=True))


def text(value):
    """A string as Python 2 pickles it."""
    return b"T" + struct.pack("<I", len(value)) + value


def pickled(name, *, dtype=b"u1", extra=b""):
    """A batch as Python 2's cPickle writes it, opcode by opcode (protocol 2)."""
    labels, planes = CONTENT[name]
    array = (
        b"cnumpy.core.multiarray\n_reconstruct\n"
        b"cnumpy\nndarray\n"
        b"K\x00\x85" + text(b"b") + b"\x87R"
        b"(K\x01" + b"K" + bytes([COUNT]) + b"M\x00\x0c\x86"
        b"cnumpy\ndtype\n" + text(dtype) + b"K\x00K\x01\x87R"
        b"(K\x03" + text(b"|") + b"NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tb"
        b"\x89" + text(planes.tobytes()) + b"tb"
    )
    listed = b"](" + b"".join(b"K" + bytes([label]) for label in labels) + b"e"
    return b"\x80\x02}(" + text(b"data") + array + text(b"labels") + listed + extra + b"u."


def tar_gz(path, members):
    with tarfile.open(path, "w:gz") as archive:
        for name, data in members:
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return path


def binary_members():
    return [(f"cifar-10-batches-bin/{name}.bin", binary(name)) for name in BATCHES]


def python_members(**first):
    members = [(f"cifar-10-batches-py/{name}", pickled(name)) for name in BATCHES]
    return [("cifar-10-batches-py/data_batch_1", pickled("data_batch_1", **first)), *members[1:]]


def read_all(path):
    options = msgspec.convert({"recipe": "cifar10", "path": str(path)}, DataOptions)
    with open_pictures(locate(options, Path()), lambda _text: None) as pictures:
        return pictures.layout, {item.name: pictures.read(item) for item in pictures.layout.items}


def test_the_pickles_written_here_are_what_pickle_and_numpy_read():
    content = pickle.loads(pickled("test_batch"), encoding="bytes")  # noqa: S301 - written above
    assert np.array_equal(content[b"data"], CONTENT["test_batch"][1])
    assert content[b"labels"] == CONTENT["test_batch"][0]


FORMS = {"binary": binary_members, "python": python_members}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("kind", ["archive", "folder", "plain tar"])
def test_original_is_read_exactly(tmp_path, form, kind):
    path = tar_gz(tmp_path / "cifar.tar.gz", [("cifar-10-batches/readme.html", b"x"), *FORMS[form]()])
    if kind == "folder":
        path = tmp_path / "unpacked"
        path.mkdir()
        for name, data in FORMS[form]():
            (path / Path(name).name).write_bytes(data)
    elif kind == "plain tar":
        plain = tmp_path / "cifar.tar"
        plain.write_bytes(gzip.decompress(path.read_bytes()))
        path = plain
    layout, arrays = read_all(path)
    assert len(layout.items) == 6 * COUNT
    assert sum(item.part == "test" for item in layout.items) == COUNT
    for batch, (labels, planes) in CONTENT.items():
        part = "test" if batch == "test_batch" else "train"
        for index, label in enumerate(labels):
            array = arrays[f"{part}/{cifar.CLASSES[label]}/{batch}-{index:04d}"]
            red, green, blue = planes[index].reshape(3, 32, 32)
            assert np.array_equal(array, np.dstack([red, green, blue]))


def test_both_originals_give_the_same_data_set(tmp_path):
    first, a = read_all(tar_gz(tmp_path / "a.tar.gz", binary_members()))
    second, b = read_all(tar_gz(tmp_path / "b.tar.gz", python_members()))
    assert first == second
    assert all(np.array_equal(a[name], b[name]) for name in a)


class Evil:
    """Pickles to a call of `Path.touch`."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return (Path.touch, (self.path,))


def test_pickle_that_calls_something_is_refused_without_a_call(tmp_path):
    trace = tmp_path / "called"
    members = python_members()
    members[0] = (members[0][0], pickle.dumps({b"labels": Evil(trace)}, protocol=2))
    with pytest.raises(DataError, match="which a picture does not need") as caught:
        read_all(tar_gz(tmp_path / "x.tar.gz", members))
    assert "data_batch_1" in caught.value.message
    assert not trace.exists()


REFUSED_NAMES = [
    "os\nsystem",
    "builtins\neval",
    "numpy\nload",
    "numpy.core.multiarray\nscalar",
    "numpy\n__dict__",
]


@pytest.mark.parametrize("name", REFUSED_NAMES)
def test_no_other_name_is_looked_up(tmp_path, name):
    extra = text(b"x") + b"c" + name.encode() + b"\n"
    with pytest.raises(DataError, match="which a picture does not need"):
        read_all(tar_gz(tmp_path / "x.tar.gz", python_members(extra=extra)))


def faulty(case):
    binary, python = binary_members(), python_members()
    first = binary[0]
    return {
        "batch absent": binary[:-2] + binary[-1:],
        "no batch at all": [("notes.txt", b"x")],
        "batch too short": [(first[0], first[1][:-1]), *binary[1:]],
        "label out of range": [(first[0], b"\x0a" + first[1][1:]), *binary[1:]],
        "pickle cut off": [(python[0][0], python[0][1][:-500]), *python[1:]],
        "not a pickle": [(python[0][0], b"hello"), *python[1:]],
        "pickle of a list": [(python[0][0], pickle.dumps([1], protocol=2)), *python[1:]],
        "pickle without data": [(python[0][0], pickle.dumps({}, protocol=2)), *python[1:]],
        "array of objects": python_members(dtype=b"O8"),
        "huge memo index": [(python[0][0], b"\x80\x02Nr\xff\xff\xff\xff."), *python[1:]],
        "labels are no list": [
            (first[0].replace("-bin", "-py").removesuffix(".bin"), NO_LABELS),
            *python[1:],
        ],
        "huge batch": [(first[0], bytes(41 << 20)), *binary[1:]],
    }[case]


NO_LABELS = pickled("test_batch", extra=b"").replace(b"](", b"(", 1)
FAULTS = {
    "batch absent": "holds no `data_batch_5.bin`",
    "no batch at all": "holds no `data_batch_1`",
    "batch too short": "`data_batch_1.bin` has 61459 bytes, not 61460",
    "label out of range": "holds labels other than 0 to 9",
    "pickle cut off": "`data_batch_1` is not a CIFAR-10 batch",
    "not a pickle": "`data_batch_1` is not a CIFAR-10 batch",
    "pickle of a list": "`data_batch_1` is not a CIFAR-10 batch",
    "pickle without data": "`data_batch_1` is not a CIFAR-10 batch",
    "array of objects": "not a CIFAR-10 batch: an array that is not uint8",
    "huge memo index": "not a CIFAR-10 batch",
    "labels are no list": "not a CIFAR-10 batch|does not hold 20 labels",
    "huge batch": "has 42991616 bytes, a CIFAR-10 batch has about 31 million",
}


@pytest.mark.parametrize("case", FAULTS)
def test_faulty_archive_is_one_sentence(tmp_path, case):
    path = tar_gz(tmp_path / "bad.tar.gz", faulty(case))
    with pytest.raises(DataError, match=FAULTS[case]) as caught:
        read_all(path)
    assert "bad.tar.gz" in caught.value.message


def test_archive_cut_off_or_of_another_kind(tmp_path):
    whole = tar_gz(tmp_path / "whole.tar.gz", binary_members()).read_bytes()
    for data in (whole[: len(whole) // 2], b"hello" * 100, gzip.compress(b"hello" * 1000), b"\x1f\x8b"):
        path = tmp_path / "cut.tar.gz"
        path.write_bytes(data)
        with pytest.raises(DataError, match=r"cut\.tar\.gz` (is not an intact tar archive|holds no)"):
            read_all(path)


def test_archive_that_unpacks_without_end_is_stopped(tmp_path, monkeypatch):
    monkeypatch.setattr(cifar, "MAX_ARCHIVE_BYTES", 1 << 20)
    path = tar_gz(tmp_path / "bomb.tar.gz", [("zeros", bytes(4 << 20)), *binary_members()])
    assert path.stat().st_size < 1 << 20
    with pytest.raises(DataError, match="unpacks to more than 1048576 bytes"):
        read_all(path)


def test_other_form_is_refused(tmp_path):
    path = tmp_path / "cifar.rar"
    path.write_bytes(b"Rar!")
    with pytest.raises(DataError, match="neither a folder nor a zip of pictures nor an original CIFAR-10"):
        read_all(path)
