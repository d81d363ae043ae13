"""Open damaged models and archives until the time is over: `python tests/fuzz/fuzz_imports.py --seconds 600`.

Each has to be taken or refused in a sentence, within bounded time and memory, and nothing may appear
outside the folder of work. Anything else is a finding, written to `--findings`. `--models FOLDER` begins
with real models (`python tests/importers/nets.py FOLDER` makes some), and `--convert` also converts what
the inspection lets through, with TensorFlow. Prints a JSON summary.
"""

import argparse
import hashlib
import json
import multiprocessing
import os
import resource
import shutil
import signal
import sys
import tempfile
import time
import traceback
from pathlib import Path

from model_mutation import mutated_model
from model_seeds import seeds, seeds_below

from edgeflow.errors import EdgeflowError, InternalError, ModelError

MEMORY_BYTES = 3 * 2**30
CONVERT_MEMORY_BYTES = 8 * 2**30
SECONDS_PER_CASE = 5
CONVERT_SECONDS_PER_CASE = 30
MOST_REPEATS = 3  # deaths that are opened again as the product does
PATIENCE = 60  # seconds of a busy machine for one of processor time


class HangError(Exception):
    """A file took longer than any of its size may."""


def hdf5_here(path, member):
    """The child process's part of the inspection, in this process: a process a file would be too slow."""
    from edgeflow.importers.inspection import hdf5

    (Path.cwd().parent / "in-hdf5").touch()
    try:
        if member is None:
            with path.open("rb") as stream:
                hdf5._check_file(path.name, stream, has_config=True)
            return
        with tempfile.TemporaryFile() as stream:
            hdf5._copy_member(path, member, stream)
            stream.seek(0)
            hdf5._check_file(path.name, stream, has_config=False)
    finally:
        (Path.cwd().parent / "in-hdf5").unlink()


def open_model(path, convert):
    """As the product opens a model."""
    from edgeflow.importers.formats import model_format
    from edgeflow.importers.inspection import opened

    form = model_format(path)
    with opened(path, form) as checked:
        if convert:
            from edgeflow.importers.worker import work

            out_dir = Path(tempfile.mkdtemp(dir="."))
            job = {"task": "convert", "model": str(checked), "format": form, "sha256": "", "shapes": {}}
            work(job | {"out_dir": str(out_dir), "signature": None}, lambda _text: None)


def open_data(path, _convert):
    """As the product opens a zip of pictures, and each picture."""
    from edgeflow.data.picture import decode
    from edgeflow.data.reader import open_pictures
    from edgeflow.data.recipe import Recipe
    from edgeflow.data.source import Located

    recipe = Recipe(schema=1, name="p", title="p", licence="p", kind="pictures")
    with open_pictures(Located(recipe, path), lambda _text: None) as pictures:
        for item in pictures.layout.items[:20]:
            decode(pictures.read(item), "grayscale")


def open_arrays(path, _convert):
    """As the product opens an .npz of inputs."""
    from edgeflow.emulate.cases import read_npz

    read_npz(path)


OPENERS = {"p.zip": open_data, "a.npz": open_arrays}


def judged(path, seconds, convert):
    """How a file ends, and the traceback of one that has no legal end."""
    signal.alarm(4 * seconds)
    try:
        OPENERS.get(path.name, open_model)(path, convert)
    except InternalError:
        return "finding", traceback.format_exc(limit=-4)
    except EdgeflowError as error:
        if not error.message or "Traceback" in error.message or len(error.message) > 1500:
            return "finding", traceback.format_exc(limit=-4)
        return "refused", None
    except BaseException:  # noqa: BLE001  finding them is what this program is for
        return "finding", traceback.format_exc(limit=-4)
    finally:
        signal.alarm(0)
    return "taken", None


def serve_cases(connection, root, convert):
    """The process in which files are opened, bounded in memory; it may die."""

    def hang(_signal, _frame):
        raise HangError

    memory = CONVERT_MEMORY_BYTES if convert else MEMORY_BYTES
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.signal(signal.SIGALRM, hang)
    sink = os.open(os.devnull, os.O_WRONLY)
    os.dup2(sink, 1)
    os.dup2(sink, 2)
    work = root / "work"
    os.chdir(work)
    tempfile.tempdir = str(work)
    import edgeflow.importers.inspection.keras as inspection

    inspection._look_inside = hdf5_here
    while (case := connection.recv()) is not None:
        path, seconds = case
        used = resource.getrusage(resource.RUSAGE_SELF)
        soft = int(used.ru_utime + used.ru_stime) + seconds + 1
        resource.setrlimit(resource.RLIMIT_CPU, (soft, resource.RLIM_INFINITY))  # also ends a hang in C
        how, trace = judged(Path(path), seconds, convert)
        outside = sorted(entry.name for entry in root.iterdir() if entry.name not in {"work", "in-hdf5"})
        if outside:
            how, trace = "finding", f"wrote {outside}"
        peak_kib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        connection.send((how, trace, peak_kib))


