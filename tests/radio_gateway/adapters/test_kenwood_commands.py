"""A Kenwood base in memory: commands become frames, one at a time, and its answers progress."""

import pytest

from radio_gateway.adapters.kenwood import KenwoodBase
from radio_gateway.domain.commands import CallAlert, RequestPosition, SendText
from radio_gateway.domain.events import (
    CallEnded,
    CallEndReason,
    CommandOutcome,
    CommandResult,
    PositionReported,
    PositionSource,
    TextFailure,
    TextProgress,
    TextState,
)
from radio_gateway.domain.ids import RadioId, TalkgroupId
from radio_gateway.domain.moment import Moment
from radio_gateway.domain.ports import Outgoing
from tests.fakes.kenwood_station import (
    CONFIG,
    FLEET_UNIT,
    NXDN_103,
    SERIAL,
    START,
    Station,
    burst,
    proven_station,
    report,
)


@pytest.fixture
def station() -> Station:
    return proven_station()


def test_closing_truncates_the_call_and_fails_what_is_pending(station: Station) -> None:
    station.hear(b"\x02gI1U00103U00103\x03")
    for key in ("a", "b"):
        station.base.command(SendText(command=key, text="hello", radio=NXDN_103), station.now)
    station.base.closed("port removed", station.now)
    call, *texts = station.events()
    assert isinstance(call, CallEnded)
    assert call.reason is CallEndReason.TRUNCATED
    assert [(t.command, t.reason) for t in texts if isinstance(t, TextProgress)] == [
        ("a", TextFailure.LINK_DOWN),
        ("b", TextFailure.LINK_DOWN),
    ]
    assert station.sent() == []


def text(key: str, words: str = "Sveiki", radio: RadioId = NXDN_103) -> SendText:
    return SendText(command=key, text=words, radio=radio)


@pytest.mark.parametrize(
    ("command", "octets"),
    [
        (text("a", "Liepāja"), b"\x02gFU00103Liepaja\x03"),
        (text("a", "a\x03b"), b"\x02gFU00103a b\x03"),
        (text("a", "hello", FLEET_UNIT), b"\x02F1001001hello\x03"),
        (
            SendText(command="a", text="all", talkgroup=TalkgroupId("klaipeda/fleetsync", 0)),
            b"\x02F0000000all\x03",
        ),
        (
            SendText(command="a", text="all", talkgroup=TalkgroupId("klaipeda/nxdn", 0)),
            b"\x02gFG00000all\x03",
        ),
        (
            SendText(command="a", text="all", talkgroup=TalkgroupId("klaipeda/nxdn", 301)),
            b"\x02gFG00301all\x03",
        ),
        (RequestPosition(command="a", radio=NXDN_103), b"\x02gR3U00103\x03"),
        (RequestPosition(command="a", radio=FLEET_UNIT), b"\x02R31001001\x03"),
    ],
)
def test_a_command_is_a_frame(
    command: SendText | RequestPosition, octets: bytes, station: Station
) -> None:
    station.base.command(command, station.now)
    assert station.base.outgoing() == [Outgoing(octets, SERIAL)]
    assert station.events() == []


@pytest.mark.parametrize(
    ("command", "reason", "why"),
    [
        (
            text("a", "x" * 1025),
            TextFailure.TOO_LONG,
            "text has 1025 characters, the radio takes 1024",
        ),
        (
            text("a", radio=RadioId("liepaja", 1)),
            TextFailure.UNSUPPORTED,
            "liepaja:1 is no radio of this base",
        ),
        (
            text("a", radio=RadioId("klaipeda/fleetsync", 7)),
            TextFailure.UNSUPPORTED,
            "is no radio of this base",
        ),
        (text("a", radio=RadioId("klaipeda", 7)), TextFailure.UNSUPPORTED, "is not public"),
        (
            SendText(command="a", text="x", talkgroup=TalkgroupId("klaipeda", 301)),
            TextFailure.UNSUPPORTED,
            "cannot be reached through this base",
        ),
    ],
)
def test_a_text_that_cannot_go_out_fails_at_once(
    command: SendText, reason: TextFailure, why: str, station: Station
) -> None:
    station.base.command(command, station.now)
    (event,) = station.events()
    assert isinstance(event, TextProgress)
    assert (event.state, event.reason) == (TextState.FAILED, reason)
    assert why in (event.detail or "")
    assert station.sent() == []


FORTY_EIGHT = "x" * 48


