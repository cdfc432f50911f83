"""The gateway over real sockets, ports and files."""

import asyncio
import os
import socket
import tty
from pathlib import Path

import pytest

from radio_gateway.bus.memory import MemoryBus
from radio_gateway.config import LinkEntry
from radio_gateway.domain.events import (
    CallEnded,
    CallEndReason,
    EmergencyRaised,
    LinkChanged,
    LinkState,
    PositionReported,
    StatusReceived,
)
from radio_gateway.domain.ids import RadioId
from radio_gateway.spool import SpoolError
from radio_gateway.supervisor import Gateway
from tests.radio_gateway.conftest import (
    RunGateway,
    Running,
    answer_to,
    settings_for,
    talk_link,
)
from tests.radio_gateway.support import eventually
from tests.radio_gateway.talk import TALK_SERIAL, TalkSerialSettings

RADIO = RadioId("liepaja", 101)


async def test_an_event_is_stored_acknowledged_and_published(
    run_gateway: RunGateway, radio: socket.socket
) -> None:
    async with run_gateway() as running:
        radio.sendto(b"STATUS 101 5", running.address())
        assert await answer_to(radio) == b"OK STATUS 101 5"
        await eventually(lambda: running.dispatch.events(StatusReceived))
        envelope = running.dispatch.events(StatusReceived)[0]
        assert isinstance(envelope.event, StatusReceived)
        assert (envelope.event.radio, envelope.event.status) == (RADIO, 5)
        assert (envelope.gateway, envelope.event.link) == ("coast", "east")
        assert envelope.seq is not None
        await _empty_spool(running)


async def test_positions_go_to_the_bus_without_a_number(
    run_gateway: RunGateway, radio: socket.socket
) -> None:
    async with run_gateway() as running:
        radio.sendto(b"POS 101 56.5 21.0", running.address())
        await eventually(lambda: running.dispatch.events(PositionReported))
        assert running.dispatch.events(PositionReported)[0].seq is None


async def test_timers_run_without_any_datagram(run_gateway: RunGateway) -> None:
    async with run_gateway() as running:
        adapter = running.gateway.links[0]._adapter
        await eventually(lambda: getattr(adapter, "ticks", 0) >= 3)


async def test_unreceipted_events_come_again_after_a_restart(
    run_gateway: RunGateway, radio: socket.socket
) -> None:
    async with run_gateway(receipts=False) as running:
        for number in range(20):
            radio.sendto(f"STATUS 101 {number}".encode(), running.address())
            await answer_to(radio)
        radio.sendto(b"SOS 101", running.address())
        await answer_to(radio)
        await eventually(lambda: len(running.dispatch.events(StatusReceived)) == 20)
        await eventually(lambda: running.dispatch.events(EmergencyRaised))
        before = {envelope.id: envelope for envelope in running.dispatch.got}
    async with run_gateway() as running:
        await eventually(lambda: len(running.dispatch.events(StatusReceived)) == 20)
        again = running.dispatch.events(StatusReceived)
        assert [envelope.event.status for envelope in again] == list(range(20))  # type: ignore[union-attr]
        assert all(before[envelope.id] == envelope for envelope in again)
        kinds = [type(envelope.event) for envelope in running.dispatch.got]
        assert kinds.index(EmergencyRaised) < kinds.index(StatusReceived)
        await _empty_spool(running)


async def test_events_without_receipt_are_published_again(
    run_gateway: RunGateway, radio: socket.socket
) -> None:
    async with run_gateway(receipts=False, retry_s=0.05) as running:
        radio.sendto(b"STATUS 101 5", running.address())
        await eventually(lambda: len(running.dispatch.events(StatusReceived)) >= 3)
        assert len({envelope.id for envelope in running.dispatch.events(StatusReceived)}) == 1
        running.dispatch.receipts = True
        await _empty_spool(running)


async def test_a_bug_in_one_adapter_leaves_the_others_alone(
    run_gateway: RunGateway, radio: socket.socket, caplog: pytest.LogCaptureFixture
) -> None:
    port = _free_port()
    async with run_gateway(talk_link("bad", port=port), talk_link("good")) as running:
        for number in range(5):
            radio.sendto(b"BUG", ("127.0.0.1", port))
            radio.sendto(f"STATUS 101 {number}".encode(), running.address(1))
            assert await answer_to(radio) == f"OK STATUS 101 {number}".encode()
            await eventually(lambda: _states(running, "bad")[-1:] == [LinkState.DOWN])
            await eventually(lambda: running.gateway.links[0].open)
            radio.sendto(b"STATUS 102 7", ("127.0.0.1", port))
            assert await answer_to(radio) == b"OK STATUS 102 7"
        assert _states(running, "good") == [LinkState.UP]
    assert "a bug of the adapter" in caplog.text
    assert "42 55 47" in caplog.text, "the octets that it happened at"


async def test_an_event_that_cannot_be_written_costs_only_itself(
    run_gateway: RunGateway, radio: socket.socket, caplog: pytest.LogCaptureFixture
) -> None:
    async with run_gateway() as running:
        radio.sendto(b"STATUS 101 1\nBAD\nSTATUS 101 2", running.address())
        await eventually(lambda: len(running.dispatch.events(StatusReceived)) == 2)
        status = await running.gateway.status()
        assert status.outbox is not None
        assert status.outbox.lost == 1
        radio.sendto(b"STATUS 101 3", running.address())
        assert await answer_to(radio) == b"OK STATUS 101 3", "the first two had no answer"
    assert "cannot be written" in caplog.text


