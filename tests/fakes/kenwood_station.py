"""A Kenwood adapter with its clock, and what its base hears on the air."""

from datetime import UTC, datetime, timedelta
from functools import reduce
from operator import xor

from radio_gateway.adapters.kenwood import KenwoodBase, KenwoodConfig
from radio_gateway.domain.events import (
    Event,
    LinkChanged,
    LinkHealth,
)
from radio_gateway.domain.ids import RadioId
from radio_gateway.domain.moment import Moment
from radio_gateway.domain.ports import Adapter, Peer

SERIAL = Peer("serial")
START = datetime(2026, 3, 1, 10, 0, 0, tzinfo=UTC)
CONFIG = KenwoodConfig(
    name="kl-base",
    network="klaipeda",
    site="Girulių bokštas",
    statuses={12: "Vietoje", 13: "Brīvs"},
    emergency_statuses=frozenset({99}),
)
NXDN_103 = RadioId("klaipeda/nxdn", 103)
FLEET_UNIT = RadioId("klaipeda/fleetsync", 1001001)


def sealed(body: str) -> bytes:
    return b"$%s*%02X" % (body.encode(), reduce(xor, body.encode(), 0))


def burst(*bodies: str) -> bytes:
    return b"\x02" + b"".join(sealed(body) + b"\r\n" for body in bodies) + b"\x03"


def report(clock: str = "100001", fix: str = "A", status: str = "207", unit: str = "U00103") -> str:
    """A data sentence at 55.7, 21.13, 10 knots, 90 degrees."""
    place = "5542.0000,N,02107.8000,E"
    return f"PKNDS,{clock},{fix},{place},010.0,090.0,010326,,00,{unit},{status},00,"


class Station:
    """The adapter and its clock."""

    def __init__(self, config: KenwoodConfig = CONFIG) -> None:
        self.base: Adapter = KenwoodBase(config)
        self.mono = 100.0
        self.base.opened(self.now)

    @property
    def now(self) -> Moment:
        return Moment(self.mono, START + timedelta(seconds=self.mono - 100.0))

    def hear(self, data: bytes, after: float = 0.0) -> list[Event]:
        self.mono += after
        self.base.feed(data, SERIAL, self.now)
        return self.events()

    def wait(self, seconds: float) -> list[Event]:
        """Let time pass as the owner of an adapter does: from deadline to deadline."""
        end = self.mono + seconds
        while (deadline := self.base.deadline()) is not None and deadline <= end:
            self.mono = max(self.mono, deadline)
            self.base.expire(self.now)
        self.mono = end
        self.base.expire(self.now)
        return self.events()

    def events(self) -> list[Event]:
        return [e for e in self.base.events() if not isinstance(e, LinkHealth | LinkChanged)]

    def sent(self) -> list[bytes]:
        return [out.data for out in self.base.outgoing()]


def proven_station() -> Station:
    """A base that has proved to be one."""
    ready = Station()
    ready.hear(b"\x02D1001009\x03")
    return ready
