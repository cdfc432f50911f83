"""`dispatch backup` and `dispatch restore`."""

from pathlib import Path
from typing import Annotated

import typer

from dispatch.cli.output import CONFIG, ConfigOption, done, fail, run, say, settings_from


def backup(
    config: ConfigOption = CONFIG,
    to: Annotated[
        Path | None, typer.Option("--to", help="Directory; default: [dispatch.backup] folder.")
    ] = None,
    keep: Annotated[
        int | None, typer.Option(min=0, help="How many stay there, the newest; 0: all.")
    ] = None,
    check: Annotated[
        Path | None, typer.Option("--check", help="Only read this backup to its end.")
    ] = None,
) -> None:
    """Save the database while the system runs, and read back what was written."""
    from dispatch.backup import service
    from dispatch.backup.cipher import Cipher
    from dispatch.clock import now

    settings = settings_from(config)
    chosen = settings.dispatch.backup
    if check is not None:
        cipher = Cipher(chosen.encrypt_with, chosen.decrypt_with)
        manifest = run(lambda: service.check(check.absolute(), cipher))
        done(
            f"{check} is whole: {manifest.rows:,} rows, made {manifest.made_at:%Y-%m-%d %H:%M} UTC"
        )
        return
    folder = settings.backup_folder if to is None else to.absolute()
    kept = chosen.keep if keep is None else keep
    made = run(lambda: service.make(settings, folder, kept, now(), say))
    done(f"{made.path}: {made.manifest.rows:,} rows, {made.size / 1e6:,.1f} MB")


def restore(
    file: Annotated[Path, typer.Argument(help="A backup, as `dispatch backup` made it.")],
    config: ConfigOption = CONFIG,
    replace: Annotated[
        bool, typer.Option("--replace", help="A database that is there may go.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Make the database what it was when the backup was made; dispatch must be stopped."""
    from dispatch.backup import service
    from dispatch.clock import now

    settings = settings_from(config)
    if replace and not yes and not typer.confirm("Replace the database that is there?"):
        fail("nothing was changed")
    manifest = run(
        lambda: service.restore(settings, file.absolute(), replace=replace, now=now(), say=say)
    )
    done(f"restored {manifest.rows:,} rows as of {manifest.made_at:%Y-%m-%d %H:%M:%S} UTC")