async def test_a_port_in_use_is_down_until_it_is_free(
    run_gateway: RunGateway, radio: socket.socket
) -> None:
    blocker = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    blocker.bind(("127.0.0.1", 0))
    port = blocker.getsockname()[1]
    async with run_gateway(talk_link(port=port)) as running:
        await eventually(lambda: running.dispatch.events(LinkChanged))
        changed = running.dispatch.events(LinkChanged)[0].event
        assert isinstance(changed, LinkChanged)
        assert changed.state is LinkState.DOWN
        assert f"UDP port {port} on 127.0.0.1: another program uses this port" in changed.reason
        blocker.close()
        await eventually(lambda: running.gateway.links[0].open)
        radio.sendto(b"STATUS 101 5", running.address())
        assert await answer_to(radio) == b"OK STATUS 101 5"
        await eventually(lambda: _states(running, "east") == [LinkState.DOWN, LinkState.UP])


async def test_an_unplugged_port_comes_back_on_the_same_path(
    run_gateway: RunGateway, tmp_path: Path
) -> None:
    path = tmp_path / "radio"
    settings = TalkSerialSettings(name="palanga", network="palanga", device=str(path))
    async with run_gateway(LinkEntry(TALK_SERIAL, settings)) as running:
        await eventually(lambda: _states(running, "palanga") == [LinkState.DOWN])
        for number in range(3):
            far, near = os.openpty()
            tty.setraw(near)
            path.symlink_to(os.ttyname(near))
            await eventually(lambda: running.gateway.links[0].open)
            os.write(far, f"STATUS 5 {number}\n".encode())
            await eventually(
                lambda n=number: len(running.dispatch.events(StatusReceived)) == n + 1  # type: ignore[misc]
            )
            path.unlink()
            os.close(near)
            os.close(far)
            await eventually(lambda: not running.gateway.links[0].open)
        await eventually(lambda: len(_states(running, "palanga")) >= 7)
        states = _states(running, "palanga")
        assert states[:7] == [LinkState.DOWN, *[LinkState.UP, LinkState.DOWN] * 3]


async def test_stopping_ends_running_calls_as_truncated(
    run_gateway: RunGateway, radio: socket.socket
) -> None:
    async with run_gateway() as running:
        radio.sendto(b"CALL 101\nSTATUS 101 1", running.address())
        await answer_to(radio)
    (ended,) = running.dispatch.events(CallEnded)
    assert isinstance(ended.event, CallEnded)
    assert ended.event.reason is CallEndReason.TRUNCATED
    assert _states(running, "east")[-1] is LinkState.DOWN


async def test_a_gateway_whose_dispatch_is_stuck_still_stops_and_keeps_all(
    tmp_path: Path, radio: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    from radio_gateway import supervisor
    from radio_gateway.bus.memory import MemoryBus

    monkeypatch.setattr(supervisor, "CLOSING_S", 0.2)
    gateway = Gateway(settings_for(tmp_path, [talk_link()]), MemoryBus())
    stop = asyncio.Event()
    task = asyncio.create_task(gateway.run(stop))
    await eventually(lambda: gateway.links[0].open)
    for number in range(100):  # more batches than the bus holds, and nobody reads them
        radio.sendto(
            f"STATUS 101 {number}".encode(), ("127.0.0.1", gateway.links[0].bound_port("main"))
        )
        await answer_to(radio)
    stop.set()
    async with asyncio.timeout(5):
        await task


async def test_a_spool_that_cannot_be_used_ends_the_gateway_with_its_name(
    tmp_path: Path,
) -> None:
    from radio_gateway.bus.memory import MemoryBus

    (tmp_path / "data").write_text("in the way")
    gateway = Gateway(settings_for(tmp_path, [talk_link()]), MemoryBus())
    with pytest.raises(SpoolError, match="spool"):
        await gateway.run(asyncio.Event())


async def test_status_tells_links_ports_and_depth(
    run_gateway: RunGateway, radio: socket.socket
) -> None:
    async with run_gateway(receipts=False) as running:
        radio.sendto(b"STATUS 101 5", running.address())
        await answer_to(radio)
        status = await running.gateway.status()
        (link,) = status.links
        assert (status.gateway, link.name, link.open) == ("coast", "east", True)
        (port,) = link.ports
        assert (port.endpoint, port.received, port.sent) == ("main", 1, 1)
        assert status.outbox is not None
        assert status.outbox.depth == 2, "the link came up, the status"
        assert status.outbox.oldest_heard_at is not None


def _base() -> socket.socket:
    base = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    base.bind(("127.0.0.1", 0))
    base.setblocking(False)
    return base


def _free_port() -> int:
    with _base() as taken:
        return int(taken.getsockname()[1])


def _states(running: Running, link: str) -> list[LinkState]:
    return [
        envelope.event.state
        for envelope in running.dispatch.events(LinkChanged)
        if isinstance(envelope.event, LinkChanged) and envelope.event.link == link
    ]


async def _empty_spool(running: Running) -> None:
    async with asyncio.timeout(10):
        while (await running.gateway.status()).outbox.depth:  # type: ignore[union-attr]
            pass


def test_a_port_that_was_away_for_long_is_tried_every_five_seconds(tmp_path: Path) -> None:
    [link] = Gateway(settings_for(tmp_path, [talk_link()]), MemoryBus()).links
    pauses = [link.backoff.pause() for _ in range(20)]

    assert max(pauses) <= 5.0
    assert min(pauses[5:]) > 3.0
