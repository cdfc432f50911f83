"""`dispatch retention`: what is erased when, what is held, and a clock that was set right."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from dispatch.cli.output import CONFIG, ConfigOption, done, fail, failed, run, say, settings_from

if TYPE_CHECKING:
    from dispatch.config import Settings
    from dispatch.db.database import Database
    from dispatch.retention.limits import Limit
    from dispatch.retention.models import RetentionHold

retention = typer.Typer(
    help="Time limits of records, and what is kept in spite of them.",
    invoke_without_command=True,
)

Moment = Annotated[str, typer.Option(help="ISO 8601: 2026-11-01 or 2026-11-01T08:00+02:00.")]


@retention.callback()
def look(
    context: typer.Context,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Tell what the next run would erase.")
    ] = False,
    confirm_clock: Annotated[
        bool,
        typer.Option(
            "--confirm-clock", help="Say that the clock is right, so that erasing goes on."
        ),
    ] = False,
    config: ConfigOption = CONFIG,
) -> None:
    """Time limits of records; the server erases what is too old by itself, every hour."""
    if context.invoked_subcommand is not None:
        return
    if dry_run == confirm_clock:
        fail("retention: say --dry-run or --confirm-clock, or one of hold, unhold, holds")
    settings = settings_from(config)
    if confirm_clock:
        _confirm(settings)
    else:
        _forecast(settings)


@retention.command()
def hold(reason: str, since: Moment, until: Moment, config: ConfigOption = CONFIG) -> None:
    """Keep every record of an interval, until `unhold`; REASON is written into the access log."""
    from dispatch import clock
    from dispatch.retention import service

    begin, end = _moment("--since", since), _moment("--until", until)
    if not begin < end:
        fail("--until: expected a time after --since")
    if not reason.strip() or len(reason) > 500:
        fail("REASON: expected 1 to 500 characters")
    database_url = settings_from(config).database_url

    async def work() -> int:
        async with opened(database_url) as database, database.write() as session:
            return (await service.hold(session, begin, end, reason.strip(), clock.now())).id

    done(f"hold {run(work)}: {begin:%Y-%m-%d %H:%M} to {end:%Y-%m-%d %H:%M} UTC is kept")


@retention.command()
def unhold(number: int, config: ConfigOption = CONFIG) -> None:
    """End the hold of this NUMBER: what is too old goes at the next run."""
    from dispatch.retention import service

    database_url = settings_from(config).database_url

    async def work() -> None:
        async with opened(database_url) as database, database.write() as session:
            await service.end_hold(session, number)

    run(work)
    done(f"hold {number} has ended")


@retention.command()
def holds(config: ConfigOption = CONFIG) -> None:
    """List what is kept in spite of its age."""
    from dispatch.retention import service

    database_url = settings_from(config).database_url

    async def work() -> "Sequence[RetentionHold]":
        async with opened(database_url) as database, database.read() as session:
            return await service.holds(session)

    rows = run(work)
    for row in rows:
        say(f"{row.id}: {row.since:%Y-%m-%d %H:%M} to {row.until:%Y-%m-%d %H:%M} UTC: {row.reason}")
    if not rows:
        say("nothing is held")


def _forecast(settings: "Settings") -> None:
    from dispatch.retention.service import Retention

    async def work() -> "tuple[Sequence[tuple[Limit, int]], str | None]":
        async with opened(settings.database_url) as database:
            found = Retention(database, settings.dispatch.retention)
            return await found.forecast(), await found.objection()

    forecast, objection = run(work)
    for limit, count in forecast:
        say(f"{limit.kind.value:17} before {limit.before:%Y-%m-%d %H:%M} UTC: {count:>10}")
    if objection is not None:
        failed(f"nothing is erased: {objection}; if it is right now: --confirm-clock")


def _confirm(settings: "Settings") -> None:
    from dispatch.retention.service import Retention

    async def work() -> None:
        async with opened(settings.database_url) as database:
            await Retention(database, settings.dispatch.retention).confirm_clock()

    run(work)
    done("the clock counts as right; the server goes on within an hour")


@asynccontextmanager
async def opened(database_url: str) -> "AsyncIterator[Database]":
    """The installation's database, of this program's schema."""
    from dispatch.db import migrate
    from dispatch.db.database import Database

    await migrate.check(database_url)
    database = Database.open(database_url)
    try:
        yield database
    finally:
        await database.close()


def _moment(option: str, text: str) -> datetime:
    """A time with its zone; a date alone is midnight UTC."""
    try:
        at = datetime.fromisoformat(text)
        return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except (ValueError, OverflowError):
        fail(f"{option}: found {text!r}, expected a time as 2026-11-01T08:00+02:00")
