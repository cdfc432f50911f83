"""A modem adapter with its clock, and the modem at the other end of the cable."""

from dataclasses import replace

from radio_gateway.adapters._mmdvm_config import ModemConfig
from radio_gateway.adapters.mmdvm_modem import ModemHost
from radio_gateway.domain.commands import (
    Command,
    SendText,
)
from radio_gateway.domain.events import (
    Event,
    LinkChanged,
    LinkHealth,
    LinkState,
    TextProgress,
    TextState,
)
from radio_gateway.domain.ids import RadioId
from radio_gateway.domain.moment import Moment
from radio_gateway.domain.ports import Peer
from radio_gateway.protocols.dmr.air import Channel
from radio_gateway.protocols.dmr.slot_type import DataType
from radio_gateway.protocols.dmr.sync import Sync
from radio_gateway.protocols.mmdvm.configuration import Configuration
from tests.fakes.mmdvm_modem import (
    MmdvmModem,
    burst,
)
from tests.radio_gateway.support import moment

CONFIG = ModemConfig(
    name="nida", network="nida", modem=Configuration(colour_code=1), site="Švyturys", radio=99
)
SENDING = replace(CONFIG, transmit=True)
UNIT = RadioId("nida", 2_161_005)
START = [0, 2, 3]
UPLINK = Channel(1, Sync.MS_DATA)


class Rig:
    """The adapter, its clock, and the modem at the other end of the cable."""

    def __init__(self, config: ModemConfig = CONFIG, modem: MmdvmModem | None = None) -> None:
        self.modem = modem or MmdvmModem()
        self.host = ModemHost(config)
        self.mono = 0.0
        self.log: list[Event] = []
        self.air_at = 0.0
        self.host.opened(self.now)

    @property
    def now(self) -> Moment:
        return moment(self.mono)

    @property
    def states(self) -> list[LinkState]:
        return [event.state for event in self.log if isinstance(event, LinkChanged)]

    def hear(self, data: bytes) -> list[Event]:
        self.host.feed(data, Peer("serial"), self.now)
        return self.carry()

    def command(self, command: Command) -> list[Event]:
        self.host.command(command, self.now)
        return self.carry()

    def wait(self, seconds: float) -> list[Event]:
        """Let time pass from deadline to deadline; the modem transmits a burst per 60 ms."""
        end = self.mono + seconds
        found: list[Event] = []
        for _ in range(20_000):
            deadline = self.host.deadline()
            if deadline is None or deadline > end:
                break
            self.mono = max(self.mono, deadline)
            self._air()
            self.host.expire(self.now)
            found += self.carry()
        else:
            raise AssertionError("the adapter never rests")
        self.mono = end
        self._air()
        return found + self.carry()

    def carry(self) -> list[Event]:
        found: list[Event] = []
        while True:
            found += self.host.events()
            sent = self.host.outgoing()
            if not sent:
                break
            for frame in sent:
                self.host.feed(self.modem.answer(frame.data), Peer("serial"), self.now)
        self.log += found
        return [event for event in found if not isinstance(event, LinkChanged | LinkHealth)]

    def _air(self) -> None:
        while self.air_at + 0.06 <= self.mono:
            self.air_at += 0.06
            self.modem.play()


def uplink(rig: Rig, bursts: list[tuple[DataType, bytes]]) -> list[Event]:
    """Let a radio send bursts on timeslot 1."""
    found: list[Event] = []
    for kind, octets in bursts:
        found += rig.hear(burst(1, 0x40 | kind, octets))
        found += rig.wait(0.06)
    return found


def text(words: str = "Grįžk", key: str = "t", radio: RadioId = UNIT) -> SendText:
    return SendText(command=key, text=words, radio=radio)


def states(events: list[Event]) -> list[TextState]:
    return [event.state for event in events if isinstance(event, TextProgress)]
