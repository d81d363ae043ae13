"""Work in a process of its own: messages, errors, deaths. The children are real processes."""

import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from edgeflow.errors import DataError, ToolError
from edgeflow.train import process
from edgeflow.train.process import ProcessDiedError, run_in_process

CHILDREN = {
    "counting": """
        def work(job, progress):
            print("noise on stdout")
            for number in range(job["count"]):
                progress(f"step {number}")
    """,
    "refusing": """
        from edgeflow.errors import DataError
        def work(job, progress):
            raise DataError(job["text"], "try another")
    """,
    "aborting": """
        import os, sys
        def work(job, progress):
            sys.stderr.write("fatal: the scale is not a number\\n\\n")
            sys.stderr.flush()
            os.abort()
    """,
    "failing": """
        def work(job, progress):
            raise ZeroDivisionError("by zero")
    """,
    "leaving": """
        import os
        def work(job, progress):
            os._exit(7)
    """,
    "waiting": """
        import os, pathlib, time
        def work(job, progress):
            pathlib.Path(job["pid_file"]).write_text(str(os.getpid()))
            time.sleep(60)
    """,
}


@pytest.fixture(autouse=True)
def children(tmp_path, monkeypatch):
    for name, source in CHILDREN.items():
        text = textwrap.dedent(source) + "\nfrom edgeflow.train.process import serve\nserve(work)\n"
        (tmp_path / f"child_{name}.py").write_text(text)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))


def test_progress_arrives_in_order_and_noise_does_not():
    lines = []
    run_in_process("child_counting", {"count": 3}, lines.append)
    assert lines == ["step 0", "step 1", "step 2"]


def test_an_error_keeps_its_kind_message_and_hint():
    with pytest.raises(DataError) as caught:
        run_in_process("child_refusing", {"text": "schön `x`\nzwei"}, print)
    assert (caught.value.message, caught.value.hint) == ("schön `x`\nzwei", "try another")


def test_an_abort_is_named_with_its_last_words():
    with pytest.raises(
        ProcessDiedError, match="ended by SIGABRT: fatal: the scale is not a number"
    ) as caught:
        run_in_process("child_aborting", {}, print)
    assert caught.value.signal_name == "SIGABRT"


@pytest.mark.parametrize(
    ("child", "sentence"),
    [
        ("failing", "status 1: ZeroDivisionError: by zero"),
        ("leaving", "status 7: it left no message"),
        ("missing", "No module named child_missing"),
    ],
)
def test_other_ends_are_named(child, sentence):
    with pytest.raises(ProcessDiedError, match=sentence) as caught:
        run_in_process(f"child_{child}", {}, print)
    assert caught.value.signal_name is None


def test_without_tensorflow_the_package_is_named(monkeypatch):
    monkeypatch.setattr(process, "find_spec", lambda name: None)
    with pytest.raises(ToolError, match="needs the package `tensorflow`") as caught:
        run_in_process("child_counting", {"count": 1}, print)
    assert "edgeflow[train]" in caught.value.hint


def test_the_child_ends_when_progress_raises(tmp_path):
    def stop(_line):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_in_process("child_counting", {"count": 10**9}, stop)


def alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return Path(f"/proc/{pid}/stat").read_text().split()[2] != "Z"


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_the_child_ends_with_a_killed_caller(tmp_path):
    pid_file = tmp_path / "pid"
    script = (
        "from edgeflow.train.process import run_in_process\n"
        f"run_in_process('child_waiting', {{'pid_file': {str(pid_file)!r}}}, print)"
    )
    caller = subprocess.Popen([sys.executable, "-c", script])
    wait_until(lambda: pid_file.exists() and pid_file.read_text())
    child = int(pid_file.read_text())
    assert alive(child)
    caller.send_signal(signal.SIGKILL)
    caller.wait()
    wait_until(lambda: not alive(child))


def wait_until(condition):
    end = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < end, "waited 20 s"
        time.sleep(0.02)
