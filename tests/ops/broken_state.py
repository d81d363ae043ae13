"""Base cases of the operators with variables, and changes that break each of their rules."""

from graph_changes import op, tensor

VARIABLE = -1
OPERANDS, FITTING = "one value, one variable and no output", "the variable's element type and shape"
STATE_BASES = {"ASSIGN_VARIABLE": "then_read", "READ_VARIABLE": "then_assigned"}
WITHOUT_OUTPUT = {"ASSIGN_VARIABLE"}
STATE_BROKEN = [
    ("READ_VARIABLE", op(inputs=(0,)), "The input is a variable"),
    ("READ_VARIABLE", tensor(2, dtype="uint8"), "The input is a variable"),
    ("READ_VARIABLE", tensor(2, shape=(4,)), "The input is a variable"),
    ("ASSIGN_VARIABLE", op(inputs=()), OPERANDS),
    ("ASSIGN_VARIABLE", op(outputs=(2,)), OPERANDS),
    ("ASSIGN_VARIABLE", op(updates=()), OPERANDS),
    ("ASSIGN_VARIABLE", tensor(0, dtype="uint8"), FITTING),
    ("ASSIGN_VARIABLE", tensor(VARIABLE, shape=(4,)), FITTING),
]
