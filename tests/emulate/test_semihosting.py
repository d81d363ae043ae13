"""The debugger's side of semihosting against hand-made argument blocks."""

import struct

import pytest

from edgeflow.emulate.semihosting import Semihosting
from edgeflow.errors import InternalError

OPEN, CLOSE, WRITE, READ, IS_TERMINAL, SEEK, LENGTH, EXIT, EXIT_EXTENDED = 1, 2, 5, 6, 9, 0xA, 0xC, 0x18, 0x20
FAILED = 0xFFFFFFFF


class FakeMemory:
    """A kilobyte of RAM at address 0."""

    def __init__(self):
        self.content = bytearray(1024)

    def read(self, address, byte_count):
        return bytes(self.content[address : address + byte_count])

    def write(self, address, data):
        self.content[address : address + len(data)] = data


@pytest.fixture
def host():
    return Semihosting(FakeMemory())


def call(host, operation, *words):
    host.memory.write(512, struct.pack(f"<{len(words)}I", *words))
    return host.call(operation, 512)


def open_file(host, name, mode):
    host.memory.write(0, name.encode())
    return call(host, OPEN, 0, mode, len(name))


def test_reads_until_the_end(host):
    host.files["in"] = bytearray(b"abcde")
    handle = open_file(host, "in", 1)
    assert call(host, LENGTH, handle) == 5
    assert call(host, READ, handle, 100, 3) == 0
    assert call(host, READ, handle, 200, 3) == 1
    assert call(host, READ, handle, 300, 3) == 3
    assert host.memory.read(100, 3) + host.memory.read(200, 2) == b"abcde"


def test_writes_one_after_the_other(host):
    handle = open_file(host, "out", 5)
    for text in (b"ab", b"cd"):
        host.memory.write(100, text)
        assert call(host, WRITE, handle, 100, 2) == 0
    assert host.files["out"] == b"abcd"
    assert call(host, SEEK, handle, 1) == 0
    assert call(host, WRITE, handle, 100, 2) == 0
    assert host.files["out"] == b"acdd"


def test_files_have_handles_of_their_own(host):
    host.files["in"] = bytearray(b"x")
    first, second = open_file(host, "in", 1), open_file(host, "out", 5)
    assert first != second
    assert call(host, IS_TERMINAL, first) == 0
    assert call(host, CLOSE, first) == 0
    assert call(host, READ, first, 100, 4) == 4
    assert call(host, CLOSE, first) == FAILED


@pytest.mark.parametrize(
    ("operation", "words", "result"),
    [
        (READ, (7, 0, 9), 9),
        (WRITE, (7, 0, 9), 9),
        (SEEK, (7, 0), FAILED),
        (LENGTH, (7,), FAILED),
        (IS_TERMINAL, (7,), FAILED),
    ],
)
def test_unknown_handle_fails_as_the_standard_says(host, operation, words, result):
    assert call(host, operation, *words) == result


def test_absent_file_is_refused(host):
    assert open_file(host, "absent", 1) == FAILED


def test_exit_codes(host):
    call(host, EXIT_EXTENDED, 0x20026, 9)
    assert host.exit_code == 9
    host.call(EXIT, 0x20026)
    assert host.exit_code == 0
    host.call(EXIT, 0x20024)
    assert host.exit_code == 1


def test_unknown_operation_is_named(host):
    with pytest.raises(InternalError, match="0x13"):
        host.call(0x13, 0)
