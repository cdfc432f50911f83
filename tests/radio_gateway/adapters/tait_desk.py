"""A Tait adapter with its clock, and the radio at the other end of the cable."""

from radio_gateway.adapters._tait_config import TaitConfig
from radio_gateway.adapters.tait import TaitBase
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
from tests.fakes.tait_radio import TaitRadio, sentence
from tests.radio_gateway.support import moment

CONFIG = TaitConfig(
    name="silute",
    network="silute",
    radio=9000,
    fleet="1234",
    identities={"5501": 77, "4444ABCD": 78},
    site="Bokštas",
    talkgroup=301,
    statuses={5: "Vietoje"},
    emergency_statuses=frozenset({99}),
)
RADIO = RadioId("silute", 12)
RMC = sentence("GPRMC,120001,A,5521.0000,N,02129.4000,E,010.0,090.0,010326,,,A")
START = ["q0", "f041", "f031", "f101", "f121", "q1"]


class Desk:
    """The adapter, its clock, and the radio at the other end of the cable."""

    def __init__(self, config: TaitConfig = CONFIG, radio: TaitRadio | None = None) -> None:
        self.radio = radio or TaitRadio()
        self.base = TaitBase(config)
        self.mono = 0.0
        self.log: list[Event] = []
        self.base.opened(self.now)
        self._carry()

    @property
    def now(self) -> Moment:
        return moment(self.mono)

    def hear(self, data: bytes) -> list[Event]:
        self.base.feed(data, Peer("serial"), self.now)
        return self._carry()

    def command(self, command: Command) -> list[Event]:
        self.base.command(command, self.now)
        return self._carry()

    def wait(self, seconds: float) -> list[Event]:
        """Let time pass as the owner of an adapter does: from deadline to deadline."""
        end = self.mono + seconds
        found: list[Event] = []
        for _ in range(10_000):
            deadline = self.base.deadline()
            if deadline is None or deadline > end:
                break
            self.mono = max(self.mono, deadline)
            self.base.expire(self.now)
            found += self._carry()
        else:
            raise AssertionError("the adapter never rests")
        self.mono = end
        return found

    def _carry(self) -> list[Event]:
        """Bring octets to and fro until nobody has anything to say; events about radios."""
        found: list[Event] = []
        while True:
            found += self.base.events()
            sent = self.base.outgoing()
            if not sent:
                break
            for frame in sent:
                self.base.feed(self.radio.answer(frame.data), Peer("serial"), self.now)
        self.log += found
        return [event for event in found if not isinstance(event, LinkChanged | LinkHealth)]

    @property
    def states(self) -> list[LinkState]:
        return [event.state for event in self.log if isinstance(event, LinkChanged)]


def text(words: str = "Sveiki", key: str = "t1", radio: RadioId = RADIO) -> SendText:
    return SendText(command=key, text=words, radio=radio)


def states(events: list[Event]) -> list[TextState]:
    return [event.state for event in events if isinstance(event, TextProgress)]