@pytest.mark.parametrize(
    ("command", "frame"),
    [
        (text("a", FORTY_EIGHT), b"\x02gFU00103" + b"x" * 48 + b"\x03"),
        (text("a", FORTY_EIGHT + "y"), b"\x02gGU00103" + b"x" * 48 + b"y\x03"),
        (text("a", "x" * 1024), b"\x02gGU00103" + b"x" * 1024 + b"\x03"),
        (text("a", FORTY_EIGHT + "y", FLEET_UNIT), b"\x02G1001001" + b"x" * 48 + b"y\x03"),
        (
            SendText(
                command="a",
                text=FORTY_EIGHT + "y",
                talkgroup=TalkgroupId("klaipeda/fleetsync", 0),
            ),
            b"\x02G0000000" + b"x" * 48 + b"y\x03",
        ),
        (
            SendText(
                command="a", text=FORTY_EIGHT + "y", talkgroup=TalkgroupId("klaipeda/nxdn", 301)
            ),
            b"\x02gGG00301" + b"x" * 48 + b"y\x03",
        ),
    ],
)
def test_a_text_over_48_characters_is_a_long_one(
    command: SendText, frame: bytes, station: Station
) -> None:
    station.base.command(command, station.now)
    assert station.sent() == [frame]


def test_a_long_text_is_waited_for_as_long_as_it_takes_on_the_air(station: Station) -> None:
    """A frame of 1033 octets: 8 s and 973 octets more than a short one at 100 per second."""
    station.base.command(text("a", "x" * 1024), station.now)
    assert station.wait(17.6) == []
    (event,) = station.wait(0.2)
    assert isinstance(event, TextProgress)
    assert event.reason is TextFailure.NO_ANSWER


def test_what_a_base_cannot_do_is_refused(station: Station) -> None:
    station.base.command(CallAlert(command="a", radio=NXDN_103), station.now)
    (event,) = station.events()
    assert isinstance(event, CommandResult)
    assert event.outcome is CommandOutcome.REFUSED


@pytest.mark.parametrize(
    ("answer", "state", "reason"),
    [
        (b"\x020\x03", TextState.DELIVERED, None),
        (b"\x021\x03", TextState.FAILED, TextFailure.NO_ANSWER),
    ],
)
def test_the_answer_of_the_base_decides(
    answer: bytes, state: TextState, reason: TextFailure | None, station: Station
) -> None:
    station.base.command(text("a"), station.now)
    (event,) = station.hear(answer, after=0.8)
    assert isinstance(event, TextProgress)
    assert (event.command, event.state, event.reason) == ("a", state, reason)
    assert station.hear(b"\x020\x03") == []


def test_a_broadcast_is_sent_and_never_delivered(station: Station) -> None:
    everybody = TalkgroupId("klaipeda/nxdn", 0)
    station.base.command(SendText(command="a", text="x", talkgroup=everybody), station.now)
    (event,) = station.hear(b"\x020\x03")
    assert isinstance(event, TextProgress)
    assert event.state is TextState.SENT


def test_silence_of_the_base_is_failure(station: Station) -> None:
    station.base.command(text("a"), station.now)
    assert station.wait(7.9) == []
    (event,) = station.wait(0.1)
    assert isinstance(event, TextProgress)
    assert event.reason is TextFailure.NO_ANSWER


def test_one_command_at_a_time_two_seconds_apart(station: Station) -> None:
    for key in ("a", "b", "c"):
        station.base.command(text(key, key), station.now)
    assert station.sent() == [b"\x02gFU00103a\x03"]
    station.hear(b"\x020\x03", after=0.5)
    assert station.sent() == []
    station.wait(1.4)
    assert station.sent() == []
    station.wait(0.1)
    assert station.sent() == [b"\x02gFU00103b\x03"]
    station.wait(8.0)
    assert station.sent() == [b"\x02gFU00103c\x03"]


def test_the_same_key_twice_is_one_command(station: Station) -> None:
    for _ in range(2):
        station.base.command(text("a"), station.now)
    station.hear(b"\x020\x03")
    station.wait(10.0)
    assert len(station.sent()) == 1


def test_a_requested_position_is_marked(station: Station) -> None:
    station.base.command(RequestPosition(command="a", radio=NXDN_103), station.now)
    result, first = station.hear(b"\x020\x03" + burst(report("100002")))
    (second,) = station.hear(burst(report("100012")), after=10.0)
    assert isinstance(result, CommandResult)
    assert result.outcome is CommandOutcome.SENT
    assert isinstance(first, PositionReported)
    assert isinstance(second, PositionReported)
    assert (first.source, second.source) == (PositionSource.REQUESTED, PositionSource.SENTENCE)


def test_nothing_is_written_to_a_port_that_has_not_proved_to_be_a_radio() -> None:
    station = Station()
    station.base.command(text("a"), station.now)
    station.hear(b"garbage\r\n\x020\x03")
    assert station.sent() == []
    station.hear(burst(report()))
    assert station.sent() == [b"\x02gFU00103Sveiki\x03"]


def test_a_command_that_cannot_leave_fails_after_a_minute() -> None:
    station = Station()
    station.base.command(text("a"), station.now)
    (event,) = station.wait(60.0)
    assert isinstance(event, TextProgress)
    assert event.reason is TextFailure.LINK_DOWN
    assert station.hear(burst(report())) != []
    assert station.sent() == []


def test_a_closed_port_takes_no_command() -> None:
    base = KenwoodBase(CONFIG)
    base.command(text("a"), Moment(0.0, START))
    (event,) = base.events()
    assert isinstance(event, TextProgress)
    assert event.reason is TextFailure.LINK_DOWN
