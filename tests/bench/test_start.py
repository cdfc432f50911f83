"""How soon a gateway, `dispatch run` and `dispatch serve` answer, and how much memory they take."""

import asyncio
import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.bench.machine import cpu_s, resident_mib
from tests.bench.results import record
from tests.dispatch.postgres import create_database
from tests.e2e.system import Installation, Running, free_port, until
from tests.fakes.hytera_radio import address, hdap

pytestmark = pytest.mark.bench

STARTS = 3
LONGEST_S, LARGEST_MIB = 2.5, 130
GATEWAY_S, GATEWAY_MIB = 1.0, 60
GATEWAY = "from radio_gateway.cli import main; main()"
BARE = "import asyncio, uvloop, fastapi, sqlmodel, uvicorn, orjson"
"What any server on these libraries has to import."


@pytest.mark.parametrize("command", ["run", "serve"])
def test_start(command: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    port = free_port(socket.SOCK_STREAM)
    settings = f'[dispatch]\nport = {port}\ndata_dir = "data"\n'
    if command == "serve":
        server = request.getfixturevalue("postgres_server")
        url = asyncio.run(create_database(server, tmp_path.name))
        # it starts without its broker, too, and looks for it again and again
        broker = f'[mqtt]\nhost = "127.0.0.1"\nport = {free_port(socket.SOCK_STREAM)}\n'
        settings += f'database_url = "{url}"\n{broker}'
    (tmp_path / "sardze.toml").write_text(settings, encoding="utf-8")
    installation = Installation(tmp_path)
    installation.command("migrate")
    seconds, processor, memory = [], [], []
    for _ in range(STARTS):
        began = time.monotonic()
        with installation.running(command) as server:
            until(lambda server=server: _answers(server, port), "an answer")  # type: ignore[misc]
            seconds.append(time.monotonic() - began)
            processor.append(cpu_s(server.process.pid))
            memory.append(resident_mib(server.process.pid))
    took, used, resident = min(seconds), min(processor), max(memory)
    name = f"dispatch {command}"
    record(f"{name}: first answer", took, "s", goal=f"< {LONGEST_S}", ok=took < LONGEST_S)
    raw = min(_imports(tmp_path) for _ in range(STARTS))
    record(f"{name}: processor until then", used, "s", raw=raw, note="raw: the imports alone")
    largest = f"< {LARGEST_MIB}"
    record(f"{name}: resident", resident, "MiB", goal=largest, ok=resident < LARGEST_MIB)


def test_start_of_a_gateway(tmp_path: Path) -> None:
    """Ready is who answers a radio, which means that its event is on disk."""
    ports = {name: free_port(socket.SOCK_DGRAM) for name in ("rrs", "lp", "tmp")}
    lines = "\n".join(f"{name} = {port}" for name, port in ports.items())
    broker = free_port(socket.SOCK_STREAM)
    (tmp_path / "gateway.toml").write_text(
        f"""
        [gateway]
        id = "bench"
        data_dir = "data"
        [mqtt]
        host = "127.0.0.1"
        port = {broker}
        [[link]]
        kind = "hytera"
        name = "Base"
        network = "bench"
        style = "radio"
        peers = ["127.0.0.1"]
        dispatcher_id = 1
        [link.ports]
        {lines}
        """,
        encoding="utf-8",
    )
    command = [sys.executable, "-c", GATEWAY, "run", "--config", "gateway.toml"]
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])}
    seconds, memory = [], []
    for turn in range(STARTS):
        began = time.monotonic()
        with (tmp_path / f"log{turn}").open("wb") as log:
            process = subprocess.Popen(
                command, cwd=tmp_path, env=environment, stdout=log, stderr=subprocess.STDOUT
            )
            try:
                until(lambda: _is_registered(ports["rrs"]), "an answer to a radio")
                seconds.append(time.monotonic() - began)
                memory.append(resident_mib(process.pid))
            finally:
                process.terminate()
                process.wait(20)
    took, resident = min(seconds), max(memory)
    record("gateway: first radio answered", took, "s", goal="< 1", ok=took < GATEWAY_S)
    record("gateway: resident", resident, "MiB", goal="< 60", ok=resident < GATEWAY_MIB)


def _is_registered(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as radio:
        radio.settimeout(0.02)
        try:
            radio.connect(("127.0.0.1", port))
            radio.send(hdap(0x11, 0x0003, address(2000)))
            return bool(radio.recv(200))
        except OSError:  # nobody listens yet, or it is still busy
            return False


def _answers(server: Running, port: int) -> bool:
    if server.process.poll() is not None:
        raise AssertionError(f"the server ended:\n{server.printed}")
    try:
        with socket.create_connection(("127.0.0.1", port), 5) as line:
            line.sendall(b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
            return line.recv(4096).startswith(b"HTTP/1.1 200 ")
    except OSError:
        return False


def _imports(folder: Path) -> float:
    """Processor time of a Python that imports the libraries and ends."""

    before = os.times()
    subprocess.run([sys.executable, "-c", BARE], cwd=folder, check=True)
    after = os.times()
    return (after.children_user + after.children_system) - (
        before.children_user + before.children_system
    )
