"""`dispatch fleet`."""

from pathlib import Path
from typing import Annotated

import typer

from dispatch.cli.output import CONFIG, ConfigOption, done, run, say, settings_from

fleet = typer.Typer(
    help="Agencies, talkgroups, units with officers, and radios.", no_args_is_help=True
)


@fleet.command("import")
def import_file(
    file: Annotated[Path, typer.Argument(help="FILE.toml or FILE.csv.")],
    config: ConfigOption = CONFIG,
) -> None:
    """Add and change what the file names; the rest stays. The same file twice changes nothing."""

    async def work() -> str:
        from dispatch.audit.models import Action
        from dispatch.audit.service import record
        from dispatch.db import migrate
        from dispatch.db.database import Database
        from dispatch.fleet.entries import read_fleet
        from dispatch.fleet.repository import FleetRepository
        from dispatch.fleet.service import import_fleet

        entries = read_fleet(file)
        await migrate.make_or_check(settings.database_url)
        database = Database.open(settings.database_url)
        try:
            async with database.write() as session:
                imported = await import_fleet(FleetRepository(session), entries)
                scope = {"file": file.name, "at": "command line"}
                await record(session, None, Action.ALTERATION, "fleet", scope, imported.changed)
        finally:
            await database.close()
        return str(imported)

    settings = settings_from(config)
    done(run(work))
    say("  A running server shows the change to consoles that open from now on.")


@fleet.command("export")
def export_file(config: ConfigOption = CONFIG) -> None:
    """Print the whole fleet as TOML, in the form that import reads."""

    async def work() -> str:
        from dispatch.db import migrate
        from dispatch.db.database import Database
        from dispatch.fleet.export import export_fleet
        from dispatch.fleet.repository import FleetRepository

        await migrate.check(settings.database_url)
        database = Database.open(settings.database_url)
        try:
            async with database.read() as session:
                return await export_fleet(FleetRepository(session))
        finally:
            await database.close()

    settings = settings_from(config)
    say(run(work))
