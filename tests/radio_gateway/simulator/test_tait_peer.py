"""The simulated Tait base against our adapter: a shift on a bad channel and a bad cable."""

import random
from dataclasses import dataclass, field

import pytest

from radio_gateway.adapters._tait_config import TaitConfig
from radio_gateway.adapters.tait import TaitBase
from radio_gateway.domain.commands import RequestPosition, SendText
from radio_gateway.domain.events import (
    CallEnded,
    CallStarted,
    CommandResult,
    EmergencyRaised,
    Event,
    PositionReported,
    PositionSource,
    StatusReceived,
    TextProgress,
    TextReceived,
    TextState,
)
from radio_gateway.domain.ids import RadioId
from radio_gateway.domain.ports import Peer
from radio_gateway.simulator.peers.tait import TaitLoss, TaitPeer
from tests.fakes.tait_radio import sentence
from tests.radio_gateway.support import moment

RMC = sentence("GPRMC,120000,A,5521.0000,N,02129.4000,E,010.0,090.0,010326,,,A")


@dataclass
class Shift:
    """The base radio, the adapter and the time that both live in."""

    seed: int
    loss: TaitLoss = field(default_factory=TaitLoss)
    now: float = 0.0
    displays: list[tuple[str, str]] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)

    def __post_init__(self) -> None:
        config = TaitConfig(name="silute", network="silute", radio=9000, fleet="1234")
        self.base = TaitBase(config)
        self.radio = TaitPeer(
            random.Random(self.seed),
            reachable=lambda data_id: data_id != "12340099",
            on_text=lambda data_id, text: self.displays.append((data_id, text)),
            place=lambda _: RMC,
            loss=self.loss,
        )
        self.base.opened(moment(self.now))
        self._carry()

    def run(self, seconds: float) -> None:
        end = self.now + seconds
        while True:
            due = [d for d in (self.base.deadline(), self.radio.deadline()) if d is not None]
            if not due or min(due) > end:
                break
            self.now = max(self.now, min(due))
            self.radio.expire(self.now)
            self.base.expire(moment(self.now))
            self._carry()
        self.now = end

    def order(self, command: SendText | RequestPosition) -> None:
        self.base.command(command, moment(self.now))
        self._carry()

    def told(self, kind: type[Event]) -> list[Event]:
        return [event for event in self.events if isinstance(event, kind)]

    def _carry(self) -> None:
        busy = True
        while busy:
            to_radio, to_base = self.base.outgoing(), self.radio.outgoing()
            for frame in to_radio:
                self.radio.feed(frame.data, self.now)
            for data in to_base:
                self.base.feed(data, Peer("serial"), moment(self.now))
            self.events += self.base.events()
            busy = bool(to_radio or to_base)


def unit(number: int) -> RadioId:
    return RadioId("silute", number)


def test_a_shift_on_a_good_channel() -> None:
    shift = Shift(seed=1)
    shift.run(1)
    shift.order(SendText(command="t1", text="Grįžk", radio=unit(12)))
    shift.order(SendText(command="t2", text="Tu kur?", radio=unit(99)))
    shift.order(RequestPosition(command="p", radio=unit(12)))
    shift.run(20)
    shift.radio.write("12340012", "Esu vietoje", shift.now)
    shift.radio.status("12340012", 5, shift.now)
    assert shift.radio.talk("12340012", 3, shift.now)
    assert not shift.radio.talk("12340013", 3, shift.now)
    shift.radio.emergency("12340012", shift.now)
    shift.run(10)
    states = [(e.command, e.state) for e in shift.events if isinstance(e, TextProgress)]
    assert states == [
        ("t1", TextState.SENT),
        ("t1", TextState.DELIVERED),
        ("t2", TextState.SENT),
        ("t2", TextState.FAILED),
    ]
    assert shift.displays == [("12340012", "Grizk")]
    (position,) = shift.told(PositionReported)
    assert isinstance(position, PositionReported)
    assert (position.radio, position.source) == (unit(12), PositionSource.REQUESTED)
    assert len(shift.told(CommandResult)) == 1
    (call,) = shift.told(CallEnded)
    assert isinstance(call, CallEnded)
    assert call.emergency, "the emergency key was pressed while talking"
    assert len(shift.told(StatusReceived)) == 1
    assert len(shift.told(EmergencyRaised)) == 1
    assert [e.text for e in shift.events if isinstance(e, TextReceived)] == ["Esu vietoje"]


@pytest.mark.parametrize(
    ("typed", "sent"),
    [
        ("Esu vietoje, į", "Esu vietoje, i"),
        ("Übergabe", "Übergabe"),
        ("Viešoji tvarka", "Viesoji tvarka"),
    ],
)
def test_a_crew_writes_with_the_letters_that_its_radio_has(typed: str, sent: str) -> None:
    shift = Shift(seed=1)
    shift.run(1)
    shift.radio.write("12340012", typed, shift.now)
    shift.run(10)
    assert [e.text for e in shift.events if isinstance(e, TextReceived)] == [sent]


def test_a_base_that_restarts_is_set_up_again_and_goes_on() -> None:
    shift = Shift(seed=2)
    shift.run(1)
    shift.radio.restart(shift.now)
    shift.run(2)
    shift.radio.write("12340012", "po restarto", shift.now)
    shift.run(1)
    assert [e.text for e in shift.events if isinstance(e, TextReceived)] == ["po restarto"]


@pytest.mark.parametrize("seed", range(6))
def test_on_a_bad_cable_every_order_has_an_end_and_every_call_too(seed: int) -> None:
    shift = Shift(seed, TaitLoss(message=0.2, octet=0.1))
    shift.run(30)
    orders = 0
    for n in range(30):
        shift.radio.talk("12340012", 2, shift.now)
        shift.radio.status("12340013", n, shift.now)
        shift.run(0.1)
        shift.order(SendText(command=f"t{n}", text=f"nr {n}", radio=unit(12)))
        orders += 1
        shift.run(20)
    shift.run(200)
    first = {e.command for e in shift.events if isinstance(e, TextProgress)}
    assert len(first) == orders
    started = {e.call for e in shift.events if isinstance(e, CallStarted)}
    assert started == {e.call for e in shift.events if isinstance(e, CallEnded)}
    assert len(shift.told(StatusReceived)) >= 20
    delivered = [e for e in shift.events if isinstance(e, TextProgress)]
    assert sum(e.state is TextState.DELIVERED for e in delivered) >= 10
