"""kill -9 in the middle of work: what was acknowledged is there afterwards, once."""

import contextlib
import random
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import httpx
import pytest

from tests.e2e.system import Installation, Running, free_port, items, signed_in, until
from tests.fakes.hytera_radio import DISPATCHER, HyteraRadio

ROUNDS = 3
SERVICES = ("rrs", "lp", "tmp")


@dataclass
class Ledger:
    """What the outside world was told is safe."""

    from_radios: list[str] = field(default_factory=list)
    from_desk: list[str] = field(default_factory=list)
    alarms: set[int] = field(default_factory=set)


@pytest.fixture
def ports() -> dict[str, int]:
    return {name: free_port(socket.SOCK_DGRAM) for name in SERVICES}


@pytest.fixture
def town(tmp_path: Path, ports: dict[str, int]) -> Installation:
    lines = "\n".join(f"{name} = {port}" for name, port in ports.items())
    (tmp_path / "sardze.toml").write_text(
        f"""
        [dispatch]
        port = {free_port(socket.SOCK_STREAM)}
        data_dir = "data"
        [gateway]
        id = "palanga"
        data_dir = "data"
        [[link]]
        kind = "hytera"
        name = "Palanga"
        network = "palanga"
        style = "radio"
        peers = ["127.0.0.1"]
        dispatcher_id = {DISPATCHER}
        [link.ports]
        {lines}
        """,
        encoding="utf-8",
    )
    return Installation(tmp_path)


@contextlib.contextmanager
def _at_work(*workers: threading.Thread) -> Iterator[None]:
    for worker in workers:
        worker.start()
    try:
        yield
    finally:
        for worker in workers:
            worker.join(30)


def _officer(radio: HyteraRadio, ledger: Ledger, round_: int, enough: threading.Event) -> None:
    """Text after text, each noted once it is acknowledged; ends when nobody answers."""
    with contextlib.suppress(TimeoutError, ConnectionError):
        radio.register()
        for number in range(10_000):
            words = f"{radio.number} {round_}-{number}"
            radio.text(words)
            ledger.from_radios.append(words)
            if number == 5:
                radio.emergency("5630.6600", "02100.8400")
            if len(ledger.from_radios) > 20 * (round_ + 1) and len(ledger.from_desk) > 3 * round_:
                enough.set()


def _dispatcher(client: httpx.Client, radio_id: int, ledger: Ledger, round_: int) -> None:
    with contextlib.suppress(httpx.HTTPError):
        for number in range(10_000):
            words = f"desk {round_}-{number}"
            key = f"desk-{round_}-{number:04}"
            answer = client.post(
                "/api/messages",
                json={"radio_id": radio_id, "text": words},
                headers={"Idempotency-Key": key},
            )
            if answer.status_code == 201:
                ledger.from_desk.append(words)
            for alarm in items(client, "/api/emergencies", state="raised"):
                done = client.post(
                    f"/api/emergencies/{alarm['id']}/acknowledge",
                    json={},
                    headers={"Idempotency-Key": f"alarm-{alarm['id']:04}-{round_}"},
                )
                if done.status_code == 200:
                    ledger.alarms.add(alarm["id"])


def _id_of(client: httpx.Client, number: int) -> int | None:
    return next((int(r["id"]) for r in items(client, "/api/radios") if r["number"] == number), None)


def _sign_in(town: Installation, server: Running) -> tuple[str, str]:
    address = server.address()
    link = town.command("user", "link", "anna").stdout
    return address, link.partition("#token=")[2].split()[0]


def _everything(client: httpx.Client) -> list[dict[str, object]]:
    found: list[dict[str, object]] = []
    cursor: str | None = ""
    while cursor is not None:
        query = {"limit": "200"} | ({"cursor": cursor} if cursor else {})
        page = client.get("/api/messages", params=query).json()
        found += page["items"]
        cursor = page["next"]
    return found


def test_nothing_acknowledged_is_lost_or_doubled(town: Installation, ports: dict[str, int]) -> None:
    ledger, chance = Ledger(), random.Random(7)
    town.command("user", "add", "anna", "--role", "administrator")
    for round_ in range(ROUNDS):
        with town.running("run") as server, signed_in(*_sign_in(town, server)) as client:
            radio = HyteraRadio("127.0.0.1", ports, 2_460_000 + round_, patience_s=1.0)
            radio.register()
            radio_id = until(partial(_id_of, client, radio.number), "the radio")
            enough = threading.Event()
            officer = threading.Thread(target=_officer, args=(radio, ledger, round_, enough))
            desk = threading.Thread(target=_dispatcher, args=(client, radio_id, ledger, round_))
            with _at_work(officer, desk):
                assert enough.wait(30), "no work was done"
                threading.Event().wait(chance.uniform(0, 0.4))  # the moment is random
                server.kill()
            radio.close()
    assert len(ledger.from_desk) >= ROUNDS

    with town.running("run") as server, signed_in(*_sign_in(town, server)) as client:

        def settled() -> list[str] | None:
            texts = [str(message["text"]) for message in _everything(client)]
            return texts if set(ledger.from_radios) <= set(texts) else None

        texts = until(settled, "all acknowledged texts of radios")
        assert len(texts) == len(set(texts)), "something is there twice"
        assert set(ledger.from_desk) <= set(texts)
        alarms = {alarm["id"]: alarm for alarm in items(client, "/api/emergencies")}
        assert len(alarms) == ROUNDS
        for number in ledger.alarms:
            assert alarms[number]["state"] == "acknowledged"
