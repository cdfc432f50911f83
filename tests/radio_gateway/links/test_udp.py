"""UDP ports over real loopback sockets."""

import asyncio
import contextlib
import logging
import socket
import time
from collections import Counter
from collections.abc import Iterator

import pytest
import uvloop

from radio_gateway.domain.moment import Moment
from radio_gateway.domain.ports import Peer
from radio_gateway.links import clock, udp
from radio_gateway.links.errors import LinkError
from radio_gateway.links.port import Frames
from radio_gateway.links.throttle import SourceThrottle
from radio_gateway.links.udp import BATCH, MAX_DATAGRAM, UdpPort, open_udp
from tests.radio_gateway.support import eventually

LOOPBACK = "127.0.0.1"


class Heard:
    """Collects what a port hands over."""

    def __init__(self) -> None:
        self.frames: list[tuple[bytes, Peer]] = []
        self.batches: list[int] = []
        self.times: list[Moment] = []

    def __call__(self, frames: Frames, at: Moment) -> None:
        self.frames += frames
        self.batches.append(len(frames))
        self.times.append(at)


@contextlib.contextmanager
def listening(heard: Heard, per_source: int = 100_000) -> Iterator[UdpPort]:
    port = open_udp("main", LOOPBACK, 0, heard, clock.now, per_source=per_source)
    try:
        yield port
    finally:
        port.close()


@pytest.fixture
def sender() -> Iterator[socket.socket]:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as opened:
        opened.bind((LOOPBACK, 0))
        opened.settimeout(5)
        yield opened


async def test_datagrams_arrive_with_their_sender_and_time(sender: socket.socket) -> None:
    heard = Heard()
    with listening(heard) as port:
        before = clock.now()
        sender.sendto(b"\x00RPTL", (LOOPBACK, port.port))
        await eventually(lambda: heard.frames)
        peer = Peer("main", LOOPBACK, sender.getsockname()[1])
        assert heard.frames == [(b"\x00RPTL", peer)]
        assert before.mono <= heard.times[0].mono <= clock.now().mono
        port.send(b"answer", peer)
        assert sender.recvfrom(100) == (b"answer", (LOOPBACK, port.port))
        assert (port.counters.received, port.counters.sent) == (1, 1)


async def test_a_burst_is_read_whole_and_in_bounded_batches(sender: socket.socket) -> None:
    heard = Heard()
    with listening(heard) as port:
        for number in range(1000):
            sender.sendto(number.to_bytes(2, "big"), (LOOPBACK, port.port))
        await eventually(lambda: len(heard.frames) == 1000)
        assert [int.from_bytes(data, "big") for data, _ in heard.frames] == list(range(1000))
        assert max(heard.batches) <= BATCH
        assert port.kernel_drops() == 0


async def test_datagrams_in_a_row_are_gathered_and_one_that_comes_later_is_read(
    sender: socket.socket,
) -> None:
    heard, at = Heard(), clock.now()
    # at this clock all datagrams follow one another at once
    port = open_udp("main", LOOPBACK, 0, heard, lambda: at, per_source=100_000)
    for number in range(2):
        sender.sendto(bytes([number]), (LOOPBACK, port.port))
        await eventually(lambda: len(heard.frames) == number + 1)  # noqa: B023  # asked at once
    for number in range(2, 102):
        sender.sendto(bytes([number]), (LOOPBACK, port.port))
    await eventually(lambda: len(heard.frames) == 102)
    assert heard.batches == [1, 1, 100]
    settled = time.monotonic() + 5 * udp.GATHER_S  # nothing came: it waits for the socket again
    await eventually(lambda: time.monotonic() > settled)
    sender.sendto(b"\xff", (LOOPBACK, port.port))
    await eventually(lambda: len(heard.frames) == 103)
    assert [data[0] for data, _ in heard.frames] == [*range(102), 255]
    port.close()


