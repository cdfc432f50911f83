"""Measurements wait for an idle machine; their figures are printed and written at the end."""

import os
from collections.abc import Iterator

import pytest

from tests.bench.machine import wait_until_idle
from tests.bench.results import BENCHES, FOLDER, note_idle, table, write
from tests.dispatch.postgres import running_server


@pytest.fixture(autouse=True)
def idle_before() -> float:
    """Share of idle processor time (0..1) right before the test."""
    share = wait_until_idle()
    note_idle(share)
    return share


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """A PostgreSQL server of this run, durable as in operation."""
    with running_server(durable=True) as address:
        yield address


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """The table of this run, and where it was written."""
    if not BENCHES:
        return
    terminalreporter.section("measurements")
    for line in table(BENCHES):
        terminalreporter.line(line)
    for name, bench in BENCHES.items():
        idle = "" if bench.idle_before is None else f"{bench.idle_before:.0%} idle before"
        terminalreporter.line(f"{name}: {idle}, {os.cpu_count()} cores")
    terminalreporter.line(f"written to {write(BENCHES).relative_to(FOLDER.parents[1])}")
