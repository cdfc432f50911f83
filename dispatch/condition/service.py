"""Everything that watches this installation, started and stopped together."""

from collections.abc import Awaitable, Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Protocol

from dispatch import clock
from dispatch.condition.board import Board
from dispatch.condition.database import DatabaseWatch
from dispatch.condition.gateways import GatewayBook
from dispatch.condition.host import DataDirectory, Heart
from dispatch.condition.lamp import Finding, Level
from dispatch.condition.links import LinkRows
from dispatch.db.database import Database

MANY_WAITING = 2_000
TOO_MANY_WAITING = 15_000
"Events in memory; ingest stops taking more at 20 000."


class Stored(Protocol):
    """What the ingest of the process that writes knows, once it has begun."""

    @property
    def p50_s(self) -> float | None:
        """Seconds from hearing to commit, half of the events; None: none lately."""
        ...

    @property
    def p99_s(self) -> float | None:
        """The same for 99 of 100 events."""
        ...


class IngestLike(Protocol):
    """What is asked of ingest."""

    @property
    def trouble(self) -> str | None:
        """Why nothing can be stored at the moment."""
        ...

    @property
    def waiting(self) -> int:
        """Events taken from the bus and not yet stored."""
        ...


class Condition:
    """The watchers of one process; all put their findings on one board."""

    def __init__(
        self,
        board: Board,
        database: Database,
        directory: Path,
        *,
        backup_expected: bool = True,
        now: Callable[[], datetime] = clock.now,
    ) -> None:
        """`directory` is where the data lies; `now` is the wall clock that rows are stamped by."""
        self.board = board
        self.database = DatabaseWatch(database, now)
        self.gateways = GatewayBook(now)
        self.data = DataDirectory(directory, backup_expected=backup_expected, now=now)
        self.heart = Heart()
        self.links = LinkRows(database, now)
        self.latency: Callable[[], Stored | None] = lambda: None
        "Of the events of the last minute; None: another process writes."
        self.missing: Callable[[], int | None] = lambda: None
        "Events that gateways numbered and that have not arrived for long; None: not known here."
        self.broker: Callable[[], bool] | None = None
        "Whether the broker is connected; None: there is none, all is in one process."
        board.add("database", self.database.findings)
        board.add("gateways", self.gateways.findings)
        board.add("data directory", self.data.findings)
        board.add("heart", self.heart.findings)
        board.add("links", self.links.findings)
        board.add("broker", self._broker)
        board.add("gaps", self._gaps)

    def start(self, start: Callable[[str, Callable[[], Awaitable[object]]], None]) -> None:
        """Start all watchers; `start` takes a name and what runs until the end of the app."""
        start("database watch", self.database.run)
        start("data directory watch", self.data.run)
        start("heart", self.heart.run)
        start("links watch", self.links.run)
        start("lamps", self.board.run)

    def watch_ingest(self, ingest: IngestLike) -> None:
        """The process that writes has this lamp as well."""
        self.board.add("ingest", lambda: _ingest(ingest))

    def _gaps(self) -> Iterator[Finding]:
        missing = self.missing()
        if missing is not None:
            text = "gaps.open" if missing else "gaps.none"
            yield Finding("gaps", "amber" if missing else "ok", text, {"count": missing})

    def _broker(self) -> Iterator[Finding]:
        if self.broker is not None:
            connected = self.broker()
            text = "broker.ok" if connected else "broker.away"
            yield Finding("broker", "ok" if connected else "red", text)


def _ingest(ingest: IngestLike) -> Iterator[Finding]:
    numbers: dict[str, float | str] = {"waiting": ingest.waiting}
    level: Level = "ok"
    if ingest.trouble is not None:
        level, numbers["reason"] = "red", ingest.trouble
    elif ingest.waiting >= MANY_WAITING:
        level = "red" if ingest.waiting >= TOO_MANY_WAITING else "amber"
    text = "ingest.stuck" if ingest.trouble else "ingest.ok" if level == "ok" else "ingest.behind"
    yield Finding("ingest", level, text, numbers)
