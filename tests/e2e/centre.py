"""All of the compose file as processes, in its order, and a gateway at a site."""

import asyncio
import contextlib
import re
import shutil
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg

from radio_gateway.config import load_file
from tests.e2e.composed import FOLDER, OURS, Container, build, mounts
from tests.e2e.system import free_port
from tests.fakes.broker import Mosquitto, program, running_broker
from tests.faults.postgres import NAME, Postgres, postgres
from tests.faults.program import Program, ending
from tests.faults.waiting import eventually, eventually_async
from tests.radio_gateway.bus import certificates

PASSWORD, PASSPHRASE = "a database password", "correct-horse-battery-staple"


@dataclass
class Centre:
    """Everything of the compose file, running, and a gateway at a site."""

    consoles: list[Program]
    radio_port: int
    gateway: Program


@contextlib.asynccontextmanager
async def centre(file: dict[str, Any], folder: Path) -> AsyncIterator[Centre]:
    """Start all services in the order of `depends_on`, each as a process."""
    image, beside = folder / "image", folder / "beside"
    build(image)
    await asyncio.to_thread(check_image, image)
    (beside / "secrets").mkdir(parents=True)
    async with postgres() as server, contextlib.AsyncExitStack() as stack:
        await ask_for_a_password(server)
        check_options(server, file["services"]["database"]["command"])
        mosquitto = stack.enter_context(broker(file, beside / "secrets"))
        (beside / "secrets/pgpass").write_text(f"127.0.0.1:{server.port}:*:sardze:{PASSWORD}\n")
        instead = {
            "@database/": f"@127.0.0.1:{server.port}/",
            'host = "0.0.0.0"': 'host = "127.0.0.1"',
            'host = "broker.example"': f'host = "localhost"\nport = {mosquitto.port}',
        }
        for old in instead:
            assert old in (FOLDER / "sardze.toml").read_text(encoding="utf-8")
        migrate = Container(folder / "migrate", image, file, "migrate", instead)
        migrate.fill(beside)
        await ended_well(migrate.program())
        consoles = []
        for service in OURS[1:]:
            port = free_port(socket.SOCK_STREAM)
            more = {"port = 8480": f"port = {port}", "127.0.0.1:8480": f"127.0.0.1:{port}"}
            container = Container(folder / service, image, file, service, {**instead, **more})
            container.fill(beside)
            consoles.append(container.program(f"http://127.0.0.1:{port}"))
        gateway, radio_port = site(folder / "site", image, beside / "secrets", instead)
        await stack.enter_async_context(ending(*consoles, gateway))
        for console in consoles:
            console.start()
        gateway.start()
        for console in consoles:
            await console.ready()
        yield Centre(consoles, radio_port, gateway)


async def ask_for_a_password(server: Postgres) -> None:
    """As the official image does: nobody comes in over TCP without one."""
    connection = await asyncpg.connect(
        host="127.0.0.1", port=server.port, user="sardze", database=NAME
    )
    await connection.execute(f"ALTER USER sardze PASSWORD '{PASSWORD}'")
    rules = server.directory / "data/pg_hba.conf"
    rules.write_text("host all all 127.0.0.1/32 scram-sha-256\n")
    await connection.execute("SELECT pg_reload_conf()")
    await connection.close()

    async def refused() -> bool:
        try:
            open_door = await asyncpg.connect(
                host="127.0.0.1", port=server.port, user="sardze", database=NAME, password="no"
            )
        except asyncpg.InvalidPasswordError:
            return True
        await open_door.close()
        return False

    await eventually_async(refused, "a wrong password is refused")


def check_options(server: Postgres, words: list[str]) -> None:
    """PostgreSQL knows the options of its command; the value of the last is told."""
    done = subprocess.run(
        [server.binaries / "postgres", "-D", "data", *words, "-C", "max_wal_size"],
        cwd=server.directory,
        user=server.user,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() in ("4096", "4GB")


@contextlib.contextmanager
def broker(file: dict[str, Any], secrets: Path) -> Iterator[Mosquitto]:
    """Mosquitto with the mounted configuration, access list, certificates and passwords."""
    certificates.make(secrets, "localhost")
    passwords = secrets / "passwords"
    passwords.touch()
    for user, words in (("dispatch", "broker-pw"), ("liepaja", "site-pw")):
        command = [program("mosquitto_passwd"), "-b", str(passwords), user, words]
        subprocess.run(command, check=True, capture_output=True)
    (secrets / "broker-password").write_text("broker-pw\n")
    sources = {target: FOLDER / source for source, target in mounts(file, "broker")}
    text = sources.pop("/mosquitto/config/mosquitto.conf").read_text(encoding="utf-8")
    files = []
    for target, source in sources.items():
        name = Path(target).name
        text = text.replace(target, f"{{folder}}/{name}")
        kept = secrets / name if source.parent.name == "secrets" else source
        files.append((name, kept.read_bytes()))
    text = text.replace("listener 8883", "listener {port} 127.0.0.1")
    text = text.replace("/var/lib/mosquitto/", "{folder}/store/")
    with running_broker(text, files) as started:
        yield started


def site(folder: Path, image: Path, secrets: Path, instead: dict[str, str]) -> tuple[Program, int]:
    """A gateway with the example's configuration; the port of its repeaters."""
    port = free_port(socket.SOCK_DGRAM)
    (folder / "secrets").mkdir(parents=True)
    shutil.copy(secrets / "ca.pem", folder / "secrets")
    (folder / "secrets/mqtt").write_text("site-pw\n")
    (folder / "secrets/centrs").write_text(PASSPHRASE + "\n")
    text = (FOLDER.parent / "gateway.toml").read_text(encoding="utf-8")
    text = re.sub(r'host = "broker\.example" .*', instead['host = "broker.example"'], text)
    text = text.replace('host = "0.0.0.0"', 'host = "127.0.0.1"')
    assert "port = 62031" in text
    text = text.replace("port = 62031", f"port = {port}")
    (folder / "gateway.toml").write_text(text, encoding="utf-8")
    assert load_file(folder / "gateway.toml").links
    start = "from radio_gateway.cli import main; main()"
    words = [sys.executable, "-c", start, "run", "--config", "gateway.toml"]
    return Program(words, folder, "gateway", environment={"PYTHONPATH": str(image)}), port


async def ended_well(one: Program) -> None:
    one.start()
    await eventually(lambda: not one.runs, f"the end of {one.name}", 60)
    assert one.process is not None
    assert one.process.returncode == 0, one.printed


def check_image(image: Path) -> None:
    """What runs comes out of the copies, not out of the checkout."""
    done = subprocess.run(
        [sys.executable, "-c", "import dispatch; print(dispatch.__file__)"],
        cwd=image.parent,
        env={"PYTHONPATH": str(image)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.startswith(str(image)), done.stdout