async def test_a_full_batch_is_followed_by_the_next_at_once(
    sender: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(udp, "GATHER_S", 3600.0)
    heard = Heard()
    with listening(heard) as port:
        for number in range(4 * BATCH):
            sender.sendto(number.to_bytes(2, "big"), (LOOPBACK, port.port))
        await eventually(lambda: len(heard.frames) == 4 * BATCH)
    assert heard.batches == [BATCH] * 4


async def test_a_port_can_be_closed_while_it_gathers(sender: socket.socket) -> None:
    heard, at = Heard(), clock.now()
    port = open_udp("main", LOOPBACK, 0, heard, lambda: at, per_source=100_000)
    number = port.port
    for count in (1, 2):
        sender.sendto(b"x", (LOOPBACK, number))
        await eventually(lambda: len(heard.frames) == count)  # noqa: B023  # asked at once
    port.close()
    with listening(heard) as other:
        sender.sendto(b"y", (LOOPBACK, other.port))
        await eventually(lambda: len(heard.frames) == 3)


async def test_an_oversized_datagram_is_counted_and_dropped(sender: socket.socket) -> None:
    heard = Heard()
    with listening(heard) as port:
        for size in (MAX_DATAGRAM + 1, 60_000, MAX_DATAGRAM, 0):
            sender.sendto(bytes(size), (LOOPBACK, port.port))
        await eventually(lambda: len(heard.frames) == 2)
        assert [len(data) for data, _ in heard.frames] == [MAX_DATAGRAM, 0]
        assert port.counters.oversized == 2


async def test_one_flooding_address_does_not_silence_another(sender: socket.socket) -> None:
    heard = Heard()
    with (
        listening(heard, per_source=50) as port,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as quiet,
    ):
        quiet.bind(("127.0.0.2", 0))
        for _ in range(1000):
            sender.sendto(b"junk", (LOOPBACK, port.port))
        quiet.sendto(b"alarm", (LOOPBACK, port.port))
        await eventually(lambda: port.counters.received == 1001)
        assert heard.frames[-1][0] == b"alarm"
        passed = sum(data == b"junk" for data, _ in heard.frames)
        assert 100 <= passed < 200
        assert port.counters.throttled == 1000 - passed


async def test_each_host_has_its_own_room_however_its_datagrams_are_mixed() -> None:
    """Datagrams of one wake, as they would be read; two ports of one host share its room."""
    heard = Heard()
    with listening(heard, per_source=10) as port:
        read = [
            (bytes(size), (host, number))
            for _ in range(15)
            for host, number, size in (
                ("192.0.2.1", 1, 4),
                ("192.0.2.1", 2, 4),
                ("192.0.2.2", 1, 4),
                ("192.0.2.3", 1, MAX_DATAGRAM + 1),
            )
        ]
        frames = port._sorted(read, 1.0)
        hosts = Counter(peer.host for _, peer in frames)
        assert hosts == {"192.0.2.1": 20, "192.0.2.2": 15}
        assert Counter(peer.port for _, peer in frames) == {1: 25, 2: 10}
        assert (port.counters.throttled, port.counters.oversized) == (10, 15)
        assert port._sorted(read[:2] * 10, 1.0) == [], "nothing is left of its room"
        assert len(port._sorted([read[2]] * 10, 1.0)) == 5


async def test_the_kernel_tells_what_it_dropped(sender: socket.socket) -> None:
    heard = Heard()
    with listening(heard) as port:
        for _ in range(30_000):  # more than the longest queue that the system gives
            sender.sendto(bytes(500), (LOOPBACK, port.port))
        drops = port.kernel_drops()
        await eventually(lambda: port.counters.received + drops == 30_000)
        assert drops > 0


async def test_a_port_in_use_is_named_with_what_to_do() -> None:
    with listening(Heard()) as port:
        words = f"UDP port {port.port} on 127.0.0.1: .* stop it or choose another port"
        with pytest.raises(LinkError, match=words):
            open_udp("main", LOOPBACK, port.port, Heard(), clock.now, per_source=1)


@pytest.mark.parametrize(
    ("host", "port", "words"),
    [
        ("192.0.2.1", 0, "no network interface has this address"),  # RFC 5737: nobody's
        ("gateway.example", 0, "must be an IP address"),
        (LOOPBACK, 70_000, "port"),
    ],
)
async def test_what_cannot_be_bound_is_one_clear_error(host: str, port: int, words: str) -> None:
    with pytest.raises(LinkError, match=words):
        open_udp("main", host, port, Heard(), clock.now, per_source=1)


async def test_a_closed_port_can_be_bound_again() -> None:
    with listening(Heard()) as port:
        number = port.port
    port.close()
    open_udp("main", LOOPBACK, number, Heard(), clock.now, per_source=1).close()


async def test_sending_to_nowhere_is_counted_and_harms_nothing(sender: socket.socket) -> None:
    heard = Heard()
    with listening(heard) as port:
        port.send(b"x", Peer("main", "203.0.113.1", 0))
        port.send(b"x", Peer("main", LOOPBACK, 99_999))
        port.send(bytes(70_000), Peer("main", LOOPBACK, 9))
        port.send(b"x", Peer("main", LOOPBACK, _closed_port()))  # answered by ICMP
        sender.sendto(b"still here", (LOOPBACK, port.port))
        await eventually(lambda: heard.frames)
        assert port.counters.unsent == 3


async def test_ipv6_is_spoken_where_configured() -> None:
    heard = Heard()
    if not _has_ipv6():
        with pytest.raises(LinkError, match="UDP port 0 on ::1: "):
            open_udp("main", "::1", 0, heard, clock.now, per_source=100)
        return
    port = open_udp("main", "::1", 0, heard, clock.now, per_source=100)
    with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as sender:
        sender.sendto(b"six", ("::1", port.port))
        await eventually(lambda: heard.frames)
    port.close()
    assert heard.frames[0][1].host == "::1"


async def test_a_short_kernel_queue_is_warned_of(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    limit = 512 * 1024 * 1024  # octets; more than any system gives
    monkeypatch.setattr(udp, "WANTED_BUFFER", limit)
    monkeypatch.setattr(udp, "_SO_RCVBUFFORCE", 9999)  # what only the privileged may
    with caplog.at_level(logging.WARNING), listening(Heard()), listening(Heard()) as port:
        assert port.buffer is not None
        assert 0 < port.buffer < limit
        assert port.buffer_wanted == limit
    assert caplog.text.count(f"sysctl -w net.core.rmem_max={limit}") == 1, "once for all sockets"


async def test_the_kernel_queue_is_as_long_as_wanted_where_we_may() -> None:
    with listening(Heard()) as port, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, udp.WANTED_BUFFER)
        allowed = probe.getsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF) // 2
        assert port.buffer is not None
        assert allowed <= port.buffer <= udp.WANTED_BUFFER


