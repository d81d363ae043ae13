"""Small models with variables behind handles, for tests to change before they are written."""

import numpy as np
from flat_models import Table, model, operator, operator_code, quantization, tensor

FIRST = np.array([[5, -6, 7, 8]], np.int8)
QUANT = quantization([0.5], [-1])
# Places in the table of operator codes.
ADD, CALL_ONCE, VAR_HANDLE, READ, ASSIGN = range(5)


def handle(code, output, name="state"):
    return operator(code, [], [output], Table("VarHandleOptions", Container="", SharedName=name))


def state_model():
    """Reads the variable, adds the input, assigns the sum; tensors: x, handle, read, sum."""
    root = model(
        [
            operator_code(kind)
            for kind in ("ADD", "CALL_ONCE", "VAR_HANDLE", "READ_VARIABLE", "ASSIGN_VARIABLE")
        ],
        [
            tensor("x", [1, 4], quant=QUANT),
            tensor("handle", [], "RESOURCE"),
            tensor("before", [1, 4], quant=QUANT),
            tensor("sum", [1, 4], quant=QUANT),
        ],
        [
            operator(CALL_ONCE, [], [], Table("CallOnceOptions", InitSubgraphIndex=1)),
            handle(VAR_HANDLE, 1),
            operator(READ, [1], [2]),
            operator(ADD, [0, 2], [3], Table("AddOptions")),
            operator(ASSIGN, [1, 3], []),
        ],
        [0],
        [3],
        [FIRST],
    )
    first = Table(
        "SubGraph",
        Name="init",
        Tensors=[tensor("its_handle", [], "RESOURCE"), tensor("first", [1, 4], buffer=1, quant=QUANT)],
        Operators=[handle(VAR_HANDLE, 0), operator(ASSIGN, [0, 1], [])],
    )
    root["Subgraphs"].append(first)
    return root
