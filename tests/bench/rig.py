"""The real server under the load of a radio network, watched by a crowd of consoles."""

import asyncio
import json
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import linear_regression
from typing import Any, Final

from sqlalchemy import make_url

from tests.bench.crowd import Crowd, watching
from tests.bench.load import Plan
from tests.bench.machine import cpu_s, resident_mib
from tests.bench.marks import Marks
from tests.bench.onlooker import Onlooker
from tests.bench.raw_rows import raw_postgresql, raw_sqlite, row
from tests.e2e.system import Installation, Running, free_port, signed_in, until
from tests.fakes.hytera_radio import DISPATCHER

ROOT: Final = Path(__file__).parents[2]
REPEATER, PASSPHRASE = 246001, "correct-horse-battery-staple"
RADIOS: Final = 1000
LOOK_S: Final = 0.004
"Between two looks at the database for 2 000 reports a second: so much too old may a commit seem."
PROBES: Final = 20
"Radios whose reports are looked for; their ages stand for those of all."
AMONG_OTHERS: Final = timedelta(seconds=5)
"Reports of several radios may become visible in another order than they were heard."
UNCHANGED: Final = 100
"Looks without another report: no more come."
ALARM_EVERY_S: Final = 0.5


@dataclass(frozen=True, slots=True)
class Load:
    """What a run is about."""

    rate: int
    seconds: float
    consoles: int = 50
    alarm_every_s: float = ALARM_EVERY_S
    look: int = 1
    "See `Crowd`."


@dataclass(slots=True)
class Outcome:
    """What a run showed; ages are in milliseconds with how often they occurred."""

    sent: int = 0
    stored: int = 0
    positions: Counter[int] = field(default_factory=Counter)
    alarms: Counter[int] = field(default_factory=Counter)
    calls: Counter[int] = field(default_factory=Counter)
    commits: Counter[int] = field(default_factory=Counter)
    answers: Counter[int] = field(default_factory=Counter)
    "Time that `/healthz` took: what the loop was busy with before."
    closed: int = 0
    cpu_share: float = 0.0
    "Processor time of the server per second; 1.0: one core."
    resident_mib: list[float] = field(default_factory=list)
    "Once a second."


def percentile(ages: Counter[int], share: float) -> float:
    """The age that `share` of all do not exceed; nan: there are none."""
    rest = share * ages.total()
    for age in sorted(ages):
        rest -= ages[age]
        if rest <= 0:
            return float(age)
    return float("nan")


def slope_per_min(values: list[float]) -> float:
    """Least squares growth per minute of values that were taken once a second."""
    return 60 * linear_regression(range(len(values)), values).slope if len(values) > 1 else 0.0


