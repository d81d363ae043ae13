"""Cases of the operators that read and assign variables; the input sets of a case run in sequence."""

from dataclasses import dataclass

import numpy as np
from case_model import Case
from flat_models import Table, build, operator, tensor
from state_models import ADD, ASSIGN, QUANT, READ, state_model
from tflite_builder import Node, T

TENSORS = (T("x", (1, 4)), T("handle", ()), T("before", (1, 4)), T("sum", (1, 4)))
FEEDS = tuple((np.array([row], np.int8),) for row in ([1, 2, 3, 4], [-128, 127, 0, -1], [7, 7, 7, 7]))


@dataclass(frozen=True, eq=False)
class StateCase(Case):
    """A model of two subgraphs; ``node`` is its first operator but for handles and calls."""

    root: object = None

    @property
    def model(self):
        """The ``.tflite`` bytes."""
        return build(self.root)


def state_case(name, node, operators, output):
    """The operators between the handle and the end, and which tensor is the output."""
    root = state_model()
    main = root["Subgraphs"][0]
    main["Operators"] = [*main["Operators"][:2], *operators]
    main["Tensors"].append(tensor("after", [1, 4], quant=QUANT))
    main["Outputs"] = np.array([output], np.int32)
    return StateCase(node.kind, name, TENSORS, node, (0,), FEEDS, root=root)


READ_NODE = Node("READ_VARIABLE", [1], [2])
ASSIGN_NODE = Node("ASSIGN_VARIABLE", [1, 0], [])
SUM = operator(ADD, [0, 2], [3], Table("AddOptions"))
STATES = [
    state_case("then_assigned", READ_NODE, [operator(READ, [1], [2]), operator(ASSIGN, [1, 0], [])], 2),
    state_case("read_before_assigned", READ_NODE,
               [operator(READ, [1], [2]), operator(ASSIGN, [1, 0], []), SUM], 3),
    state_case("running_sum", READ_NODE, [operator(READ, [1], [2]), SUM, operator(ASSIGN, [1, 3], [])], 3),
    state_case("then_read", ASSIGN_NODE, [operator(ASSIGN, [1, 0], []), operator(READ, [1], [2])], 2),
    state_case("twice", ASSIGN_NODE,
               [operator(ASSIGN, [1, 0], []), operator(READ, [1], [2]), SUM, operator(ASSIGN, [1, 3], []),
                operator(READ, [1], [4])], 4),
]  # fmt: skip
