"""Making a backup of the running system, checking one, and going back to one."""

import asyncio
import contextlib
import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final
from uuid import uuid4

from sqlalchemy.engine import URL

from dispatch.backup import postgresql, sqlite
from dispatch.backup.archive import (
    FORMAT,
    Manifest,
    TableContent,
    compress,
    decompress,
    opened,
    sha256_of,
    write_archive,
)
from dispatch.backup.cipher import Cipher, reading, writing
from dispatch.config import Settings
from dispatch.db import migrate
from dispatch.db.database import DatabaseError, parse_url
from dispatch.lock import held
from dispatch.version import program_version

NAME: Final = "sardze-*.tar*"
STAMP: Final = "backup.json"
"In data_dir: when the last backup was made, and whether it went well."

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Backup:
    """One finished backup."""

    path: Path
    size: int
    "Octets."
    manifest: Manifest


async def make(settings: Settings, folder: Path, keep: int, now: datetime, say: Say) -> Backup:
    """Save the database while the system runs, and check what was written.

    Args:
        settings: the installation.
        folder: where the backup goes.
        keep: how many backups stay there, the newest; 0: all.
        now: names the file.
        say: told each step.

    Raises:
        DatabaseError: why there is no backup; nothing half-made is left.
        OSError: the folder cannot be written.
    """
    chosen = settings.dispatch.backup
    cipher = Cipher(chosen.encrypt_with, chosen.decrypt_with)
    try:
        made = await _make(settings, folder, cipher, now, say)
    except Exception as error:
        with contextlib.suppress(OSError):  # what went wrong counts, not that it cannot be noted
            _stamp(settings, now, error=str(error) or type(error).__name__)
        raise
    _stamp(settings, now, file=made.path.name)
    if keep:
        _remove_old(folder, keep, say)
    return made


async def check(path: Path, cipher: Cipher) -> Manifest:
    """Read a backup to its end; raises DatabaseError unless it is whole."""

    def work() -> Manifest:
        with (
            TemporaryDirectory(prefix=".sardze-", dir=path.parent) as room,
            reading(path, cipher.decrypt) as stream,
            opened(stream, path.name) as archive,
        ):
            archive.extract(Path(room) / "dump")
            return archive.manifest

    return await asyncio.to_thread(work)


async def restore(
    settings: Settings, path: Path, *, replace: bool, now: datetime, say: Say
) -> Manifest:
    """Make the database what it was when the backup was made.

    Consoles take a new snapshot afterwards, and people sign in again.

    Args:
        settings: the installation; nothing of it may run.
        path: the backup.
        replace: a database that is there may go: SQLite's file is laid aside.
        now: names the file that is laid aside.
        say: told each step.

    Raises:
        DatabaseError: why not; the database that was there is still there.
    """
    url = parse_url(settings.database_url)
    chosen = settings.dispatch.backup
    with (
        held(settings.data_dir),
        TemporaryDirectory(prefix=".restore-", dir=settings.data_dir) as room,
    ):
        dump = Path(room) / "dump"
        with reading(path, chosen.decrypt_with) as stream, opened(stream, path.name) as archive:
            manifest = archive.manifest
            _refuse_if_unfit(manifest, url)
            say(f"reading {path.name}, made {manifest.made_at:%Y-%m-%d %H:%M:%S} UTC")
            await asyncio.to_thread(archive.extract, dump)
        if url.get_backend_name() == "sqlite":
            await asyncio.to_thread(_restore_sqlite, url, dump, manifest, replace, now, say)
        else:
            await _restore_postgresql(url, dump, manifest, replace=replace)
    if manifest.revision != migrate.head_revision():
        say(f"bringing the schema forward from revision {manifest.revision}")
        await migrate.upgrade(settings.database_url)
    return manifest


async def _make(
    settings: Settings, folder: Path, cipher: Cipher, now: datetime, say: Say
) -> Backup:
    await migrate.check(settings.database_url)
    url = parse_url(settings.database_url)
    target = _target(folder, now, encrypted=bool(cipher.encrypt))
    with TemporaryDirectory(prefix=".sardze-", dir=folder) as room:
        dump, part = Path(room) / "dump", Path(room) / "part"
        say(f"copying {migrate.shown(url)}")
        if url.get_backend_name() == "sqlite":
            manifest = await asyncio.to_thread(_dump_sqlite, url, dump, now)
        else:
            tables, revision, server = await postgresql.dump(url, dump)
            manifest = _manifest("postgresql", server, revision, dump, tables, now)
        await asyncio.to_thread(_write, part, manifest, dump, cipher)
        dump.unlink()
        if cipher.decrypt or not cipher.encrypt:
            say("reading it back")
            await check(part, cipher)
        part.rename(target)
    sqlite.sync(folder)
    return Backup(target, target.stat().st_size, manifest)


