"""The commands put together, and the one place where an error becomes an exit status.

0 done, 1 the work failed, 2 bad input or usage, 130 interrupted. Errors are one line on stderr;
``SPIKEX_DEBUG=1`` adds the traceback. Nothing heavy is imported here: help answers at once.
"""

from __future__ import annotations

import errno
import os
import sys
import traceback
from collections.abc import Sequence
from typing import Annotated

import typer

from spikex_lab.cli import (
    bench,
    components,
    datasets,
    db,
    demo,
    doctor,
    lab,
    models,
    output,
    runs,
    targets,
    train,
)
from spikex_lab.errors import SpikexError

_FULL = {errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)}  # Windows has no quota error
app = typer.Typer(
    name="spikex",
    help="Build, train, watch, evaluate and deploy spiking neural networks.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("demo")(demo.demo)
app.command("lab")(lab.lab)
app.add_typer(models.app, name="models")
app.command("train")(train.train)
app.add_typer(runs.app, name="runs")
app.add_typer(datasets.app, name="datasets")
app.add_typer(components.app, name="components")
app.add_typer(targets.app, name="targets")
app.add_typer(db.app, name="db")
app.command("doctor")(doctor.doctor)
app.command("bench")(bench.bench)
app.add_typer(doctor.store_app, name="store")


def _version(asked: bool) -> None:
    if asked:
        import spikex_lab

        print(f"spikex {spikex_lab.__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_version, is_eager=True, help="Show the version and exit."
        ),
    ] = False,
) -> None:
    pass


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit status."""
    try:
        code = app(
            args=None if argv is None else list(argv), prog_name="spikex", standalone_mode=False
        )
        sys.stdout.flush()
        return code if isinstance(code, int) else 0
    except KeyboardInterrupt:
        output.error("interrupted")
        return 130
    except typer.Abort:
        output.error("interrupted")
        return 130
    except SpikexError as error:
        _debug()
        output.error(str(error))
        return error.exit_code
    except BrokenPipeError:  # the reader of a pipe has gone: nobody is left to tell
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except OSError as error:
        _debug()
        output.error(_disk(error))
        return 2 if error.errno in _FULL else 1
    except Exception as error:  # noqa: BLE001 (the last place: a person gets one line, not a traceback)
        return _usage_or_bug(error)


def _usage_or_bug(error: Exception) -> int:
    """Tell Typer's own usage errors from bugs; they carry `format_message` and `exit_code`."""
    told = getattr(error, "format_message", None)
    code = getattr(error, "exit_code", None)
    if told is None or not isinstance(code, int):
        _debug()
        output.error(
            f"internal error: {type(error).__name__}: {error} (SPIKEX_DEBUG=1 shows where)"
        )
        return 1
    if type(error).__name__ == "NoArgsIsHelpError":  # the help is its message
        print(told() or error.ctx.get_help(), file=sys.stderr)  # type: ignore[attr-defined]
        return 2
    context = getattr(error, "ctx", None)
    hint = f" (try: {context.command_path} --help)" if context is not None else ""
    output.error(told() + hint)
    return code


def _disk(error: OSError) -> str:
    if error.errno in _FULL:
        return "the disk is full; nothing was kept (free space, or set SPIKEX_HOME to another disk)"
    where = f"{error.filename}: " if error.filename else ""
    return f"{where}{error.strerror or error}"


def _debug() -> None:
    if os.environ.get("SPIKEX_DEBUG") == "1":
        traceback.print_exc()
