"""`dispatch doctor`: is everything there that the server needs?"""

import errno
import os
import shutil
import socket
import stat
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import serial
from sqlalchemy.exc import DBAPIError

from dispatch import clock
from dispatch.config import Settings
from dispatch.db import migrate
from dispatch.db.database import DatabaseError
from dispatch.listening import ServerError, listen
from dispatch.static import console_root
from radio_gateway.adapters.kinds.base import Endpoint, SerialEndpoint

ROOM: Final = 1_000_000_000
"Octets of free disk below which a month of records may not fit."
BUILT: Final = datetime(2026, 1, 1, tzinfo=UTC)
"No right clock shows an earlier time."


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at."""

    what: str
    ok: bool
    text: str
    "How it is; if it is not well, what to do."


async def examine(settings: Settings) -> list[Finding]:
    """Look at everything; changes nothing."""
    findings = [_port(settings), await _database(settings)]
    if settings.gateway is None:
        findings.append(Finding("links", ok=False, text="no [[link]] in the configuration"))
    else:
        findings += [
            _endpoint(link.name, endpoint)
            for link in settings.gateway.links
            for endpoint in link.endpoints
        ]
        findings += [Finding("advice", ok=True, text=line) for line in settings.gateway.advice()]
    findings += [_clock(clock.now()), _disk(settings.data_dir), _console(), *_map(settings)]
    findings += _alarm_hook(settings.dispatch.alarm.hook)
    return findings


def _port(settings: Settings) -> Finding:
    chosen = settings.dispatch
    try:
        listen(chosen.host, chosen.port).close()
    except ServerError as error:
        return Finding("console port", ok=False, text=f"{error} (or the server already runs)")
    return Finding("console port", ok=True, text=f"{chosen.port} on {chosen.host} is free")


async def _database(settings: Settings) -> Finding:
    what = "database"
    try:
        revision = await migrate.current_revision(settings.database_url)
        if revision is None:
            return Finding(what, ok=True, text="not there yet; `dispatch run` makes it")
        await migrate.check(settings.database_url)
    except DatabaseError as error:
        return Finding(what, ok=False, text=str(error))
    except (DBAPIError, OSError) as error:
        reason = getattr(error, "orig", None) or error
        return Finding(what, ok=False, text=f"cannot be reached: {reason}")
    return Finding(what, ok=True, text=f"reachable, revision {revision}")


_BIND_HINTS: Final = {
    errno.EADDRINUSE: ": is the gateway already running?",
    errno.EADDRNOTAVAIL: ": no network interface has this address, correct `host`",
    errno.EACCES: ": ports below 1024 need rights that this user has not",
}


def _endpoint(link: str, endpoint: Endpoint) -> Finding:
    if isinstance(endpoint, SerialEndpoint):
        return _serial(f"link {link}", endpoint.device)
    what = f"link {link}"
    probe = socket.socket(_family(endpoint.host), socket.SOCK_DGRAM)
    with probe:
        try:
            probe.bind((endpoint.host, endpoint.port))
        except OSError as error:
            text = f"UDP port {endpoint.port} on {endpoint.host}: {error.strerror}"
            hint = _BIND_HINTS.get(error.errno or 0, "")
            return Finding(what, ok=False, text=text + hint)
    return Finding(what, ok=True, text=f"UDP port {endpoint.port} on {endpoint.host} is free")


def _serial(what: str, device: str) -> Finding:
    try:
        mode = Path(device).stat().st_mode
    except OSError:
        return Finding(
            what,
            ok=False,
            text=f"{device} is not there: plug the cable in; `ls /dev/serial/by-id` lists what is",
        )
    if not stat.S_ISCHR(mode):
        return Finding(what, ok=False, text=f"{device} is no serial port")
    if not os.access(device, os.R_OK | os.W_OK):
        return Finding(
            what,
            ok=False,
            text=f"{device} may not be opened: add this user to the "
            "group that owns it, often `dialout`",
        )
    try:
        serial.Serial(device, exclusive=True).close()
    except (serial.SerialException, OSError) as error:
        busy = getattr(error, "errno", None) in (errno.EAGAIN, errno.EBUSY) or "lock" in str(error)
        why = f"another program uses it; `fuser {device}` names it" if busy else str(error)
        return Finding(what, ok=False, text=f"{device} cannot be opened: {why}")
    return Finding(what, ok=True, text=f"{device} can be opened")


def _family(host: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in host else socket.AF_INET


def _clock(now: datetime) -> Finding:
    if now < BUILT:
        text = f"shows {now:%Y-%m-%d %H:%M} UTC, which is too early: set it"
        return Finding("clock", ok=False, text=text)
    state = _time_sync()
    if state == "no":
        text = "is not kept right by a time server: enable NTP (`timedatectl set-ntp true`)"
        return Finding("clock", ok=False, text=text)
    how = "kept right by a time server" if state == "yes" else "time server unknown"
    return Finding("clock", ok=True, text=f"{now:%Y-%m-%d %H:%M} UTC, {how}")


def _time_sync() -> str | None:
    """`yes` or `no` as the system says; None where nothing can be asked."""
    program = shutil.which("timedatectl")
    if program is None:
        return None
    try:
        answer = subprocess.run(  # noqa: S603 - a fixed command found on the path
            [program, "show", "--property=NTPSynchronized", "--value"],
            capture_output=True,
            text=True,
            timeout=5,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return answer.stdout.strip() or None


def _disk(directory: Path) -> Finding:
    existing = directory
    while not existing.exists():
        existing = existing.parent
    if not existing.is_dir():
        return Finding("disk", ok=False, text=f"{existing} is no directory: correct data_dir")
    if not os.access(existing, os.W_OK):
        return Finding("disk", ok=False, text=f"{existing} may not be written by this user")
    free = shutil.disk_usage(existing).free
    text = f"{free / 1e9:.1f} GB free for {directory}"
    if free < ROOM:
        return Finding("disk", ok=False, text=f"{text}: make room or move data_dir")
    return Finding("disk", ok=True, text=text)


def _console() -> Finding:
    root = console_root()
    if root is None:
        text = "not built: run `make run` in the checkout, or install the package"
        return Finding("console", ok=False, text=text)
    return Finding("console", ok=True, text=f"built, in {root}")


def _alarm_hook(command: Sequence[str]) -> Iterator[Finding]:
    what = "alarm hook"
    if not command:
        text = "none: nobody outside the console learns of an unanswered alarm"
        yield Finding(what, ok=True, text=text)
    elif shutil.which(command[0]) is None:
        text = f"{command[0]} is not there or may not be run: correct dispatch.alarm.hook"
        yield Finding(what, ok=False, text=text)
    else:
        yield Finding(what, ok=True, text=f"{command[0]} can be run")


def _map(settings: Settings) -> Iterator[Finding]:
    path = settings.pmtiles
    if path is None:
        return
    if not path.is_file():
        yield Finding("map", ok=False, text=f"{path} is not there: correct dispatch.map.pmtiles")
        return
    with path.open("rb") as file:
        right = file.read(8) == b"PMTiles\x03"
    text = "PMTiles version 3" if right else "is no PMTiles file of version 3"
    yield Finding("map", ok=right, text=f"{path}: {text}")