def _target(folder: Path, now: datetime, *, encrypted: bool) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    suffix = ".tar.encrypted" if encrypted else ".tar"
    target = folder / f"sardze-{now.astimezone(UTC):%Y%m%dT%H%M%SZ}{suffix}"
    if target.exists():
        raise DatabaseError(f"{target} is there already")
    return target


def _remove_old(folder: Path, keep: int, say: Say) -> None:
    for old in sorted(folder.glob(NAME))[:-keep]:
        old.unlink()
        say(f"removed {old.name}: {keep} are kept")


def _dump_sqlite(url: URL, dump: Path, now: datetime) -> Manifest:
    source = Path(url.database or "").absolute()
    size, free = source.stat().st_size, shutil.disk_usage(dump.parent).free
    if free < 2 * size:
        raise DatabaseError(
            f"no room in {dump.parent.parent}: {2 * size:,} octets wanted, {free:,} free"
        )
    plain = dump.with_name("plain")
    sqlite.copy(source, plain)
    tables, revision = sqlite.contents(plain), sqlite.revision(plain)
    compress(plain, dump)
    plain.unlink()
    return _manifest("sqlite", sqlite.VERSION, revision, dump, tables, now)


def _manifest(
    backend: str,
    server: str,
    revision: str,
    dump: Path,
    tables: dict[str, TableContent],
    now: datetime,
) -> Manifest:
    return Manifest.model_validate(
        {
            "format": FORMAT,
            "made_at": now,
            "version": program_version(),
            "backend": backend,
            "server": server,
            "revision": revision,
            "sha256": sha256_of(dump),
            "tables": tables,
        }
    )


def _write(part: Path, manifest: Manifest, dump: Path, cipher: Cipher) -> None:
    with writing(part, cipher.encrypt) as stream:
        write_archive(stream, manifest, dump)
    sqlite.sync(part)


def _refuse_if_unfit(manifest: Manifest, url: URL) -> None:
    if manifest.backend != url.get_backend_name():
        raise DatabaseError(
            f"this is a backup of {manifest.backend}, the configuration names "
            f"{url.get_backend_name()}: correct database_url"
        )
    if not migrate.is_known(manifest.revision):
        raise DatabaseError(
            f"the backup has schema revision {manifest.revision}, which this program does not "
            f"know: restore it with version {manifest.version} or newer"
        )


def _restore_sqlite(
    url: URL, dump: Path, manifest: Manifest, replace: bool, now: datetime, say: Say
) -> None:
    place = Path(url.database or "").absolute()
    if place.exists() and not replace:
        raise DatabaseError(f"{place} is there: --replace lays it aside")
    new = dump.with_name("new")
    decompress(dump, new)
    if sqlite.contents(new) != manifest.tables:
        raise DatabaseError("the backup does not hold the rows that its manifest names")
    sqlite.begin_anew(new, str(uuid4()))
    aside = place.with_name(f"{place.name}.{now.astimezone(UTC):%Y%m%dT%H%M%SZ}.replaced")
    if place.exists():
        say(f"the database that was there is kept as {aside.name}")
    place.parent.mkdir(parents=True, exist_ok=True)
    sqlite.put_in_place(new, place, aside)


async def _restore_postgresql(url: URL, dump: Path, manifest: Manifest, *, replace: bool) -> None:
    await postgresql.refuse_if_used(url)
    if not replace and not await postgresql.is_empty(url):
        raise DatabaseError(
            f"{migrate.shown(url)} has tables: --replace removes them, make a backup before"
        )
    await postgresql.load(url, dump, str(uuid4()))
    async with postgresql.connected(url) as connection:
        held_now = await postgresql.contents(connection)
    for name, saved in manifest.tables.items():
        # the restore itself has changed these two
        if name not in ("stream", "user_session") and held_now.get(name) != saved:
            raise DatabaseError(
                f"table {name} is not what was saved: {held_now.get(name)}, saved {saved}"
            )


def _stamp(settings: Settings, now: datetime, *, file: str = "", error: str = "") -> None:
    """Leave word for the console's lamp."""
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    stamp = {"at": now.astimezone(UTC).isoformat(), "ok": not error, "file": file, "error": error}
    part = settings.data_dir / f"{STAMP}.part"
    part.write_text(json.dumps(stamp), encoding="utf-8")
    part.rename(settings.data_dir / STAMP)
