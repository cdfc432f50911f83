"""One installation in a folder of its own, run by the commands that an administrator types."""

import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import httpx

PATIENCE_S = 20.0
BETWEEN_QUESTIONS = threading.Event()
ANSWER = TypeVar("ANSWER")


def free_port(kind: socket.SocketKind) -> int:
    """A port of 127.0.0.1 that nothing listens on now."""
    with socket.socket(socket.AF_INET, kind) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def until(ask: Callable[[], ANSWER | None], what: str, patience_s: float = PATIENCE_S) -> ANSWER:
    """Ask again until there is an answer; fails with `what` when patience ends."""
    deadline = time.monotonic() + patience_s
    while time.monotonic() < deadline:
        answer = ask()
        if answer:
            return answer
        BETWEEN_QUESTIONS.wait(0.02)  # another process is asked: there is no event to wait for
    raise AssertionError(f"not within {patience_s:.0f} s: {what}")


@dataclass
class Installation:
    """A folder with sardze.toml; `command` runs one command of `dispatch` in it."""

    folder: Path
    environment: dict[str, str] = field(default_factory=dict)

    @property
    def config(self) -> Path:
        return self.folder / "sardze.toml"

    def command(self, *words: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run one command to its end."""
        done = subprocess.run(
            [sys.executable, "-m", "dispatch", *words],
            cwd=self.folder,
            env=os.environ | self.environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        if check and done.returncode:
            raise AssertionError(f"{words} failed: {done.stdout}{done.stderr}")
        return done

    @contextmanager
    def running(self, *words: str) -> Iterator["Running"]:
        """Start `dispatch ...`; ends it politely at the end of the block."""
        log = (self.folder / "server.log").open("wb")
        process = subprocess.Popen(
            [sys.executable, "-m", "dispatch", *words],
            cwd=self.folder,
            env=os.environ | self.environment | {"PYTHONUNBUFFERED": "1"},
            stdout=log,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
        )
        try:
            yield Running(process, self.folder / "server.log")
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGINT)
                try:
                    process.wait(20)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()
            log.close()


@dataclass
class Running:
    """A server process and what it printed."""

    process: "subprocess.Popen[bytes]"
    log: Path

    @property
    def printed(self) -> str:
        return self.log.read_text(encoding="utf-8", errors="replace")

    def address(self) -> str:
        """Where the console is, once the server says so."""
        found = self.wait_for(r"(http://127\.0\.0\.1:\d+)")
        return found.group(1)

    def sign_in_token(self) -> str:
        """The token of the one-time link that was printed."""
        return self.wait_for(r"#token=([\w-]+)").group(1)

    def wait_for(self, pattern: str) -> re.Match[str]:
        """The first place in the output that matches."""

        def ask() -> re.Match[str] | None:
            found = re.search(pattern, self.printed)
            if found is None and self.process.poll() is not None:
                raise AssertionError(f"the server ended:\n{self.printed}")
            return found

        return until(ask, f"{pattern!r} in the output:\n{self.log}")

    def kill(self) -> None:
        """The power cord: no chance to write anything."""
        self.process.kill()
        self.process.wait()


@contextmanager
def signed_in(address: str, token: str) -> Iterator[httpx.Client]:
    """A client with a session, made from a one-time link."""
    with httpx.Client(base_url=address, headers={"Origin": address}, timeout=10) as client:
        answer = client.post("/api/session", json={"token": token})
        if answer.status_code != 200:
            raise AssertionError(f"sign-in: {answer.status_code} {answer.text}")
        yield client


def items(client: httpx.Client, path: str, **query: Any) -> list[dict[str, Any]]:
    """All entries of a list's first page."""
    answer = client.get(path, params=query)
    if answer.status_code != 200:
        raise AssertionError(f"{path}: {answer.status_code} {answer.text}")
    found: list[dict[str, Any]] = answer.json()["items"]
    return found
