"""The tables of what a model may name, held against the frameworks; and real models, which have to pass."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from nets import FORMS, NETS
from packages import need

from edgeflow.errors import ModelError
from edgeflow.importers.inspection import inspect, keras_names
from edgeflow.importers.inspection.saved_model import REASONS, allowed_ops

# Bases that a network cannot have, and functions of Keras that make or read objects.
BASES = {"Layer", "Wrapper", "Initializer", "Regularizer", "Constraint"}
MAKERS = {"get", "serialize", "deserialize"}
TOUCHING = (
    "File",
    "PyFunc",
    "Dataset",
    "Reader",
    "Table",
    "Library",
    "Summary",
    "Proto",
    "Queue",
    "Matching",
)


@pytest.fixture(scope="module")
def frameworks():
    need("tensorflow")
    script = Path(__file__).with_name("framework_names.py")
    environment = os.environ | {"TF_CPP_MIN_LOG_LEVEL": "3", "CUDA_VISIBLE_DEVICES": "-1"}
    done = subprocess.run(
        [sys.executable, script], capture_output=True, text=True, check=True, env=environment
    )
    return json.loads(done.stdout.splitlines()[-1])


@pytest.mark.slow
def test_every_class_of_keras_is_taken_or_refused_on_purpose(frameworks):
    public = {name for names in frameworks["classes"].values() for name in names}
    assert public - keras_names.CLASSES - BASES - keras_names.REFUSED.keys() == set()
    own = set(" ".join((keras_names.MODELS, keras_names.OTHERS, "Policy")).split())
    assert keras_names.CLASSES - own - public == set()
    assert set(frameworks["core"]) >= keras_names.CORE_OPERATIONS
    assert set(frameworks["functions"]) - MAKERS == keras_names.FUNCTIONS
    assert not keras_names.CLASSES & keras_names.REFUSED.keys()


@pytest.mark.slow
def test_every_operator_of_the_list_is_tensorflows(frameworks):
    assert frameworks["unknown_ops"] == []


def test_no_operator_of_the_list_touches_files_or_code():
    assert not [
        op for op in allowed_ops() if any(word in op for word in TOUCHING) and op != "ShardedFilename"
    ]
    assert not allowed_ops() & {op for kinds in REASONS.values() for op in kinds}


@pytest.mark.slow
@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("net", NETS)
def test_real_models_pass(nets, net, form):
    inspect(nets / net / form, FORMS[form])


@pytest.mark.slow
@pytest.mark.parametrize(("form", "model_format"), [("lambda.keras", "keras"), ("lambda.h5", "keras-h5")])
def test_real_lambda_layers_are_refused(nets, form, model_format):
    with pytest.raises(ModelError, match="is a `Lambda`, which holds Python code"):
        inspect(nets / "hostile" / form, model_format)
