"""Where the names of files come from in a TensorFlow graph.

A SavedModel writes and reads its own variables, under a name that the loader hands in. Followed back from
every such operator, through functions, a name may pass only operators that build one, and no text of the
model on its way may be a path: so the model cannot name another file.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from edgeflow.errors import ModelError
from edgeflow.importers.limits import MAX_DEPTH

# Operators and how many of their first inputs name files.
FILE_OPS = {"SaveV2": 1, "RestoreV2": 1, "MergeV2Checkpoints": 2, "ShardedFilename": 1}
# Operators that build a name from others.
PASSING = frozenset(
    "Const Identity Pack Placeholder PlaceholderWithDefault Select SelectV2 ShardedFilename"
    " StaticRegexFullMatch StringJoin".split()
)
# Operators that call a function, and which input is its first argument.
CALLS = {
    **dict.fromkeys(("PartitionedCall", "StatefulPartitionedCall", "While", "StatelessWhile"), 0),
    **dict.fromkeys(("If", "StatelessIf", "Case", "StatelessCase"), 1),
}
# What an exporter's own pieces of names are made of.
OWN_TEXT = re.compile(r"(?:_temp[0-9a-z_]*/)?[A-Za-z0-9_.-]*")
HINT = "do not trust this file; export only the network itself"


@dataclass
class Node:
    """One node, as far as it matters here."""

    origin: str
    name: str = ""
    kind: str = ""
    inputs: list[str] = field(default_factory=list)
    functions: list[str] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Body:
    """A graph or function: its arguments and its nodes by name."""

    arguments: tuple[str, ...]
    nodes: Mapping[str, Node]


def check_file_names(graph: Body, functions: Mapping[str, Body]) -> None:
    """Raise ModelError where a model may name a file."""
    finder = _Finder(functions)
    finder.arguments_of(graph, 0)
    for name in functions:
        finder.of_function(name, 0)


class _Finder:
    """Which arguments of a function name files; each function is looked at once."""

    def __init__(self, functions: Mapping[str, Body]) -> None:
        self._functions = functions
        self._known: dict[str, frozenset[int]] = {}

    def of_function(self, name: str, depth: int) -> frozenset[int]:
        """Positions of the arguments that name files."""
        if name not in self._known and name in self._functions:
            self._known[name] = frozenset()  # what a function that calls itself sees
            self._known[name] = self.arguments_of(self._functions[name], depth)
        return self._known.get(name, frozenset())

    def arguments_of(self, body: Body, depth: int) -> frozenset[int]:
        """As `of_function`, of a body."""
        places = {name: place for place, name in enumerate(body.arguments)}
        found, seen = set[int](), set[str]()
        for node in body.nodes.values():
            waiting = self._names(node, depth)
            while waiting:
                source = waiting.pop().split(":", 1)[0]  # `^name` is an order, no value
                if source in places:
                    found.add(places[source])
                elif source in body.nodes and source not in seen:
                    seen.add(source)
                    waiting += _givers(node, body.nodes[source])
        return frozenset(found)

    def _names(self, node: Node, depth: int) -> list[str]:
        """The inputs of a node that name files."""
        if depth > MAX_DEPTH:
            raise ModelError(f"`{node.origin}`: functions call each other more than {MAX_DEPTH} deep.", HINT)
        names = node.inputs[: FILE_OPS.get(node.kind, 0)]
        first = CALLS.get(node.kind)
        if first is not None:
            for function in node.functions:
                positions = (first + place for place in self.of_function(function, depth + 1))
                names += [node.inputs[place] for place in positions if place < len(node.inputs)]
        return names


def _givers(node: Node, giver: Node) -> list[str]:
    """What a node on a name's way is made of; refused when it is no name's part."""
    if giver.kind not in PASSING:
        raise ModelError(
            f"`{giver.origin}`: node `{node.name}` takes a file's name from the operator `{giver.kind}`.",
            HINT,
        )
    for text in giver.texts:
        if ".." in text or not OWN_TEXT.fullmatch(text):
            raise ModelError(
                f"`{giver.origin}`: node `{node.name}` is the operator `{node.kind}` on the file `{text}`.",
                HINT,
            )
    return giver.inputs
