"""An installation with one MMDVM repeater in its configuration."""

import socket
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.e2e.system import Installation, free_port, signed_in
from tests.fakes.mmdvm_host import MmdvmHost

REPEATER, PASSPHRASE = 246001, "correct-horse-battery-staple"


@pytest.fixture
def radio_port() -> int:
    return free_port(socket.SOCK_DGRAM)


@pytest.fixture
def installation(tmp_path: Path, radio_port: int) -> Installation:
    """Configured as an administrator would, nothing started."""
    (tmp_path / "sardze.toml").write_text(
        f"""
        [dispatch]
        port = {free_port(socket.SOCK_STREAM)}
        data_dir = "data"

        [gateway]
        id = "liepaja"
        data_dir = "data"

        [[link]]
        kind = "homebrew"
        name = "Liepāja"
        network = "liepaja"
        port = {radio_port}

          [[link.repeater]]
          id = {REPEATER}
          name = "Centrs"
          passphrase = "{PASSPHRASE}"
        """,
        encoding="utf-8",
    )
    return Installation(tmp_path)


@pytest.fixture
def desk(installation: Installation) -> Iterator[httpx.Client]:
    """The running system, with somebody signed in."""
    with installation.running("run") as server:
        address = server.address()
        with signed_in(address, server.sign_in_token()) as client:
            yield client


@pytest.fixture
def host(desk: httpx.Client, radio_port: int) -> Iterator[MmdvmHost]:
    """A repeater's program that has logged in."""
    program = MmdvmHost(("127.0.0.1", radio_port), REPEATER, PASSPHRASE.encode())
    program.log_in()
    yield program
    program.close()