class Opener:
    """Opens files in a process that is started again when it dies."""

    def __init__(self, root, convert):
        self._root, self._convert = root, convert
        self._seconds = CONVERT_SECONDS_PER_CASE if convert else SECONDS_PER_CASE
        self._process = None
        self.deaths = 0
        self.peak_kib = 0

    def open(self, files, name):
        """How the model ends that the files make."""
        work = self._root / "work"
        work.mkdir(exist_ok=True)  # kept: it is the process's working directory
        for entry in work.iterdir():
            shutil.rmtree(entry) if entry.is_dir() and not entry.is_symlink() else entry.unlink()
        for file, data in files.items():
            (work / file).parent.mkdir(parents=True, exist_ok=True)
            (work / file).write_bytes(data)
        if self._process is None:
            self._connection, other = multiprocessing.Pipe()
            context = multiprocessing.get_context("spawn" if self._convert else "fork")
            self._process = context.Process(target=serve_cases, args=(other, self._root, self._convert))
            self._process.start()
            other.close()
        self._connection.send((str(work / name), self._seconds))
        try:
            if not self._connection.poll(PATIENCE * self._seconds):
                self.close()
                return "finding", "hung beyond its processor time"
            how, trace, peak_kib = self._connection.recv()
        except (EOFError, ConnectionError):
            return self._died(work / name)
        self.peak_kib = max(self.peak_kib, peak_kib)
        return how, trace

    def _died(self, path):
        """A library crashed: legal where the product has a child process for it, which makes a sentence."""
        self._process.join()
        status = self._process.exitcode
        self._process = None
        self.deaths += 1
        in_hdf5 = self._root / "in-hdf5"
        if not in_hdf5.exists() and not self._convert:
            return "finding", f"the process died with status {status}"
        in_hdf5.unlink(missing_ok=True)
        if self.deaths > MOST_REPEATS:
            return "refused", None
        from edgeflow.importers.formats import model_format
        from edgeflow.importers.inspection import inspect

        try:
            inspect(path, model_format(path))
        except ModelError:
            return "refused", None
        except BaseException:  # noqa: BLE001  as above
            return "finding", traceback.format_exc(limit=-4)
        if self._convert:
            return "refused", None  # the importer's process died: `child.py` makes the sentence
        return "finding", f"the process died with status {status}"

    def close(self):
        """End the process."""
        if self._process is not None:
            self._process.kill()
            self._process.join()
            self._process = None


def fuzz(models, *, seed, seconds, executions, findings_dir, convert):
    """Mutations of all models in turn; the counts of how they ended."""
    root = Path(tempfile.mkdtemp(prefix="edgeflow-fuzz-"))
    names = sorted(models)
    counts = {name: {"taken": 0, "refused": 0, "finding": 0} for name in names}
    findings, end, slowest, done = [], time.monotonic() + seconds, 0.0, 0
    opener = Opener(root, convert)
    try:
        while done < executions and time.monotonic() < end:
            kind = names[done % len(names)]
            files, name = models[kind]
            files = mutated_model(files, f"{seed}/{done}")
            start = time.monotonic()
            how, trace = opener.open(files, name)
            slowest = max(slowest, time.monotonic() - start)
            counts[kind][how] += 1
            done += 1
            if trace is not None and len(findings) < 20:
                findings.append({"case": f"{kind} {seed}/{done - 1}", "traceback": trace})
                keep(findings_dir, kind, files)
    finally:
        opener.close()
        shutil.rmtree(root)
    facts = {"deaths": opener.deaths, "peak_mib": opener.peak_kib >> 10, "slowest_s": round(slowest, 2)}
    return {"executions": done, "counts": counts, **facts, "findings": findings}


def keep(findings_dir, kind, files):
    """Write a finding's files, to look at and to add to the tests."""
    digest = hashlib.sha256(b"".join(files[name] for name in sorted(files))).hexdigest()[:12]
    folder = findings_dir / f"{kind.replace('/', '-')}-{digest}"
    for name, data in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)


def main():
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--executions", type=int, default=2**31)
    parser.add_argument("--findings", type=Path, default=Path("fuzz-findings"))
    parser.add_argument("--models", type=Path)
    parser.add_argument("--convert", action="store_true")
    options = parser.parse_args()
    models = seeds_below(options.models) if options.models else seeds()
    summary = fuzz(
        models,
        seed=options.seed,
        seconds=options.seconds,
        executions=options.executions,
        findings_dir=options.findings.resolve(),
        convert=options.convert,
    )
    print(json.dumps(summary, indent=1))
    sys.exit(1 if summary["findings"] else 0)


if __name__ == "__main__":
    main()
