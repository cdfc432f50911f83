"""Processes of the system, to be started, hurt and ended one by one."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from tests.faults.waiting import eventually, eventually_async

START_S = 60.0
"A start may take so long on a machine that is busy."
ENDING_S = 20.0
_TAIL = 4000


@dataclass
class Program:
    """One command in one folder; its output of all lives goes to one file."""

    words: Sequence[str]
    folder: Path
    name: str
    environment: Mapping[str, str] = field(default_factory=dict)
    address: str = ""
    "Where its HTTP answers, if it has any."
    process: "subprocess.Popen[bytes] | None" = None

    @property
    def log(self) -> Path:
        return self.folder / f"{self.name}.log"

    @property
    def printed(self) -> str:
        return self.log.read_text(encoding="utf-8", errors="replace")

    @property
    def pid(self) -> int:
        assert self.process is not None
        return self.process.pid

    @property
    def runs(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.words,
                cwd=self.folder,
                env={**os.environ, "PYTHONUNBUFFERED": "1", **self.environment},
                stdout=log,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
            )

    async def started(self) -> None:
        """Start, and wait until it says that it can do its work."""
        self.start()
        await self.ready()

    async def ready(self, patience_s: float = START_S) -> None:
        """Wait for `/readyz`."""
        async with httpx.AsyncClient(base_url=self.address, timeout=5) as client:

            async def answers() -> bool:
                self.check()
                try:
                    return (await client.get("/readyz")).status_code == 200
                except httpx.TransportError:
                    return False

            await eventually_async(answers, f"{self.name} is ready: {self.log}", patience_s)

    def check(self) -> None:
        """Fails when it ended by itself."""
        if not self.runs:
            raise AssertionError(f"{self.name} ended:\n{self.printed[-_TAIL:]}")

    def kill(self) -> None:
        """The power cord: no chance to write anything."""
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    async def stop(self) -> None:
        """Politely, and after a while not."""
        process = self.process
        if process is None or process.poll() is not None:
            return
        process.send_signal(signal.SIGINT)
        try:
            await eventually(lambda: process.poll() is not None, "its end", ENDING_S)
        except AssertionError:
            self.kill()

    def memory_mib(self) -> float:
        """Resident set of this process."""
        status = Path(f"/proc/{self.pid}/status").read_text(encoding="ascii")
        found = re.search(r"VmRSS:\s+(\d+) kB", status)
        assert found is not None
        return int(found.group(1)) / 1024


def module(name: str, *words: str) -> list[str]:
    """`python -m name words`."""
    return [sys.executable, "-m", name, *words]


@asynccontextmanager
async def ending(*programs: Program) -> AsyncIterator[None]:
    """Whatever happens, none of them is left behind."""
    try:
        yield
    finally:
        for program in programs:
            await program.stop()
