"""The simulated Kenwood base alone: one channel, honest answers."""

import random
from datetime import UTC, datetime

import pytest

from radio_gateway.domain.geo import GeoPoint
from radio_gateway.protocols.kenwood.ids import IdForm, UnitId
from radio_gateway.simulator.peers.kenwood import AirLoss, KenwoodBaseRadio, KenwoodFix

ONE, TWO = (UnitId(IdForm.LETTER5, number) for number in (4041, 4042))
FIX = KenwoodFix(GeoPoint(55.7, 21.13), datetime(2026, 3, 1, 10, 0, 1, tzinfo=UTC), 18.52, 90.0)
REPORT = b"$PKNDS,100001,A,5542.0000,N,02107.8000,E,010.0,090.0,010326,,00,U04041,207,00,*"


class Channel:
    """A base with one radio switched on and clear air."""

    def __init__(self, loss: AirLoss | None = None) -> None:
        self.texts: list[tuple[UnitId | None, str]] = []
        self.polls: list[UnitId] = []
        self.base = KenwoodBaseRadio(
            random.Random(1),
            reachable=lambda unit: unit == ONE,
            on_text=lambda unit, text: self.texts.append((unit, text)),
            on_poll=self.polls.append,
            loss=loss or AirLoss(text=0.0, end=0.0),
        )

    def heard(self, now: float) -> list[bytes]:
        self.base.expire(now)
        return self.base.outgoing()


def test_a_report_is_one_burst() -> None:
    channel = Channel()
    channel.base.report(ONE, FIX, 10.0)
    (burst,) = channel.heard(10.0)
    assert burst.startswith(b"\x02" + REPORT)
    assert burst.endswith(b"\r\n\x03")


def test_a_transmission_has_begin_and_end_and_data_waits_for_it() -> None:
    channel = Channel()
    assert channel.base.talk(ONE, 4.0, 10.0)
    channel.base.report(ONE, FIX, 11.0)
    assert not channel.base.talk(TWO, 4.0, 12.0)
    assert channel.heard(13.9) == [b"\x02gI1U04041U04041\x03"]
    end, report = channel.heard(14.0)
    assert end == b"\x02gI0U04041U04041\x03"
    assert REPORT in report


def test_an_emergency_is_its_status_and_the_place_once_more() -> None:
    channel = Channel()
    channel.base.emergency(ONE, FIX, 99, 10.0)
    data, short = channel.heard(10.0)
    assert b",U04041,099,00,*" in data
    assert b"$PKNSH,5542.0000,N,02107.8000,E,100001,A,U04041,*" in short


@pytest.mark.parametrize(
    ("frame", "answer", "texts", "polls"),
    [
        (b"\x02gFU04041Labas\x03", b"\x020\x03", [(ONE, "Labas")], []),
        (b"\x02gGU04041" + b"x" * 1024 + b"\x03", b"\x020\x03", [(ONE, "x" * 1024)], []),
        (b"\x02gFU04042Labas\x03", b"\x021\x03", [], []),
        (b"\x02gFG00000Labas\x03", b"\x020\x03", [(None, "Labas")], []),
        (b"\x02gR3U04041\x03", b"\x020\x03", [], [ONE]),
        (b"\x02gR3U04042\x03", b"\x021\x03", [], []),
    ],
)
def test_a_command_is_answered_by_what_became_of_it(
    frame: bytes, answer: bytes, texts: list[tuple[UnitId | None, str]], polls: list[UnitId]
) -> None:
    channel = Channel()
    channel.base.feed(frame[:3], 10.0)
    channel.base.feed(frame[3:], 10.0)
    assert channel.heard(10.5) == []
    assert channel.heard(14.0) == [answer]
    assert (channel.texts, channel.polls) == (texts, polls)


def test_a_text_that_the_air_swallows_fails() -> None:
    channel = Channel(AirLoss(text=1.0, end=0.0))
    channel.base.feed(b"\x02gFU04041Labas\x03", 10.0)
    assert channel.heard(14.0) == [b"\x021\x03"]
    assert channel.texts == []


@pytest.mark.parametrize(
    "noise", [b"\xff\x00", b"\x02?\x03", b"\x02gFU00000x\x03", b"$GPGLL,1*00\r\n"]
)
def test_nonsense_is_ignored(noise: bytes) -> None:
    channel = Channel()
    channel.base.feed(noise, 10.0)
    assert channel.heard(60.0) == []