def test_buckets_refill_with_time() -> None:
    throttle = SourceThrottle(10)
    assert throttle.room("a", 0.0) == 20
    throttle.leave("a", 7)
    assert throttle.room("a", 0.0) == 7
    throttle.leave("a", 0)
    assert throttle.room("a", 0.25) == 2, "and a half, which is not lost"
    throttle.leave("a", 0)
    assert throttle.room("a", 0.5) == 3
    assert throttle.room("a", 60.0) == 20


def test_a_throttle_forgets_the_quietest_address() -> None:
    throttle = SourceThrottle(10)
    throttle.room("a", 0.0)
    throttle.leave("a", 0)
    assert throttle.room("a", 0.0) == 0
    for number in range(5000):
        throttle.room(f"host {number}", 0.0)
    assert throttle.room("a", 0.0) == 20


def _has_ipv6() -> bool:
    with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as probe:
        try:
            probe.bind(("::1", 0))
        except OSError:
            return False
        return True


def _closed_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind((LOOPBACK, 0))
        return int(taken.getsockname()[1])


def test_the_fast_event_loop_drains_sockets_too() -> None:
    """The command runs on uvloop, whose readers are not those of the standard library."""

    async def hear(heard: Heard) -> None:
        with listening(heard) as port, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
            for number in range(3 * BATCH):
                sender.sendto(number.to_bytes(2, "big"), (LOOPBACK, port.port))
            await eventually(lambda: len(heard.frames) == 3 * BATCH)
            port.send(b"answer", Peer("main", LOOPBACK, port.port))
            await eventually(lambda: len(heard.frames) > 3 * BATCH)

    heard = Heard()
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(hear(heard))
    assert [int.from_bytes(data, "big") for data, _ in heard.frames[:-1]] == list(range(3 * BATCH))
    assert max(heard.batches) <= BATCH
