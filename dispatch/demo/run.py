"""`dispatch demo`, step by step."""

import asyncio
import os
import sqlite3
from pathlib import Path
from typing import Final

from dispatch.cli.installation import prepare_database, sign_in_address
from dispatch.cli.output import done, say
from dispatch.config import load_settings
from dispatch.db.database import Database, DatabaseError
from dispatch.demo.child import simulator
from dispatch.demo.plan import DemoPlan, write_files
from dispatch.demo.seed import seed
from dispatch.listening import listen
from dispatch.lock import held
from dispatch.server import serve
from radio_gateway.logs import set_up_logs

_OWN_FILES: Final = ("sardze.db*", "spool.db*", "*.tty")


def run_demo(plan: DemoPlan, debug: bool) -> None:
    """Prepare, start and stop everything; returns after Ctrl-C.

    Raises:
        ServerError: the port is taken.
        DatabaseError: another demo runs in this directory, or it holds a database that is none's.
    """
    listen("127.0.0.1", plan.port).close()
    plan.directory.mkdir(parents=True, exist_ok=True)
    with held(plan.directory), (plan.directory / "dispatch.log").open("w") as log_file:
        if not plan.keep:
            _clear(plan)
        set_up_logs(debug=debug, stream=log_file)
        write_files(plan)
        settings = load_settings(plan.config, {})
        prepare_database(settings, demo=True)
        fleet = plan.fleet()
        token = asyncio.run(_seed(settings.database_url, plan))
        done(
            f"database: {len(fleet.agencies)} agencies, {len(fleet.units)} patrols, "
            f"{len(fleet.officers)} officers (marked as demo)"
        )

        begin = asyncio.Event()

        async def ready(address: str) -> None:
            begin.set()  # radios come on when the server can hear them
            done(f"radio network: {len(fleet.bases)} simulated base stations, seed {plan.seed}")
            done("server: ready")
            say(f"\n  Open      {sign_in_address(address, token)}")
            say("            (signs you in once, within 15 minutes)")
            say(f"  Logs      {_shown(plan.directory)}/dispatch.log, simulator.log")
            say("  Stop      Ctrl-C\n")

        serve(settings, ready, [simulator(plan.network, plan.directory / "simulator.log", begin)])


async def _seed(database_url: str, plan: DemoPlan) -> str:
    database = Database.open(database_url)
    try:
        return await seed(database, plan.fleet())
    finally:
        await database.close()


def _clear(plan: DemoPlan) -> None:
    """Remove what the last demo left; anything else stays."""
    if plan.database.exists() and not _is_demo(plan.database):
        raise DatabaseError(
            f"{plan.database} is no demo's database: move it away, or choose another --data-dir"
        )
    for pattern in _OWN_FILES:
        for path in plan.directory.glob(pattern):
            path.unlink(missing_ok=True)


def _is_demo(path: Path) -> bool:
    if not path.stat().st_size:
        return True
    try:
        connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
        try:
            row = connection.execute("SELECT demo FROM stream").fetchone()
        finally:
            connection.close()
    except sqlite3.Error:
        return False
    return row is not None and bool(row[0])


def _shown(path: Path) -> str:
    """Relative to where the user stands, if that is shorter."""
    relative = os.path.relpath(path)
    return relative if len(relative) < len(str(path)) else str(path)
