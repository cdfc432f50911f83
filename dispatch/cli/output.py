"""What commands print, and how they end when something is wrong."""

import asyncio
import os
import sys
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn, TypeVar

import typer

if TYPE_CHECKING:
    from dispatch.config import Settings

Result = TypeVar("Result")

ConfigOption = Annotated[
    Path, typer.Option("--config", "-c", help="Configuration file.", show_default=True)
]
CONFIG = Path("sardze.toml")


def say(text: str = "") -> None:
    """One line for the user."""
    typer.echo(text)


def done(text: str) -> None:
    """A step that went well."""
    typer.echo(f"{_mark('✓', typer.colors.GREEN)} {text}")


def failed(text: str) -> None:
    """A step that did not."""
    typer.echo(f"{_mark('✗', typer.colors.RED)} {text}")


def fail(*lines: str) -> NoReturn:
    """End with status 1 and what is wrong, on standard error."""
    for line in lines:
        typer.echo(f"dispatch: {line}", err=True)
    raise typer.Exit(1)


def settings_from(path: Path) -> "Settings":
    """Read the configuration, or end with its faults."""
    from dispatch.config import load_settings
    from radio_gateway.config_faults import ConfigError

    try:
        return load_settings(path, os.environ)
    except ConfigError as error:
        fail(*error.lines)


def run(work: Callable[[], Coroutine[Any, Any, Result]]) -> Result:
    """Run one asynchronous piece of work; expected faults end with one line each."""
    with faults_as_lines():
        return asyncio.run(work())


@contextmanager
def faults_as_lines() -> Iterator[None]:
    """Let expected faults end the command with their sentence, bugs with their traceback."""
    from sqlalchemy.exc import DBAPIError

    from dispatch.db.database import DatabaseError
    from dispatch.errors import DispatchError
    from dispatch.fleet.entries import FleetError
    from dispatch.listening import ServerError
    from radio_gateway.config_faults import ConfigError

    try:
        yield
    except (ConfigError, FleetError) as error:
        fail(*error.lines)
    except (DatabaseError, ServerError, DispatchError) as error:
        fail(str(error))
    except DBAPIError as error:
        fail(f"the database failed: {error.orig}")
    except ConnectionError as error:
        fail(f"the database cannot be reached: {error}")
    except OSError as error:
        if error.filename is None:
            raise
        fail(f"{error.filename}: {error.strerror}: correct the path or its rights")


def _mark(mark: str, colour: str) -> str:
    encoding = (sys.stdout.encoding or "ascii").lower()
    return typer.style(mark if encoding.startswith("utf") else "-", fg=colour)
