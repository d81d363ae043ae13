"""Damage that keeps a file's outer form, so that what is inside gets read: members, JSON, protobuf, bytes."""

import gzip
import io
import json
import random
import sys
import warnings
import zipfile
import zlib
from pathlib import Path

from mutation import CHANGES

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "importers"))

from encode import field

NUMBERS = (0, 1, 2, 7, 127, 128, 255, 65535, 2**31 - 1, 2**31, 2**32, 2**40, 2**62, 2**63, 2**64 - 1)
TEXTS = (
    b"",
    b"/etc/passwd",
    b"../../evil",
    b"\xff\xfe",
    b"a" * 5000,
    b"Lambda",
    b"__lambda__",
    b"PyFunc",
    b"ReadFile",
    b"os",
    b"w.bin",
    b"evil.domain",
    b"\n\x00",
)
VALUES = (
    None,
    True,
    -1,
    10**12,
    10**400,
    1e308,
    "",
    "Lambda",
    "os",
    "../../x",
    [],
    {},
    [[]],
    {"class_name": 1},
)
NAMES = ("../evil", "/evil", "a/../../evil", "config.json", "x" * 400, "a\\b", "net/saved_model.pb/x", "\x01")


def mutated_model(files, seed):
    """The files with damage that follows from the seed."""
    generator = random.Random(seed)  # noqa: S311  mutations, not secrets
    name = generator.choice(sorted(files))
    data = files[name]
    for _ in range(generator.choice((1, 1, 2, 3))):
        data = _mutated(name, data, generator)
    return {**files, name: data}


def _mutated(name, data, generator):
    if generator.random() < 0.2 or not data:
        return _bytes(data, generator)
    if data.startswith(b"PK"):
        return _zip(data, generator)
    if data.startswith(b"\x1f\x8b"):
        return _gzip(data, generator)
    if data[:1] == b"{":
        return _json(data, generator)
    if name.endswith((".onnx", ".pb")):
        return _protobuf(data, generator)
    return _bytes(data, generator)


def _bytes(data, generator):
    changed = bytearray(data or b"\0")
    for _ in range(generator.choice((1, 2, 6))):
        generator.choice(CHANGES)(changed, range(len(changed)), generator)
    if generator.random() < 0.1:
        del changed[generator.randrange(len(changed)) :]
    return bytes(changed)


def _gzip(data, generator):
    try:
        return gzip.compress(_bytes(gzip.decompress(data), generator), 1)
    except (OSError, EOFError, zlib.error):
        return _bytes(data, generator)


def _zip(data, generator):
    """One member damaged, renamed, doubled or made special."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = [(info, archive.read(info)) for info in archive.infolist()]
    except Exception:  # noqa: BLE001  a zip that is damaged already fails in any way it likes
        return _bytes(data, generator)
    if not members:
        return _bytes(data, generator)
    index = generator.randrange(len(members))
    info, content = members[index]
    what = generator.random()
    if what < 0.7:
        content = _mutated(info.filename, content, generator)
    elif what < 0.8:
        info.filename = generator.choice(NAMES)
    elif what < 0.85:
        info.external_attr = generator.choice((0o120777, 0o060000, 0o010000)) << 16
    elif what < 0.9:
        members.append((info, content))
    elif what < 0.95:
        del members[index]
    else:
        content = content * 2000 if len(content) < 20_000 else b""
    if what < 0.9 or what >= 0.95:
        members[index] = (info, content)
    stream = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(stream, "w") as archive:
        warnings.simplefilter("ignore")  # doubled names are what is wanted
        for member, data_of in members:
            archive.writestr(member, data_of)
    return stream.getvalue()


def _json(data, generator):
    """A value of the tree replaced, copied elsewhere or wrapped."""
    try:
        tree = json.loads(data)
    except (ValueError, RecursionError):
        return _bytes(data, generator)
    places = list(_places(tree))
    if not places:
        return _bytes(data, generator)
    holder, key = generator.choice(places)
    what = generator.random()
    if what < 0.5:
        holder[key] = generator.choice(VALUES)
    elif what < 0.8:
        other, other_key = generator.choice(places)
        holder[key] = json.loads(json.dumps(other[other_key]))
    elif what < 0.95:
        for _ in range(generator.choice((1, 40, 400))):
            holder[key] = generator.choice(([holder[key]], {"config": holder[key], "class_name": "Dense"}))
    elif isinstance(holder, dict):
        holder["module"] = generator.choice(("os", "keras.utils", "keras", 3))
    return json.dumps(tree).encode()


def _places(tree):
    """Every holder and key of a tree, without recursion."""
    waiting = [tree]
    while waiting:
        holder = waiting.pop()
        keys = (
            range(len(holder))
            if isinstance(holder, list)
            else sorted(holder)
            if isinstance(holder, dict)
            else ()
        )
        for key in keys:
            yield holder, key
            waiting.append(holder[key])


def _protobuf(data, generator):
    """A field changed, doubled, dropped or nested, and every length around it set right."""
    fields = _fields(data)
    if not fields:
        return _bytes(data, generator)
    index = generator.randrange(len(fields))
    number, value = fields[index]
    what = generator.random()
    if isinstance(value, bytes) and what < 0.75:
        value = (
            _protobuf(value, generator)
            if _fields(value)
            else generator.choice((*TEXTS, _bytes(value, generator)))
        )
    elif what < 0.8:
        value = generator.choice(NUMBERS)
    elif what < 0.85:
        value = generator.choice(TEXTS)
    elif what < 0.9:
        fields.append((number, value))
    elif what < 0.95:
        del fields[index]
        return b"".join(field(*entry) for entry in fields)
    else:
        for _ in range(generator.choice((1, 70, 300))):
            value = field(number, value)
    fields[index] = (number, value)
    return b"".join(field(*entry) for entry in fields)


def _fields(data):
    """Numbers and values of a message's fields; None for bytes that are none. Floats stay as bytes away."""
    found, position = [], 0
    while position < len(data):
        key, position = _varint(data, position)
        if key is None or not key >> 3 or key >> 3 > 100:
            return None
        value, position = _varint(data, position)
        if value is None or key & 7 not in {0, 2}:
            return None
        if key & 7 == 2:
            if value > len(data) - position:
                return None
            value, position = data[position : position + value], position + value
        found.append((key >> 3, value))
    return found


def _varint(data, position):
    value = 0
    for place in range(10):
        if position + place >= len(data):
            return None, position
        byte = data[position + place]
        value |= (byte & 127) << (7 * place)
        if byte < 128:
            return value % 2**64, position + place + 1
    return None, position
