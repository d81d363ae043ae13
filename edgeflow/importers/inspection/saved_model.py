"""What a SavedModel folder is refused for, read at the wire level.

Field numbers: tensorflow/core/protobuf/{saved_model,meta_graph,saved_object_graph}.proto and
tensorflow/core/framework/{graph,node_def,function,attr_value,tensor,tensor_shape}.proto. Operators are
those of `tensorflow_ops.txt`: numbers, control flow and the variables' own files. Whatever runs Python,
loads a library, reads or writes other files or keeps tables of text is not among them.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from edgeflow.errors import ModelError
from edgeflow.importers.inspection.file_names import Body, Node, check_file_names
from edgeflow.importers.inspection.files import file_bytes, folder_files
from edgeflow.importers.inspection.sizes import checked_bytes
from edgeflow.importers.inspection.wire import Message, WireFile, printable, signed

MEMBERS = re.compile(
    r"(?:.*/)?\.DS_Store|saved_model\.pb|fingerprint\.pb|keras_metadata\.pb|debug/.*|assets\.extra/.*"
    r"|variables/variables\.index|variables/variables\.data-[0-9]{5}-of-[0-9]{5}"
)
REASONS = {
    "runs Python code": ("PyFunc", "PyFuncStateless", "EagerPyFunc"),
    "reads or writes files": """
    ReadFile WriteFile MatchingFiles WholeFileReader WholeFileReaderV2 ImmutableConst Save Restore SaveSlices
    RestoreSlice LoadAndRemapMatrix TFRecordReaderV2 TextLineReaderV2 TextLineDataset TFRecordDataset
    SaveDataset LoadDataset FixedLengthRecordReaderV2 LMDBReader InitializeTableFromTextFile
    InitializeTableFromTextFileV2 CreateSummaryFileWriter
    """.split(),
}
VARIABLES = frozenset(["VarHandleOp", "Variable", "VariableV2"])
TEXT = 7
Shape = tuple[int, ...]
# DataType -> bits of an element, as far as it has a size of its own.
ELEMENT_BITS = {
    **dict.fromkeys((1, 3, 13, 22), 32),
    **dict.fromkeys((2, 8, 9, 23), 64),
    **dict.fromkeys((5, 14, 16, 17, 19), 16),
    **dict.fromkeys((4, 6, 10, 11, 12, 15, 24, 25), 8),
    18: 128,
}


@cache
def allowed_ops() -> frozenset[str]:
    """The operators a SavedModel may have."""
    return frozenset((Path(__file__).parent / "tensorflow_ops.txt").read_text().split())


def inspect_saved_model(folder: Path) -> None:
    """Raise ModelError for a folder that is corrupt, too large or asks for more than computing numbers."""
    if not folder.is_dir():
        raise ModelError(f"There is no SavedModel folder `{folder}`.", "give the folder of saved_model.pb")
    files = folder_files(folder)
    for name in files:
        if not MEMBERS.fullmatch(name):
            raise ModelError(
                f"`{folder.name}` holds `{name}`, which a network of numbers does not need.",
                "export the model without text tables or assets, or remove the file",
            )
    if "saved_model.pb" not in files:
        raise ModelError(f"`{folder.name}` holds no `saved_model.pb`.", "give the folder of saved_model.pb")
    file = WireFile(f"{folder.name}/saved_model.pb")
    root = Message(file, memoryview(file_bytes(files["saved_model.pb"])), "the model")
    graphs = list(root.messages(2, "a graph"))
    if not graphs:
        raise file.corrupt("it has no graph")
    for graph in graphs:
        _meta_graph(graph)


def _meta_graph(graph: Message) -> None:
    definition = graph.only(2, "the graph")
    if definition is not None:
        _graph_def(definition)
    for number, value in graph.fields():
        if number == 6:
            raise ModelError(
                f"`{graph.file.origin}` names an asset, a file that its operators read.",
                "export the model without text tables or assets",
            )
        if number == 7:
            _objects(graph.child(value, "the objects"))


def _objects(objects: Message) -> None:
    for item in objects.messages(1, "an object"):
        for variable in item.messages(7, "a variable"):
            element, name = 0, ""
            shape: Shape = ()
            for number, value in variable.fields():
                if number == 1 and isinstance(value, int):
                    element = value
                elif number == 2:
                    shape += _shape(variable.child(value, "a shape"))
                elif number == 6:
                    name = variable.text(value)
            _check(objects.file, f"variable `{name}`", element, shape)
        if any(number == 5 for number, _ in item.fields()):
            raise ModelError(
                f"`{objects.file.origin}` names an asset, a file that its operators read.",
                "export the model without text tables or assets",
            )


def _graph_def(graph: Message) -> None:
    functions: dict[str, Body] = {}
    library = graph.only(2, "the functions")
    for message in library.messages(1, "a function") if library else ():
        name, arguments = _signature(message)
        if name in functions:
            raise graph.file.corrupt(f"it has two functions `{name}`")
        functions[name] = Body(arguments, _nodes(message, 3))
    check_file_names(Body((), _nodes(graph, 1)), functions)


def _signature(function: Message) -> tuple[str, tuple[str, ...]]:
    signature = function.only(1, "a signature")
    if signature is None:
        raise function.file.corrupt("a function has no signature")
    names = [signature.text(value) for number, value in signature.fields() if number == 1]
    arguments = []
    for argument in signature.messages(2, "an argument"):
        arguments += [argument.text(value) for number, value in argument.fields() if number == 1][-1:]
    return "".join(names[-1:]), tuple(arguments)


def _nodes(body: Message, field_number: int) -> dict[str, Node]:
    """The nodes of one graph or function, by name."""
    nodes: dict[str, Node] = {}
    for message in body.messages(field_number, "a node"):
        node = _read_node(message)
        if node.kind not in allowed_ops():
            raise _refused(node)
        if node.name in nodes:
            raise message.file.corrupt(f"it has two nodes `{node.name}`")
        nodes[node.name] = node
    return nodes


def _read_node(message: Message) -> Node:
    node = Node(message.file.origin)
    attributes = []
    for number, value in message.fields():
        if number == 1:
            node.name = message.text(value)
        elif number == 2:
            node.kind = message.text(value)
        elif number == 3:
            node.inputs.append(message.text(value))
        elif number == 5:
            attributes.append(message.child(value, "an attribute"))
    for attribute in attributes:
        _attribute(node, attribute)
    return node


def _refused(node: Node) -> ModelError:
    reason = next((why for why, kinds in REASONS.items() if node.kind in kinds), None)
    clause = f", which {reason}" if reason else ", which is not among those that a network of numbers needs"
    return ModelError(
        f"`{node.origin}`: node `{node.name}` is the operator `{node.kind}`{clause}.",
        "export only the network itself, from numbers to numbers",
    )


def _attribute(node: Node, entry: Message) -> None:
    """One entry of a node's map of attributes: a constant or a shape, or what refers to no memory."""
    for number, value in entry.fields():
        if number != 2:
            continue
        attribute = entry.child(value, "an attribute's value")
        for kind, content in attribute.fields():
            if kind == 10:
                node.functions += _function_names(attribute.child(content, "a function"))
            elif kind == 1:
                for function in attribute.child(content, "a list").messages(9, "a function"):
                    node.functions += _function_names(function)
            elif kind == 8:
                _constant(node, attribute.child(content, "a constant"))
            elif kind == 6 and content == TEXT and node.kind in VARIABLES:
                raise ModelError(
                    f"`{entry.file.origin}`: variable `{node.name}` holds text.",
                    "export only the network itself, from numbers to numbers",
                )
            elif kind == 7:
                _check(entry.file, f"node `{node.name}`", 1, _shape(attribute.child(content, "a shape")))


def _function_names(function: Message) -> list[str]:
    return [function.text(value) for number, value in function.fields() if number == 1]


def _constant(node: Node, tensor: Message) -> None:
    element = 0
    shape: Shape = ()
    for number, value in tensor.fields():
        if number == 1 and isinstance(value, int):
            element = value
        elif number == 2:
            shape += _shape(tensor.child(value, "a shape"))
        elif number == 8:
            node.texts.append(printable(tensor.octets(value)))
    _check(tensor.file, f"constant `{node.name}`", element, shape)


def _shape(shape: Message) -> Shape:
    sizes = []
    for axis in shape.messages(2, "a dimension"):
        found = [signed(value) for number, value in axis.fields() if number == 1 and isinstance(value, int)]
        sizes.append(max(found, default=0))
    return tuple(sizes)


def _check(file: WireFile, what: str, element: int, shape: Shape) -> None:
    checked_bytes(file.origin, what, shape, ELEMENT_BITS.get(element % 100, 8))  # 101 on: references
