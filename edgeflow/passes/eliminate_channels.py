"""Remove channels whose value is the same for every input, and channels that nobody reads.

Found by interval analysis of the stored integers (P. Cousot and R. Cousot, POPL 1977), over all inputs
there can be. A convolution or fully connected layer takes what a constant channel adds to its sums into its
bias and reads the channel no longer; at a padded border that is exact only for the zero point, and another
constant stays. A channel without a reader goes with its weights, through every operator that works channel
by channel. A small tensor that is always the same becomes a constant. Inputs and outputs of the model stay
whole.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from edgeflow.ir.graph import Graph, Tensor
from edgeflow.passes.channel_links import Link, link_of
from edgeflow.passes.constant_tensors import with_constant_tensors
from edgeflow.passes.interval import Mask, channel_count
from edgeflow.passes.remove_channels import remove_channels
from edgeflow.passes.value_ranges import value_ranges

# Bounds for what a file can ask for: real nets have thousands of channels and settle in two or three sweeps.
MAX_CHANNELS = 2**22
MAX_SWEEPS = 64


def _activations(graph: Graph) -> list[Tensor]:
    return [tensor for tensor in graph.tensors.values() if not tensor.is_constant]


def needed_channels(graph: Graph, links: Sequence[Link]) -> dict[int, Mask] | None:
    """The channels of each activation that must stay, by tensor id; None where the search is too long.

    Inputs, outputs and variables of the graph keep all of theirs.
    """
    needed = {tensor.id: np.zeros(channel_count(tensor), np.bool_) for tensor in _activations(graph)}
    for tensor_id in (*graph.inputs, *graph.outputs, *graph.variables):
        if tensor_id in needed:
            needed[tensor_id][:] = True
    before = -1
    for _ in range(MAX_SWEEPS):
        for link in (*reversed(links), *links):
            link.spread(needed)
        marked = sum(int(mask.sum()) for mask in needed.values())
        if marked == before:
            return needed
        before = marked
    return None


def eliminate_channels(graph: Graph) -> Graph:
    """The graph without channels that are constant or unread, exact to the bit.

    Tensors that lose channels get new ids; the others hold what they held.
    """
    if sum(map(channel_count, _activations(graph))) > MAX_CHANNELS:
        return graph
    ranges = value_ranges(graph)
    graph = with_constant_tensors(graph, ranges)
    links = [link_of(graph, op, ranges) for op in graph.ops]
    needed = needed_channels(graph, links)
    if needed is None or all(mask.all() for mask in needed.values()):
        return graph
    return remove_channels(graph, links, needed, ranges)
