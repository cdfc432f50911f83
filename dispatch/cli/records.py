"""`dispatch export`: reports and the access log, to standard output."""

import sys
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Annotated

import typer

from dispatch.cli.output import CONFIG, ConfigOption, done, fail, failed, run, settings_from

export = typer.Typer(help="Records as CSV or JSON, and the access log.", no_args_is_help=True)

Since = Annotated[str, typer.Option(help="Begin, ISO 8601: 2026-11-01 or 2026-11-01T08:00+02:00.")]
Until = Annotated[str, typer.Option(help="End, not included.")]
Form = Annotated[str, typer.Option("--format", help="csv or json.")]


@export.command("calls")
def calls(since: Since, until: Until, form: Form = "csv", config: ConfigOption = CONFIG) -> None:
    """Every transmission that was heard."""
    _report("calls", since, until, form, config)


@export.command("messages")
def messages(since: Since, until: Until, form: Form = "csv", config: ConfigOption = CONFIG) -> None:
    """Texts in both directions."""
    _report("messages", since, until, form, config)


@export.command("emergencies")
def emergencies(
    since: Since, until: Until, form: Form = "csv", config: ConfigOption = CONFIG
) -> None:
    """Emergencies and how they were answered."""
    _report("emergencies", since, until, form, config)


@export.command("track")
def track(since: Since, until: Until, form: Form = "csv", config: ConfigOption = CONFIG) -> None:
    """Where units were."""
    _report("track", since, until, form, config)


@export.command("access-log")
def access_log(
    verify: Annotated[
        bool, typer.Option("--verify", help="Prove that no row was changed, then end.")
    ] = False,
    config: ConfigOption = CONFIG,
) -> None:
    """The whole access log as CSV, with the hashes of its chain."""
    settings = settings_from(config)
    if verify:
        _verify(settings.database_url)
    else:
        _write_access_log(settings.database_url)


def _report(name: str, since: str, until: str, form: str, config: ConfigOption) -> None:
    if form not in ("csv", "json"):
        fail(f"--format: found {form!r}, expected csv or json")
    begin, end = _moment("--since", since), _moment("--until", until)
    settings = settings_from(config)

    async def work() -> None:
        from dispatch.db import migrate
        from dispatch.db.database import Database
        from dispatch.live.repository import EventRepository
        from dispatch.reports import REPORTS
        from dispatch.reports.base import Filters
        from dispatch.reports.service import disclose
        from dispatch.reports.writing import write_csv, write_json

        await migrate.check(settings.database_url)
        database = Database.open(settings.database_url)
        report = REPORTS[name]
        try:
            async with database.read() as session:
                demo = (await EventRepository(session).stream()).demo
            filters = Filters(since=begin, until=end)
            rows = await disclose(database, report, filters, None, "command line")
            write = write_csv if form == "csv" else write_json
            await _print(write(report.columns, rows, demo=demo))
        finally:
            await database.close()

    run(work)


def _moment(option: str, text: str) -> datetime:
    """A time with its zone; a date alone is midnight UTC."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        fail(f"{option}: found {text!r}, expected a time as 2026-11-01T08:00+02:00")
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)


async def _print(pieces: AsyncIterator[bytes]) -> None:
    async for piece in pieces:
        sys.stdout.buffer.write(piece)
    sys.stdout.buffer.flush()


def _verify(database_url: str) -> None:
    async def work() -> "Verdict":
        from dispatch.db import migrate
        from dispatch.db.database import Database

        await migrate.check(database_url)
        database = Database.open(database_url)
        try:
            async with database.write() as session:  # nobody adds while it is walked
                return await verify(session)
        finally:
            await database.close()

    from dispatch.audit.service import Verdict, verify

    verdict = run(work)
    if verdict.fault is None:
        done(f"the access log is whole: {verdict.rows} rows, newest hash {verdict.head or '-'}")
        return
    failed(f"the access log was tampered with: {verdict.fault}")
    raise typer.Exit(1)


def _write_access_log(database_url: str) -> None:
    async def work() -> None:
        from dispatch.audit.models import AccessLogRow, Action
        from dispatch.audit.repository import AccessLogRepository
        from dispatch.audit.service import record
        from dispatch.db import migrate
        from dispatch.db.database import Database
        from dispatch.reports.writing import write_csv

        await migrate.check(database_url)
        database = Database.open(database_url)
        columns = tuple(AccessLogRow.model_fields)

        async def rows() -> AsyncIterator[list[tuple[object, ...]]]:
            async with database.read() as session:
                async for row in AccessLogRepository(session).chain():
                    yield [tuple(getattr(row, name) for name in columns)]

        try:
            async with database.write() as session:
                scope = {"report": "access_log", "at": "command line"}
                await record(session, None, Action.DISCLOSURE, "report", scope, 0)
            await _print(write_csv(columns, rows(), demo=False))
        finally:
            await database.close()

    run(work)
