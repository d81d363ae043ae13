"""Run the command line as a user does: a process of its own, in an empty folder."""

import os
import subprocess
import sys

import pytest


@pytest.fixture
def run_cli(tmp_path):
    """``run_cli("build", ...)`` -> finished process with text output; the folder is ``tmp_path``."""

    def run(*arguments, timeout=120, **environment):
        return subprocess.run(
            [sys.executable, "-m", "edgeflow", *map(str, arguments)],
            cwd=tmp_path,
            capture_output=True,
            check=False,
            text=True,
            timeout=timeout,
            env=os.environ | environment,
        )

    return run
