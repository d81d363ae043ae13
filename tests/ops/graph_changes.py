"""Changes to a graph of one operator, each a function from graph to graph."""

from dataclasses import replace

from edgeflow.ir.graph import Quant


def tensor(tensor_id, **changes):
    """Change fields of one tensor; ``quant`` may be a dict of changes."""

    def change(graph):
        old = graph.tensors[tensor_id]
        fields = dict(changes)
        if isinstance(fields.get("quant"), dict):
            fields["quant"] = replace(old.quant, **fields["quant"])
        return replace(graph, tensors={**graph.tensors, tensor_id: replace(old, **fields)})

    return change


def attr(**changes):
    """Change options of the operator."""

    def change(graph):
        return replace(graph, ops=(replace(graph.ops[0], attrs={**graph.ops[0].attrs, **changes}),))

    return change


def op(**changes):
    """Change fields of the operator."""
    return lambda graph: replace(graph, ops=(replace(graph.ops[0], **changes),))


def per_channel(*scales, axis=0):
    return Quant(tuple(scales), (0,) * len(scales), axis)
