"""`--shape` and `--signature`, end to end against the interpreter, and what they refuse."""

import re

import numpy as np
import pytest
import tflite
from flat_models import build
from interface_models import add_and_relu, flatten_net, open_size_net, two_signatures
from running import compare, generated

from edgeflow.codegen.options import parse_shapes
from edgeflow.emulate.desktop import DesktopRuntime
from edgeflow.errors import ModelError, UsageError


def reference(shapes, subgraph=0):
    return {"shapes": shapes, "subgraph": subgraph}


@pytest.mark.slow
def test_the_static_shape_is_taken(tmp_path):
    assert compare(tmp_path, build(flatten_net()))["inputs"][0]["shape"] == [1, 4, 4, 3]


@pytest.mark.parametrize("name", ["picture", "image"], ids=["of the tensor", "of the signature"])
def test_a_batch_by_name(name, tmp_path):
    shape = (3, 4, 4, 3)
    network = compare(tmp_path, build(flatten_net()), reference({0: shape}), shapes={name: shape})
    assert network["outputs"][0]["shape"] == [3, 32]


@pytest.mark.slow
@pytest.mark.parametrize("size", [(5, 3), (1, 1)])
def test_a_size_that_stands_nowhere(size, tmp_path):
    shape = (1, *size, 3)
    network = compare(tmp_path, build(open_size_net()), reference({0: shape}), shapes={"picture": shape})
    assert network["outputs"][0]["shape"] == [1, *size, 2]


@pytest.mark.parametrize("shape", [(1, -1, -1, 3), (1, 0, 4, 3)])
def test_a_missing_size_is_asked_for(shape, tmp_path):
    with pytest.raises(ModelError, match=r"`picture`\) has the shape \[1,\?,.*not static") as caught:
        generated(tmp_path, build(open_size_net(shape)))
    assert "`--shape NAME=1,1," in caught.value.hint


# shapes, words of the message, words of the hint
REFUSED = [
    ({"picture": (1, 5, 4, 3)}, "is [?,4,4,3]: it cannot become [1,5,4,3]", "a `?`"),
    ({"picture": (4, 4, 3)}, "cannot become [4,4,3]", "a `?`"),
    ({"picture": (0, 4, 4, 3)}, "has a dimension below 1", ""),
    ({"pictures": (1, 4, 4, 3)}, "has no input `pictures`", "`picture`, `image`"),
    ({"hidden": (1, 4, 4, 2)}, "has no input `hidden`", "`picture`"),
    ({"picture": (2, 4, 4, 3), "image": (3, 4, 4, 3)}, "two shapes, [2, 4, 4, 3] and [3, 4, 4, 3]", ""),
]


@pytest.mark.parametrize(("shapes", "message", "hint"), REFUSED)
def test_a_shape_that_does_not_fit_is_refused(shapes, message, hint, tmp_path):
    with pytest.raises(UsageError, match=re.escape(message)) as caught:
        generated(tmp_path, build(flatten_net()), shapes=shapes)
    assert hint in (caught.value.hint or "")


def test_a_fixed_shape_stays_fixed(tmp_path):
    with pytest.raises(UsageError, match=r"`a` of `net.tflite` is \[1,3,4\]") as caught:
        generated(tmp_path, build(add_and_relu()), shapes={"a": (2, 3, 4)})
    assert "the model fixes this shape" in caught.value.hint


def test_a_name_of_two_inputs_is_refused(tmp_path):
    with pytest.raises(UsageError, match="has 2 inputs of the name `t`"):
        generated(tmp_path, build(add_and_relu(names=["t"] * 5)), shapes={"t": (1, 3, 4)})


def test_a_shape_too_large_is_refused(tmp_path):
    with pytest.raises(ModelError, match="has more than 2147483647 bytes"):
        generated(tmp_path, build(flatten_net()), shapes={"picture": (2**31, 4, 4, 3)})


def test_a_shape_that_an_operator_cannot_take_is_its_sentence(tmp_path):
    """The RESHAPE's constant says one row."""
    root = flatten_net()
    root["Subgraphs"][0]["Operators"][3]["Inputs"] = np.array([5, 7], np.int32)  # [1, -1] whatever the batch
    root["Subgraphs"][0]["Tensors"][5]["Shape"] = np.array([], np.int32)
    root["Buffers"][4]["Data"] = np.frombuffer(np.int32(32).tobytes(), np.uint8)
    with pytest.raises(ModelError, match=r"RESHAPE #4 \(`flat`\): The output has the input's element type"):
        generated(tmp_path, build(root), shapes={"picture": (2, 4, 4, 3)})


