"""A Hytera base under test, fed with octets that are captured or written out by hand."""

from datetime import UTC, datetime, timedelta

from radio_gateway.adapters.hytera import HyteraBase, HyteraConfig
from radio_gateway.domain.commands import (
    Command,
)
from radio_gateway.domain.events import (
    Event,
    LinkHealth,
)
from radio_gateway.domain.ids import RadioId
from radio_gateway.domain.moment import Moment
from radio_gateway.domain.ports import Adapter, Outgoing, Peer

HOST = "192.0.2.10"
START = datetime(2026, 2, 14, 10, 0, tzinfo=UTC)
DISPATCHER = 9999
"0x00270f"
RADIO = RadioId("palanga", 2308090)
"0x2337fa: 10.35.55.250"
OPTIONS = bytes.fromhex("830400066b0e 040101")
GPS = b"A101500140226N5630.6600E02100.840012.090"
"56.5110 N 21.0140 E, 12 knots, 90 degrees, 2026-02-14 10:15:00"


def hdap(head: str, payload: bytes) -> bytes:
    """Service and opcode as hex, then a payload; length and checksum by the protocol's rule."""
    first, opcode = bytes.fromhex(head)[:1], bytes.fromhex(head)[1:]
    length = len(payload).to_bytes(2, "little" if first == b"\x02" else "big")
    check = (0xFF - sum(opcode + length + payload) % 256 + 0x33) % 256
    return first + opcode + length + payload + bytes((check, 3))


class Rig:
    """One base with a clock; collects what it says."""

    def __init__(self, **settings: object) -> None:
        config = HyteraConfig(
            name="palanga-1",
            network="palanga",
            peers=frozenset({HOST}),
            dispatcher_id=DISPATCHER,
            site="Birutės kalnas",
            **settings,  # type: ignore[arg-type]  # any field of the configuration
        )
        self.base: Adapter = HyteraBase(config)
        self.now = 0.0
        self._number = 0
        self.base.opened(self.at)
        self.base.events()

    @property
    def at(self) -> Moment:
        return Moment(self.now, START + timedelta(seconds=self.now))

    def plain(self, endpoint: str, data: bytes, *, host: str = HOST, port: int = 40000) -> None:
        self.base.feed(data, Peer(endpoint, host, port), self.at)

    def hstrp(self, endpoint: str, message: bytes, options: bytes = OPTIONS) -> None:
        """One data packet of the repeater."""
        self._number += 1
        head = bytes.fromhex("32420020") + self._number.to_bytes(2, "big")
        self.plain(endpoint, head + options + message, port=30000)

    def connect(self, *endpoints: str) -> None:
        for endpoint in endpoints:
            self.plain(endpoint, bytes.fromhex("324200240000") + OPTIONS, port=30000)
        self.base.outgoing()
        self.base.events()

    def acknowledge(self, frame: bytes, endpoint: str = "tmp1") -> None:
        """The repeater acknowledges a packet of ours."""
        self.plain(endpoint, bytes.fromhex("32420001") + frame[4:6], port=30000)

    def command(self, command: Command) -> None:
        self.base.command(command, self.at)

    def run(self, seconds: float) -> None:
        """Let time pass from one deadline to the next, with the repeater's heartbeats."""
        end = self.now + seconds
        while True:
            due = self.base.deadline()
            if due is None or due > end:
                break
            self.now = max(self.now, due)
            self.base.expire(self.at)
        self.now = end
        self.base.expire(self.at)

    def events(self, *ignored: type[Event]) -> list[Event]:
        quiet = (LinkHealth, *ignored)
        return [event for event in self.base.events() if not isinstance(event, quiet)]

    def sent(self) -> list[Outgoing]:
        return [each for each in self.base.outgoing() if each.data[:4] != b"2B\x00\x02"]

    def datagrams(self) -> list[bytes]:
        return [each.data for each in self.sent()]

    def texts(self) -> list[bytes]:
        """HDAP octets of what was sent as data, acknowledgements left out."""
        inner = [d[6:] if d[:2] == b"2B" else d for d in self.datagrams() if d[:4] != b"2B\x00\x21"]
        return [d for d in inner if len(d) > 6]


REGISTRATION = bytes.fromhex("11000300040a2337facd03")
"Captured: 10.35.55.250 registers."


def slot_status(status: int, target: int = 201, sender: int = 2308090) -> bytes:
    """A voice group call's status as a repeater broadcasts it."""
    words = [1, status, 1, 1]
    ids = target.to_bytes(4, "little") + sender.to_bytes(4, "little")
    return hdap("0245b8", b"".join(w.to_bytes(2, "little") for w in words) + ids)
