"""The commands; everything heavy is imported where it is needed, so that help is fast."""

from pathlib import Path
from typing import Annotated

import typer

from dispatch.cli.output import CONFIG, ConfigOption, done, faults_as_lines, run, say, settings_from
from dispatch.cli.people import users
from dispatch.cli.records import export
from dispatch.cli.retention import retention
from dispatch.cli.safekeeping import backup, restore
from dispatch.cli.vehicles import fleet
from radio_gateway.logs import LogFormat

LogOption = Annotated[LogFormat, typer.Option("--log", help="Lines for people, or JSON.")]

app = typer.Typer(
    rich_markup_mode=None,  # it would take [dispatch.backup] for markup
    name="dispatch",
    help="Radio dispatch and fleet tracking for municipal police.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.add_typer(users, name="user")
app.add_typer(fleet, name="fleet")
app.add_typer(export, name="export")
app.add_typer(retention, name="retention")
app.command("backup")(backup)
app.command("restore")(restore)


def main() -> None:
    """Entry point of the installed command."""
    app()


@app.callback(invoke_without_command=True)
def _version(
    version: Annotated[bool, typer.Option("--version", help="Print the version and end.")] = False,
) -> None:
    if version:
        from dispatch.version import program_version

        say(f"dispatch {program_version()}")
        raise typer.Exit


@app.command("run")
def run_server(
    config: ConfigOption = CONFIG,
    debug: Annotated[bool, typer.Option(help="Log every detail.")] = False,
    log: LogOption = LogFormat.TEXT,
) -> None:
    """Run everything in one process: gateway, database, console.

    The database is brought to this program's schema first, after a backup.
    """
    from dispatch.cli.installation import prepare_database, welcome
    from dispatch.lock import held
    from dispatch.server import serve
    from radio_gateway.logs import set_up_logs

    settings = settings_from(config)
    with faults_as_lines(), held(settings.data_dir):
        prepare_database(settings, demo=False)
        set_up_logs(debug=debug, form=log)
        for line in settings.gateway.advice() if settings.gateway else ():
            say(f"note: {line}")
        if settings.pmtiles and not settings.pmtiles.is_file():
            say(f"note: {settings.pmtiles} is not there; the console draws its own map")
        serve(settings, welcome(settings))
    say("Stopped.")


@app.command("serve")
def serve_consoles(
    config: ConfigOption = CONFIG,
    debug: Annotated[bool, typer.Option(help="Log every detail.")] = False,
    log: LogOption = LogFormat.TEXT,
) -> None:
    """Run console and database without a gateway; gateways are elsewhere, behind [mqtt].

    Several of these over one PostgreSQL database serve one system: one of them stores what
    gateways report, another takes over when it fails. An empty database gets its tables; an
    older one is refused: `dispatch migrate` brings it forward.
    """
    from dispatch.app import Options
    from dispatch.cli.installation import prepare_shared_database, welcome
    from dispatch.server import serve
    from radio_gateway.logs import set_up_logs

    settings = settings_from(config)
    with faults_as_lines(), prepare_shared_database(settings):
        set_up_logs(debug=debug, form=log)
        for line in settings.mqtt.advice() if settings.mqtt else ():
            say(f"note: {config}: mqtt: {line}")
        if settings.gateway is not None:
            say(f"note: the links of {config} are not opened here: `radio-gateway run` does that")
        serve(settings, welcome(settings), options=Options(gateways_elsewhere=True))
    say("Stopped.")


@app.command()
def demo(
    units: Annotated[int, typer.Option(min=1, max=500, help="Patrols of the three agencies.")] = 24,
    speed: Annotated[float, typer.Option(min=0.1, max=20, help="1: as fast as life.")] = 1.0,
    seed: Annotated[int, typer.Option(help="The same seed gives the same day.")] = 7,
    port: Annotated[int, typer.Option(min=0, max=65535, help="TCP port of the console.")] = 8480,
    emergencies: Annotated[bool, typer.Option(help="Let patrols raise emergencies.")] = True,
    keep: Annotated[bool, typer.Option("--keep", help="Go on with the last demo's data.")] = False,
    data_dir: Annotated[Path, typer.Option(help="Where the demo keeps its files.")] = Path(
        "var/demo"
    ),
    debug: Annotated[bool, typer.Option(help="Log every detail.")] = False,
) -> None:
    """Show the whole system with a simulated radio network; nothing of it is real."""
    from dispatch.demo import DemoPlan, run_demo

    with faults_as_lines():
        run_demo(DemoPlan(units, speed, seed, port, emergencies, keep, data_dir.absolute()), debug)
    say("Stopped.")


@app.command()
def migrate(config: ConfigOption = CONFIG) -> None:
    """Bring the database to this program's schema, after a backup."""
    from dispatch.clock import now
    from dispatch.db.migrate import head_revision, upgrade_with_backup

    settings = settings_from(config)
    copy = run(lambda: upgrade_with_backup(settings.database_url, now()))
    if copy is not None:
        done(f"backup: {copy}")
    done(f"the database is at revision {head_revision()}")


@app.command()
def doctor(config: ConfigOption = CONFIG) -> None:
    """Check configuration, ports, database, clock, disk and console; says what to do."""
    from dispatch.cli.output import failed
    from dispatch.doctor import examine

    settings = settings_from(config)
    done(f"configuration: {config}")
    findings = run(lambda: examine(settings))
    for finding in findings:
        (done if finding.ok else failed)(f"{finding.what}: {finding.text}")
    if not all(finding.ok for finding in findings):
        raise typer.Exit(1)
