"""The desk that every test starts with."""

import pytest
from desk import Desk


@pytest.fixture
def desk(tmp_path, monkeypatch, capfd):
    return Desk(tmp_path, monkeypatch, capfd)
