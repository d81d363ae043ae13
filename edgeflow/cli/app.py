"""The command table, and the one place where errors become exit codes.

0 done, 1 the user can fix it, 2 wrong usage, 3 a defect of edgeflow, 130 interrupted.
"""

from __future__ import annotations

import os
import sys
import traceback
from pathlib import Path
from typing import Annotated

import typer

from edgeflow import __version__, console
from edgeflow.cli import (
    benchmark,
    build,
    check,
    check_model,
    clean,
    codegen,
    convert,
    data,
    datasets,
    delegates,
    doctor,
    emulate,
    export,
    flash,
    init,
    ops,
    plan,
    profile,
    report,
    targets,
)
from edgeflow.errors import EdgeflowError, InternalError, UserError

app = typer.Typer(
    name="edgeflow",
    help="From a data set to a verified int8 model on a microcontroller.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    add_completion=False,
)
app.command("init")(init.init)
app.command("build")(build.build)
app.command("train")(build.train)
app.command("quantize")(build.quantize)
app.command("evaluate")(build.evaluate)
app.command("convert")(convert.convert)
app.command("codegen")(codegen.codegen)
app.command("emulate")(emulate.emulate)
app.command("report")(report.report)
app.command("export")(export.export)
app.command("flash")(flash.flash)
app.command("benchmark")(benchmark.benchmark)
app.command("profile")(profile.profile)
app.add_typer(data.app, name="data")
app.add_typer(datasets.app, name="datasets")
app.add_typer(targets.app, name="targets")
app.command("plan")(plan.plan)
app.command("check")(check.check)
app.command("check-model")(check_model.check_model)
app.command("ops")(ops.ops)
app.command("delegates")(delegates.delegates)
app.command("doctor")(doctor.doctor)
app.command("clean")(clean.clean)


def _print_version(value: bool) -> None:
    if value:
        console.answer(f"edgeflow {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """From a data set to a verified int8 model on a microcontroller."""


def main() -> None:
    """Run the command line and exit."""
    sys.exit(run())


def run() -> int:
    """Run the command line of ``sys.argv``; returns the exit code."""
    try:
        app()
    except SystemExit as done:
        code = done.code if isinstance(done.code, int) else int(done.code is not None)
        if code == EXIT_INTERRUPTED:
            console.note(INTERRUPTED)
        return code
    except KeyboardInterrupt:  # outside the command's own code, where typer does not see it
        console.note(INTERRUPTED)
        return EXIT_INTERRUPTED
    except EdgeflowError as failure:
        console.error(failure)
        return failure.exit_code
    except OSError as failure:
        console.error(_user_error(failure))
        return UserError.exit_code
    except Exception as failure:  # noqa: BLE001  the boundary: anything else is our defect
        return _report_unexpected(failure)
    return 0


EXIT_INTERRUPTED = 130


INTERRUPTED = "\ninterrupted; what is finished is kept, the same command goes on from there"


def _user_error(failure: OSError) -> UserError:
    reason = failure.strerror or str(failure)
    return UserError(f"cannot use `{failure.filename}`: {reason}" if failure.filename else reason)


def _report_unexpected(failure: Exception) -> int:
    if isinstance(failure, MemoryError):
        console.error(UserError("out of memory", "use a smaller batch size, input size or data set"))
        return UserError.exit_code
    if os.environ.get("EDGEFLOW_DEBUG"):
        traceback.print_exception(failure)
    place = traceback.extract_tb(failure.__traceback__)[-1]
    where = f"{Path(place.filename).name}:{place.lineno}"
    console.error(
        InternalError(
            f"a defect of edgeflow: {type(failure).__name__} at {where}: {failure}",
            "run again with EDGEFLOW_DEBUG=1 for the whole trace, and report it",
        )
    )
    return InternalError.exit_code