def micro_bytes(folder):
    """The flatbuffer in TFLite Micro's array."""
    text = next((folder / "tflm").glob("*.cc")).read_text()
    return bytes(int(digits, 16) for digits in re.findall(r"0x([0-9a-f]{2})\b", text))


def test_tflite_micro_gets_the_shapes(tmp_path):
    """It does not infer: its array holds what was inferred here, for the interpreter the same model."""
    data = build(flatten_net())
    shape = (3, 4, 4, 3)
    raw = micro_bytes(generated(tmp_path, data, shapes={"picture": shape}))
    subgraph = tflite.Model.GetRootAs(raw).Subgraphs(0)
    shapes = [tuple(np.atleast_1d(subgraph.Tensors(i).ShapeAsNumpy())) for i in (0, 1, 2, 9)]
    assert shapes == [shape, (2, 2, 2, 3), (3, 4, 4, 2), (3, 32)]
    (tmp_path / "micro.tflite").write_bytes(raw)
    case = [np.arange(144).astype(np.int8).reshape(1, *shape)]
    expected = DesktopRuntime(tmp_path / "net.tflite", shapes={0: shape}).run(case)
    assert DesktopRuntime(tmp_path / "micro.tflite").run(case)[0].tobytes() == expected[0].tobytes()


@pytest.mark.parametrize(
    ("name", "subgraph", "shapes"),
    [
        ("decode", 1, {"code": (4, 5)}),
        pytest.param("encode", 0, {}, marks=pytest.mark.slow),
        pytest.param("decode", 1, {}, marks=pytest.mark.slow),
        pytest.param("encode", 0, {"in": (2, 32)}, marks=pytest.mark.slow),
    ],
)
def test_a_signature_is_compiled_alone(name, subgraph, shapes, tmp_path):
    by_id = {3 if subgraph else 0: shape for shape in shapes.values()}
    data = build(two_signatures())
    network = compare(tmp_path, data, reference(by_id, subgraph), signature=name, shapes=shapes)
    assert (network["subgraph"], len(network["operators"])) == (subgraph, 1 + subgraph)


def test_tflite_micro_gets_the_signature_s_subgraph(tmp_path):
    raw = micro_bytes(generated(tmp_path, build(two_signatures()), signature="decode"))
    root = tflite.Model.GetRootAs(raw)
    assert (root.SubgraphsLength(), root.Subgraphs(0).Name()) == (1, b"decode")
    assert root.SignatureDefsLength() == 0


def test_one_of_several_signatures_must_be_chosen(tmp_path):
    with pytest.raises(ModelError, match="has several signatures: `encode`, `decode`") as caught:
        generated(tmp_path, build(two_signatures()))
    assert "--signature" in caught.value.hint


def test_an_unknown_signature_is_refused(tmp_path):
    with pytest.raises(UsageError, match="has no signature `train`") as caught:
        generated(tmp_path, build(two_signatures()), signature="train")
    assert caught.value.hint == "signatures: `encode`, `decode`"


def test_a_signature_of_a_subgraph_that_is_not_there(tmp_path):
    root = two_signatures()
    root["SignatureDefs"][1]["SubgraphIndex"] = 7
    with pytest.raises(ModelError, match="a signature names subgraph 7 of 2"):
        generated(tmp_path, build(root), signature="decode")


def test_shapes_of_the_command_line():
    assert parse_shapes(["serving_default_x:0=1,96,96,3", "a=b=7"]) == {
        "serving_default_x:0": (1, 96, 96, 3),
        "a=b": (7,),
    }


@pytest.mark.parametrize("text", ["1,2", "x=", "=1", "x=1,", "x=-1,2", "x=1.5", "x=1 2"])
def test_texts_that_are_no_shape(text):
    with pytest.raises(UsageError, match=re.escape(f"`{text}` is not of the form")):
        parse_shapes([text])


def test_a_shape_given_twice():
    with pytest.raises(UsageError, match="`x` has two shapes"):
        parse_shapes(["x=1", "x=2"])
