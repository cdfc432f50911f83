"""The real server: datagrams in by UDP, durable rows, frames on fifty consoles, all on one machine.

The ages are those of single datagrams: from `sendto` in the sender's process to the return of
`recv` in a console's, and to the moment that another connection to the database sees the row.
"""

import asyncio
import os
from pathlib import Path

import pytest

from tests.bench.results import record
from tests.bench.rig import Load, Outcome, Rig, percentile, slope_per_min
from tests.dispatch.postgres import create_database

pytestmark = pytest.mark.bench

SECONDS = float(os.environ.get("BENCH_SECONDS", "30"))
"Length of each load; the soak asks for 600."
LOOK = 20
RATES = (*range(10_000, 40_000, 5_000), *range(40_000, 110_000, 10_000))
RATE_S = 5.0


@pytest.fixture(params=["sqlite", "postgresql"])
def rig(request: pytest.FixtureRequest, tmp_path: Path) -> Rig:
    if request.param == "sqlite":
        return Rig(tmp_path)
    server = request.getfixturevalue("postgres_server")
    return Rig(tmp_path, asyncio.run(create_database(server, tmp_path.name)))


def _told(found: Outcome, what: str, goals_ms: dict[str, float]) -> None:
    """Record the ages, each beside its goal."""
    for name, ages in (
        ("datagram -> frame", found.positions),
        ("datagram -> commit", found.commits),
        ("alarm -> frame", found.alarms),
        ("call start -> frame", found.calls),
        ("/healthz", found.answers),
    ):
        for share in (0.5, 0.99):
            value = percentile(ages, share)
            goal = goals_ms.get(name) if share == 0.99 else None
            record(
                f"{what}: {name} p{share * 100:.0f}",
                value,
                "ms",
                goal=None if goal is None else f"< {goal:g}",
                ok=None if goal is None else value < goal,
                note=f"{ages.total():,} of them",
            )
    lost = found.sent - found.stored
    record(f"{what}: lost", lost, f"of {found.sent:,}", goal="0", ok=lost == 0)
    record(f"{what}: server", found.cpu_share * 100, "% of a core")
    half = found.resident_mib[len(found.resident_mib) // 2 :]
    record(f"{what}: memory at the end", found.resident_mib[-1], "MiB")
    record(f"{what}: memory growth, second half", slope_per_min(half), "MiB/min")


def test_a_quiet_evening(rig: Rig) -> None:
    """A town at night: what comes alone waits for nothing."""
    with rig.running():
        found = rig.measure(Load(rate=15, seconds=SECONDS, consoles=2))
    _told(found, f"15/s {_kind(rig)}", {"datagram -> frame": 20, "alarm -> frame": 20})


def test_two_thousand_reports_a_second(rig: Rig) -> None:
    with rig.running():
        found = rig.measure(Load(rate=2000, seconds=SECONDS))
    limits = {
        "datagram -> frame": 150,
        "datagram -> commit": 100,
        "alarm -> frame": 20 + percentile(found.commits, 0.5),
        "call start -> frame": 20 + percentile(found.commits, 0.5),
    }
    _told(found, f"2 000/s {_kind(rig)}", limits)
    assert found.stored == found.sent
    assert found.closed == 0


def test_twenty_thousand_reports_a_second(rig: Rig) -> None:
    with rig.running():
        found = rig.measure(Load(rate=20_000, seconds=SECONDS, look=LOOK))
    _told(found, f"20 000/s {_kind(rig)}", {"datagram -> commit": 250})
    assert found.stored == found.sent


def test_reports_from_datagram_to_commit(rig: Rig) -> None:
    """Everything between socket and disk, beside what the database alone takes."""
    with rig.running():
        best = rig.sustained(RATES, RATE_S)
    raw = rig.raw_rate()
    record(
        f"sustained from datagram to commit, {_kind(rig)}",
        best,
        "/s",
        raw=raw,
        goal=">= 50 %",
        ok=best >= 0.5 * raw,
        note="raw: the same rows, 1 000 in a transaction, nothing else running",
    )


def _kind(rig: Rig) -> str:
    return "SQLite" if rig.database_url is None else "PostgreSQL"
