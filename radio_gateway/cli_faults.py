"""How the command speaks of faults: one line each, no traceback unless it is asked for."""

import os
import sys
from collections.abc import Iterator
from typing import NoReturn

import typer


class faults:  # noqa: N801  # reads as the statement that it is
    """Turn expected faults into one line and exit status 1; `--debug` shows where they arose."""

    def __init__(self, context: typer.Context) -> None:
        self._debug = bool(context.obj)

    def __enter__(self) -> None:
        return

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if error is None or self._debug or isinstance(error, typer.Exit | SystemExit):
            return
        if isinstance(error, BrokenPipeError):  # whoever read our output has gone
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise typer.Exit(0)
        if isinstance(error, KeyboardInterrupt):
            raise typer.Exit(130)
        lines = list(_explained(error))
        if lines:
            for line in lines:
                say(line)
            raise typer.Exit(1) from None


def _explained(error: BaseException) -> Iterator[str]:
    """Lines for errors that name their cause; none for bugs, which keep their traceback."""
    from radio_gateway.config_faults import ConfigError
    from radio_gateway.links.capture import CaptureError
    from radio_gateway.links.errors import LinkError
    from radio_gateway.recording.bundle import BundleError
    from radio_gateway.recording.service import RecorderError
    from radio_gateway.replaying import ReplayError
    from radio_gateway.spool import SpoolError

    match error:
        case ConfigError():
            yield from error.lines
        case CaptureError() | LinkError() | ReplayError() | SpoolError() | OSError():
            yield str(error)
        case BundleError() | RecorderError():
            yield str(error)
        case BaseExceptionGroup():
            for inner in error.exceptions:
                yield from _explained(inner)


def say(line: str) -> None:
    """Print a line where errors go."""
    typer.echo(line, err=True)


def fail(line: str) -> NoReturn:
    """End the command with exit status 1."""
    say(line)
    raise typer.Exit(1)
