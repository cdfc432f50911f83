"""The bad networks themselves: they do what they say, and the same again for the same seed."""

import asyncio
import socket

import pytest

from tests.fakes.impairment import Fates, Impairment, Mode, tcp_proxy, udp_proxy
from tests.faults.waiting import eventually

ROUGH = Impairment(loss=0.05, duplicate=0.03, reorder=0.25, window_s=0.02)


def test_the_same_seed_decides_the_same_and_another_differently() -> None:
    one, again, other = Fates(ROUGH, 7), Fates(ROUGH, 7), Fates(ROUGH, 8)
    first = [one.next() for _ in range(500)]
    assert first == [again.next() for _ in range(500)]
    assert first != [other.next() for _ in range(500)]


def test_shares_are_as_asked_for() -> None:
    fates = Fates(ROUGH, 3)
    decided = [fates.next() for _ in range(20_000)]
    kept = [delays for delays in decided if delays]
    assert 1 - len(kept) / 20_000 == pytest.approx(0.05, abs=0.01)
    assert sum(len(delays) == 2 for delays in kept) / len(kept) == pytest.approx(0.03, abs=0.01)
    assert sum(delays[0] > 0 for delays in kept) / len(kept) == pytest.approx(0.25, abs=0.02)
    assert max(delay for delays in kept for delay in delays) <= 0.02


class Echo(asyncio.DatagramProtocol):
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport

    def datagram_received(self, data: bytes, addr: object) -> None:
        self.transport.sendto(b"<" + data, addr)  # type: ignore[attr-defined]  # uvloop's too


async def test_datagrams_pass_both_ways_and_a_cut_line_is_silent() -> None:
    loop = asyncio.get_running_loop()
    target, _ = await loop.create_datagram_endpoint(Echo, local_addr=("127.0.0.1", 0))
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.setblocking(False)
        async with udp_proxy(target.get_extra_info("sockname")) as line, asyncio.timeout(5):
            client.connect(("127.0.0.1", line.port))
            for word in (b"one", b"two"):
                await loop.sock_sendall(client, word)
                assert await loop.sock_recv(client, 99) == b"<" + word
            line.cut = True
            await loop.sock_sendall(client, b"three")
            await eventually(lambda: line.tally.lost, "the datagram at the cut line")
            line.cut = False
            await loop.sock_sendall(client, b"four")
            assert await loop.sock_recv(client, 99) == b"<four"
    target.close()


async def _rest(reader: asyncio.StreamReader) -> bytes:
    """What still comes; a connection may end with or without a reset."""
    try:
        return await reader.read(10)
    except OSError:
        return b""


async def _shout(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(100):
        writer.write(data.upper())
    writer.close()


async def test_a_stalled_line_is_open_and_silent_and_a_cut_one_ends() -> None:
    server = await asyncio.start_server(_shout, "127.0.0.1", 0)
    async with tcp_proxy(server.sockets[0].getsockname()[1]) as line, asyncio.timeout(5):
        reader, writer = await asyncio.open_connection("127.0.0.1", line.port)
        writer.write(b"a")
        assert await reader.read(1) == b"A"
        line.become(Mode.STALL)
        writer.write(b"b")
        silence = asyncio.create_task(reader.read(1))
        late, more = await asyncio.open_connection("127.0.0.1", line.port)  # still accepted
        done, _ = await asyncio.wait({silence}, timeout=0.05)
        assert not done
        line.become(Mode.FORWARD)
        assert await silence == b"B"
        line.become(Mode.CUT)
        assert await _rest(reader) == b""
        for one in (writer, more):
            one.transport.abort()
        del late
    server.close()
    await server.wait_closed()


async def test_an_unanswered_request_has_arrived() -> None:
    arrived: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        arrived.append(await reader.read(100))
        writer.write(b"done")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with tcp_proxy(server.sockets[0].getsockname()[1]) as line, asyncio.timeout(5):
        line.become(Mode.UNANSWERED)
        reader, writer = await asyncio.open_connection("127.0.0.1", line.port)
        writer.write(b"order")
        answer = await _rest(reader)
        writer.transport.abort()
        assert (answer, arrived, line.cuts) == (b"", [b"order"], 1)
    server.close()
    await server.wait_closed()
