"""A mosquitto of our own on loopback: started, stopped, killed, its store wiped."""

import os
import pwd
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event

import pytest

STARTING_S = 20.0
BETWEEN_TRIES = Event()
PLAIN = """
listener {port} 127.0.0.1
set_tcp_nodelay true
allow_anonymous true
persistence true
persistence_location {folder}/store/
max_queued_messages 100000
"""


def program(name: str = "mosquitto") -> str:
    """Where a program of mosquitto lies; the test is skipped, or fails under CI, without it."""
    found = shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
    if found is None:
        if os.environ.get("CI") == "true":
            pytest.fail(f"{name} is not installed: apt-get install mosquitto")
        pytest.skip(f"{name} is not installed")
    return found


class Mosquitto:
    """One broker; keeps its port over restarts."""

    def __init__(self, folder: Path, configuration: str = PLAIN) -> None:
        """`configuration` with `{port}` and `{folder}` for what only we know."""
        self._program = program()
        self.folder = folder
        self.port = _free_port()
        self._process: subprocess.Popen[bytes] | None = None
        self._text = configuration
        self.store = folder / "store"
        self.store.mkdir()
        self._user = None
        if os.geteuid() == 0:  # as root it would change to a user that may not read its folder
            names = {entry.pw_name for entry in pwd.getpwall()}
            self._user = "mosquitto" if "mosquitto" in names else "nobody"
        self.own()

    def own(self) -> None:
        """Let the broker's user read what lies in its folder."""
        if self._user is not None:
            for path in (self.folder, *self.folder.rglob("*")):
                shutil.chown(path, self._user)

    def start(self) -> None:
        """Start, and wait until it takes connections."""
        file = self.folder / "mosquitto.conf"
        file.write_text(self._text.format(port=self.port, folder=self.folder))
        self.own()
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [self._program, "-c", str(file)],
                user=self._user,
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        deadline = time.monotonic() + STARTING_S
        while time.monotonic() < deadline:
            if self._process.poll() is not None:
                break
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
            except OSError:
                BETWEEN_TRIES.wait(0.02)  # another process is asked: there is no event for it
            else:
                return
        pytest.fail(f"the broker does not start: {self.log}")

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    @property
    def log(self) -> str:
        """What the broker has printed."""
        return (self.folder / "log").read_text(errors="replace")

    def stop(self) -> None:
        """End it politely: it writes its store."""
        self._end(kill=False)

    def kill(self) -> None:
        """Pull its plug."""
        self._end(kill=True)

    def wipe(self) -> None:
        """Lose all that it stored; it must not run."""
        assert self._process is None
        for path in self.store.iterdir():
            path.unlink()

    def _end(self, *, kill: bool) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        if kill:
            process.kill()
        else:
            process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@contextmanager
def running_broker(
    configuration: str = PLAIN, files: Sequence[tuple[str, bytes]] = ()
) -> Iterator[Mosquitto]:
    """Run a broker within the block; `files` are put into its folder first."""
    with TemporaryDirectory(prefix="sardze-mqtt-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        for file, content in files:
            (folder / file).write_bytes(content)
        broker = Mosquitto(folder, configuration)
        broker.start()
        try:
            yield broker
        finally:
            broker.kill()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
