"""Odd lists of inputs and outputs, and odd names, end to end against the interpreter."""

import pytest
from flat_models import build
from interface_models import add_and_relu
from running import compare, generated

from edgeflow.errors import ModelError

MODELS = {
    "two inputs, two outputs": add_and_relu(),
    "an output read inside": add_and_relu(outputs=[2]),
    "outputs turned": add_and_relu(outputs=[3, 2]),
    "an input as output": add_and_relu(outputs=[0, 3]),
    "only an input as output": add_and_relu(outputs=[1]),
    "an output twice": add_and_relu(outputs=[3, 3]),
    "an input as output twice": add_and_relu(outputs=[0, 3, 0]),
    "an input that nobody reads": add_and_relu(inputs=[0, 4, 1]),
    "an input that nobody reads as output": add_and_relu(inputs=[0, 4, 1], outputs=[4, 3]),
    "inputs turned": add_and_relu(inputs=[1, 0]),
    "one name for all": add_and_relu(names=["t"] * 5),
    "no names": add_and_relu(names=[""] * 5),
    "names that are C": add_and_relu(names=["int", "*/ }", '"\\', "a\n#error\n", "?" * 200]),
}


QUICK = ("an output twice", "an input that nobody reads as output")


@pytest.mark.parametrize(
    "name", [n if n in QUICK else pytest.param(n, marks=pytest.mark.slow) for n in MODELS]
)
def test_outputs_are_the_interpreter_s(name, tmp_path):
    compare(tmp_path, build(MODELS[name]))


def test_an_input_twice_is_refused(tmp_path):
    with pytest.raises(ModelError, match="A tensor is an input of the graph once"):
        generated(tmp_path, build(add_and_relu(inputs=[0, 0, 1])))
