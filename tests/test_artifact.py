"""Whole files and the store of stage results."""

import os
import signal
import subprocess
import sys
import textwrap
import time

import pytest

from edgeflow.artifact import (
    Store,
    canonical_json,
    copy_file,
    read_json,
    sha256_bytes,
    sha256_file,
    sha256_tree,
    write_bytes,
    write_json,
)


def test_hashes_are_sha256(tmp_path):
    # FIPS 180-4 test vector of the message "abc"
    known = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert sha256_bytes(b"abc") == known
    (tmp_path / "f").write_bytes(b"abc")
    assert sha256_file(tmp_path / "f") == known


def test_tree_hash_sees_names_and_contents(tmp_path):
    def tree(name, files):
        for path, data in files.items():
            write_bytes(tmp_path / name / path, data)
        return sha256_tree(tmp_path / name)

    first = tree("a", {"x/1": b"1", "y": b"2"})
    assert first == tree("b", {"y": b"2", "x/1": b"1"})
    assert first != tree("c", {"x/2": b"1", "y": b"2"})
    assert first != tree("d", {"x/1": b"1", "y": b"3"})


def test_failed_write_leaves_the_old_file_and_no_litter(tmp_path):
    path = tmp_path / "file"
    write_bytes(path, b"old")
    with pytest.raises(TypeError):
        write_bytes(path, "not bytes")
    assert path.read_bytes() == b"old"
    assert [p.name for p in tmp_path.iterdir()] == ["file"]


def test_json_round_trip_is_sorted(tmp_path):
    write_json(tmp_path / "x.json", {"b": 1, "a": [2]})
    assert (tmp_path / "x.json").read_text() == '{\n  "a": [\n    2\n  ],\n  "b": 1\n}\n'
    assert read_json(tmp_path / "x.json") == {"a": [2], "b": 1}
    assert canonical_json({"b": 1, "a": 2}) == canonical_json({"a": 2, "b": 1})


def test_copy_keeps_the_time(tmp_path):
    write_bytes(tmp_path / "a", b"1")
    os.utime(tmp_path / "a", ns=(1, 10**15))
    copy_file(tmp_path / "a", tmp_path / "sub" / "b")
    assert (tmp_path / "sub" / "b").stat().st_mtime_ns == 10**15


def test_produce_makes_once_and_again_only_on_request(tmp_path):
    store, calls = Store(tmp_path), []

    def make(output, _work):
        calls.append(1)
        write_bytes(output / "n", str(len(calls)).encode())

    for _ in range(2):
        assert (store.produce("stage", "key", make) / "n").read_bytes() == b"1"
    assert (store.produce("stage", "key", make, redo=True) / "n").read_bytes() == b"2"
    assert store.has("stage", "key")
    assert not store.has("stage", "other")


def test_failed_make_leaves_no_result_but_its_work(tmp_path):
    store = Store(tmp_path)

    def fail(output, work):
        write_bytes(output / "half", b"")
        write_bytes(work / "checkpoint", b"7")
        raise ValueError("stopped")

    with pytest.raises(ValueError, match="stopped"):
        store.produce("s", "k", fail)
    assert not store.has("s", "k")

    def resume(output, work):
        assert not (output / "half").exists()
        write_bytes(output / "n", (work / "checkpoint").read_bytes())

    assert (store.produce("s", "k", resume) / "n").read_bytes() == b"7"
    assert not list(tmp_path.glob("s/*.work"))


def test_result_set_aside_by_a_killed_process_comes_back(tmp_path):
    store = Store(tmp_path)
    write_bytes(tmp_path / "s" / "k.old" / "n", b"1")

    def make(_output, _work):
        raise AssertionError("made again")

    assert (store.produce("s", "k", make) / "n").read_bytes() == b"1"


SLOW_MAKER = """
    import sys, time
    from pathlib import Path
    from edgeflow.artifact import Store

    def make(output, work):
        (work / "started").write_text("")
        time.sleep(float(sys.argv[2]))
        (output / "by").write_text(sys.argv[3])

    result = Store(Path(sys.argv[1])).produce("s", "k", make)
    print((result / "by").read_text())
"""


def start(tmp_path, seconds, name):
    arguments = [sys.executable, "-c", textwrap.dedent(SLOW_MAKER), tmp_path, str(seconds), name]
    return subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True)


def wait_until_started(tmp_path):
    deadline = time.monotonic() + 20
    while not (tmp_path / "s" / "k.work" / "started").exists():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_second_process_waits_for_the_first_and_uses_its_result(tmp_path):
    first = start(tmp_path, 0.5, "first")
    wait_until_started(tmp_path)
    second = start(tmp_path, 0, "second")
    assert first.communicate()[0] == second.communicate()[0] == "first\n"


def test_killed_process_blocks_nobody(tmp_path):
    victim = start(tmp_path, 60, "victim")
    wait_until_started(tmp_path)
    victim.send_signal(signal.SIGKILL)
    victim.communicate()
    assert not Store(tmp_path).has("s", "k")
    assert start(tmp_path, 0, "next").communicate()[0] == "next\n"
