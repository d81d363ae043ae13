"""Small networks to tune: those whose figures are pinned."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "profile"))

from pinned_nets import NETS


@pytest.fixture(scope="session")
def small_net(tmp_path_factory):
    """``small_net(name)``: the ``.tflite`` file of one of the pinned networks."""
    folder = tmp_path_factory.mktemp("nets")

    def file(name):
        path = folder / f"{name}.tflite"
        if not path.exists():
            path.write_bytes(NETS[name]())
        return path

    return file


@pytest.fixture(scope="session")
def graph(small_net):
    """The convolutional one as it is compiled."""
    from edgeflow.codegen.stage import graph_to_compile

    return graph_to_compile(small_net("small_convolutional"))