class Rig:
    """One installation with a Hytera base and a repeater, and its running server."""

    def __init__(self, folder: Path, database_url: str | None = None) -> None:
        self.folder = folder
        self.lp_port, self.homebrew_port = (free_port(socket.SOCK_DGRAM) for _ in range(2))
        self.port = free_port(socket.SOCK_STREAM)
        self.database_url = database_url
        address = "" if database_url is None else f'database_url = "{database_url}"'
        others = "\n".join(f"{name} = {free_port(socket.SOCK_DGRAM)}" for name in ("rrs", "tmp"))
        (folder / "sardze.toml").write_text(
            f"""
            [dispatch]
            port = {self.port}
            data_dir = "data"
            {address}
            [gateway]
            id = "bench"
            data_dir = "data"
            [[link]]
            kind = "hytera"
            name = "Hytera"
            network = "hytera"
            style = "radio"
            peers = ["127.0.0.1"]
            dispatcher_id = {DISPATCHER}
            source_limit = 1000000
            [link.ports]
            lp = {self.lp_port}
            {others}
            [[link]]
            kind = "homebrew"
            name = "MMDVM"
            network = "mmdvm"
            port = {self.homebrew_port}
              [[link.repeater]]
              id = {REPEATER}
              name = "Centrs"
              passphrase = "{PASSPHRASE}"
            """,
            encoding="utf-8",
        )
        self._installation = Installation(folder)
        self._server: Running | None = None

    @contextmanager
    def running(self) -> Iterator[None]:
        """`dispatch run` within the block."""
        with self._installation.running("run") as server:
            self._server = server
            server.address()
            yield

    def measure(self, load: Load) -> Outcome:
        """Learn the radios, then put the load on while the crowd watches."""
        assert self._server is not None
        server = self._server
        with signed_in(server.address(), server.sign_in_token()) as client:
            known = self._send(Plan(**self._network(Load(1000, 2.0, 0, 0.0), 0, 4000)))
            self._all_stored(known)
            first = client.get("/api/snapshot").json()
            number, base = known, self._count()
            plan = self._network(load, number, number + int(load.rate * load.seconds * 1.2) + 9000)
            crowd = Crowd(
                server.address(),
                "; ".join(f"{name}={value}" for name, value in client.cookies.items()),
                load.consoles,
                first["epoch"],
                first["seq"],
                plan["reports"],
                plan["calls"],
                origin=server.address(),
                look=load.look,
            )
            outcome, seen = Outcome(), dict[str, Any]()
            with watching(crowd, seen), self._watched(outcome, number, load.rate):
                began, used = time.monotonic(), cpu_s(server.process.pid)
                last = self._send(Plan(**plan))
                took = time.monotonic() - began
                outcome.cpu_share = (cpu_s(server.process.pid) - used) / took
                outcome.sent = last - number
                self._all_stored(base + outcome.sent)
            outcome.stored = self._count() - base
            for name in ("positions", "alarms", "calls", "closed"):
                setattr(outcome, name, seen[name])
        return outcome

    def sustained(self, rates: Iterable[int], seconds: float) -> int:
        """The highest of these rising rates, in reports a second, of which all were stored.

        Nobody watches; each rate runs for so long, and what the gateway still holds at the end
        has to be stored as well.
        """
        number = self._send(Plan(**self._network(Load(1000, 2.0, 0, 0.0), 0, 4000)))
        self._all_stored(number)
        best = 0
        for rate in rates:
            base = self._count()
            plan = self._network(
                Load(rate, seconds, 0, 0.0), number, number + int(rate * seconds * 2)
            )
            sent = self._send(Plan(**(plan | {"prepared": True}))) - number
            self._all_stored(base + sent)
            number += sent
            if self._count() - base < sent:
                break
            best = round(sent / seconds)
        return best

    def raw_rate(self) -> float:
        """Rows a second that the database takes alone; no server may run on SQLite meanwhile."""
        url, at = make_url(self._url()), datetime.now(UTC) - timedelta(hours=1)
        batches = [
            [
                row(n, RADIOS, at + timedelta(microseconds=500 * n))
                for n in range(start, start + 1000)
            ]
            for start in range(0, 60_000, 1000)
        ]
        warm, measured = batches[:20], batches[20:]
        if self.database_url is None:
            raw_sqlite(str(url.database), warm)
            return raw_sqlite(str(url.database), measured)

        async def ask() -> float:
            await raw_postgresql(url, warm)
            return await raw_postgresql(url, measured)

        return asyncio.run(ask())

    def _network(self, load: Load, first: int, room: int) -> dict[str, Any]:
        reports, calls = self.folder / "reports", self.folder / "calls"
        Marks(reports, room)
        Marks(calls, int(load.seconds * 4) + 100)
        return asdict(
            Plan(
                lp_port=self.lp_port,
                homebrew_port=self.homebrew_port,
                repeater=REPEATER,
                passphrase=PASSPHRASE,
                rate=load.rate,
                seconds=load.seconds,
                radios=RADIOS,
                alarm_every_s=load.alarm_every_s,
                reports=str(reports),
                calls=str(calls),
                first=first,
            )
        )

    def _send(self, plan: Plan) -> int:
        done = subprocess.run(
            [sys.executable, "-m", "tests.bench.load", json.dumps(asdict(plan))],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise AssertionError(done.stderr)
        return int(json.loads(done.stdout)["next"])

    @contextmanager
    def _watched(self, outcome: Outcome, first: int, rate: int) -> Iterator[None]:
        """Look at the database, the memory and the loop while the block runs."""
        over = threading.Event()
        watches = [
            threading.Thread(target=watch)
            for watch in (
                lambda: self._watch_commits(outcome, first, rate, over),
                lambda: self._watch_process(outcome, over),
            )
        ]
        for watch in watches:
            watch.start()
        try:
            yield
        finally:
            over.set()
            for watch in watches:
                watch.join()

    def _watch_commits(
        self, outcome: Outcome, first: int, rate: int, over: threading.Event
    ) -> None:
        """A report is committed when another connection sees it."""
        marks = Marks(self.folder / "reports")

        async def watch() -> None:
            # to look as often at ten times as many would take half a core from what is measured
            pause_s = LOOK_S * max(1.0, rate / 2000)
            async with Onlooker(self._url()) as onlooker:
                radios = await onlooker.radios(PROBES)
                newest, seen = datetime.now(UTC), set[int]()
                while not over.is_set():
                    rows = await onlooker.reports(radios, newest - AMONG_OTHERS)
                    at = time.monotonic()
                    for heard_at, number in rows:
                        if number >= first and number not in seen:
                            seen.add(number)
                            outcome.commits[round((at - marks[number]) * 1000)] += 1
                        newest = max(newest, heard_at)
                    await asyncio.to_thread(over.wait, pause_s)

        asyncio.run(watch())

    def _watch_process(self, outcome: Outcome, over: threading.Event) -> None:
        assert self._server is not None
        question = f"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\n\r\n".encode()
        with socket.create_connection(("127.0.0.1", self.port), 30) as line:
            for turn in range(1_000_000):
                began = time.monotonic()
                line.sendall(question)
                if not line.recv(4096):
                    return
                outcome.answers[round((time.monotonic() - began) * 1000)] += 1
                if turn % 20 == 0:
                    outcome.resident_mib.append(resident_mib(self._server.process.pid))
                if over.wait(0.05):
                    return

    def _url(self) -> str:
        return self.database_url or f"sqlite+aiosqlite:///{self.folder / 'data' / 'sardze.db'}"

    def _count(self) -> int:
        """Reports stored by now."""

        async def ask() -> int:
            async with Onlooker(self._url()) as onlooker:
                return await onlooker.count()

        return asyncio.run(ask())

    def _all_stored(self, rows: int) -> None:
        """Wait until so many reports are stored, or until no more come."""
        before = [-1, 0]

        def settled() -> bool:
            found = self._count()
            before[:] = [found, before[1] + 1 if found == before[0] else 0]
            return found >= rows or before[1] > UNCHANGED

        until(settled, f"{rows} rows, {before[0]} stored", patience_s=120)
