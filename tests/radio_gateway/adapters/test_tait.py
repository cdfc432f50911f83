"""A Tait base in memory: what its radio says becomes events."""

from collections.abc import Callable

import pytest

from radio_gateway.domain.commands import (
    AcknowledgeEmergency,
)
from radio_gateway.domain.events import (
    CallAlertReceived,
    CallEnded,
    CallEndReason,
    CallKind,
    CallStarted,
    EmergencyCleared,
    EmergencyRaised,
    EmergencySource,
    LinkChanged,
    LinkHealth,
    LinkState,
    PositionReported,
    PositionSource,
    RadioHeard,
    StatusReceived,
    TextFailure,
    TextProgress,
    TextReceived,
    TextState,
)
from radio_gateway.domain.ids import RadioId
from tests.fakes.tait_radio import TaitRadio, packed, sentence
from tests.radio_gateway.adapters.tait_desk import RADIO, RMC, START, Desk, states, text


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_a_radio_that_answers_is_up_and_set_up(desk: Desk) -> None:
    assert desk.states == [LinkState.CONNECTING, LinkState.UP]
    assert desk.radio.commands == START
    assert desk.radio.faults == 0


def test_a_silent_port_gets_the_one_question_that_harms_nobody() -> None:
    radio = TaitRadio()
    radio.silent = True
    desk = Desk(radio=radio)
    written = b""
    for _ in range(30):
        deadline = desk.base.deadline()
        assert deadline is not None
        desk.mono = deadline
        desk.base.expire(desk.now)
        written += b"".join(frame.data for frame in desk.base.outgoing())
    assert set(written.replace(b"\r", b"\n").split()) == {b"q010FE"}
    assert desk.states == [LinkState.CONNECTING]


def test_a_base_that_falls_silent_goes_down_and_comes_back_by_itself(desk: Desk) -> None:
    desk.radio.silent = True
    desk.wait(20)
    assert desk.states[2:] == [LinkState.DOWN]
    (failed,) = desk.command(text())
    assert isinstance(failed, TextProgress)
    assert failed.reason is TextFailure.LINK_DOWN
    desk.radio.silent = False
    desk.wait(8)
    assert desk.states[3:] == [LinkState.UP]
    assert desk.radio.commands[-6:] == START


def test_a_quiet_base_is_asked_now_and_then(desk: Desk) -> None:
    desk.wait(45)
    assert desk.radio.commands == START + ["q0"] * 4
    assert desk.states[-1] is LinkState.UP


def test_settings_that_the_radio_does_not_have_are_done_without() -> None:
    radio = TaitRadio()
    radio.refuses = {"f1": "01"}
    desk = Desk(radio=radio)
    assert desk.states[-1] is LinkState.UP
    radio.stored = "Labas"
    event = desk.hear(radio.ring("14000FF", "12340012"))[-1]
    assert isinstance(event, TextReceived), "the message was asked for at once"
    assert (event.radio, event.text) == (RADIO, "Labas")


def test_a_position_with_a_ring_is_the_callers(desk: Desk) -> None:
    (heard, position) = desk.hear(desk.radio.message(RMC, "5501"))
    assert isinstance(heard, RadioHeard)
    assert isinstance(position, PositionReported)
    assert (position.radio.number, position.source) == (77, PositionSource.SENTENCE)


def test_a_position_of_nobody_known_is_not_drawn(desk: Desk) -> None:
    assert desk.hear(desk.radio.message(RMC)) == []


def test_a_receiver_without_fix_is_a_sign_of_life(desk: Desk) -> None:
    nowhere = sentence("GPRMC,120001,V,,,,,,,010326,,,N")
    assert [type(event) for event in desk.hear(desk.radio.message(nowhere, "5501"))] == [
        RadioHeard,
        RadioHeard,
    ]


def test_a_sentence_with_a_wrong_checksum_is_shown_as_text(desk: Desk) -> None:
    broken = RMC[:-2] + "00"
    event = desk.hear(desk.radio.message(broken, "5501"))[-1]
    assert isinstance(event, TextReceived)
    assert event.text == broken


@pytest.mark.parametrize(
    ("caller", "number"),
    [("12340012", 12), ("5501", 77), ("4444ABCD", 78), ("", 0), ("4444ABCE", 0), ("0", 0)],
)
def test_a_text_is_from_the_caller_of_the_ring_or_from_nobody_known(
    caller: str, number: int, desk: Desk
) -> None:
    event = desk.hear(desk.radio.message("Esu vietoje", caller))[-1]
    assert isinstance(event, TextReceived)
    assert (event.radio.number, event.text, event.site) == (number, "Esu vietoje", "Bokštas")


def test_a_caller_is_used_for_one_message_and_for_ten_seconds(desk: Desk) -> None:
    desk.hear(desk.radio.message("first", "5501"))
    second = desk.hear(packed("s", "second") + b".")[-1]
    assert isinstance(second, TextReceived)
    assert second.radio.number == 0
    desk.hear(desk.radio.ring("14000FF", "5501"))
    desk.wait(11)
    late = desk.hear(packed("s", "late") + b".")[-1]
    assert isinstance(late, TextReceived)
    assert late.radio.number == 0


def test_a_message_that_was_stored_before_we_came_is_fetched() -> None:
    radio = TaitRadio()
    radio.stored = "before"
    desk = Desk(radio=radio)
    assert [e.text for e in desk.log if isinstance(e, TextReceived)] == ["before"]


def test_an_announced_message_that_does_not_come_is_fetched(desk: Desk) -> None:
    desk.radio.stored = "slow"
    desk.hear(desk.radio.ring("14000FF", "5501"))
    event = desk.wait(2.5)[-1]
    assert isinstance(event, TextReceived)
    assert (event.radio.number, event.text) == (77, "slow")


def test_a_status_is_the_callers(desk: Desk) -> None:
    (event,) = desk.hear(desk.radio.ring("0200005", "5501"))
    assert isinstance(event, StatusReceived)
    assert (event.radio.number, event.status) == (77, 5)
    (heard,) = desk.hear(desk.radio.ring("02000FF", "5501"))
    assert isinstance(heard, RadioHeard)


def test_a_wish_to_be_called_back_is_told_once(desk: Desk) -> None:
    (asked,) = desk.hear(desk.radio.ring("02001FF", "5501"))
    assert isinstance(asked, CallAlertReceived)
    assert (asked.radio.number, asked.called) == (77, None)
    (heard,) = desk.hear(desk.radio.ring("02001FF", "5501"))
    assert isinstance(heard, RadioHeard)
    desk.wait(10.5)
    (again,) = desk.hear(desk.radio.ring("02001FF", "5501"))
    assert isinstance(again, CallAlertReceived)


@pytest.mark.parametrize(
    ("codes", "source"),
    [
        ("00100FF", EmergencySource.ALARM),
        ("02000" + "99", EmergencySource.STATUS),
        ("00009FF", EmergencySource.ALARM),
        ("93100FF", EmergencySource.ALARM),
    ],
)
def test_an_emergency_is_raised_once(codes: str, source: EmergencySource, desk: Desk) -> None:
    event = desk.hear(desk.radio.ring(codes, "5501"))[0]
    assert isinstance(event, EmergencyRaised)
    assert (event.radio.number, event.source) == (77, source)
    assert event.raw == packed("r", codes + "5501")
    assert not any(
        isinstance(e, EmergencyRaised) for e in desk.hear(desk.radio.ring(codes, "5501"))
    )
    desk.command(AcknowledgeEmergency(command="k", radio=event.radio))
    again = desk.hear(desk.radio.ring(codes, "5501"))
    assert isinstance(again[0], EmergencyRaised)


def test_an_emergency_without_a_caller_is_not_lost(desk: Desk) -> None:
    (event,) = desk.hear(desk.radio.ring("00100FF"))
    assert isinstance(event, EmergencyRaised)
    assert event.radio.number == 0


def test_the_base_radios_own_emergency_key_counts(desk: Desk) -> None:
    (raised,) = desk.hear(desk.radio.progress("03"))
    (cleared,) = desk.hear(desk.radio.progress("04"))
    assert isinstance(raised, EmergencyRaised)
    assert isinstance(cleared, EmergencyCleared)
    assert raised.radio == cleared.radio == RadioId("silute", 9000)


@pytest.mark.parametrize(
    ("codes", "caller", "kind", "talkgroup", "called"),
    [
        ("00010FF", "500-5501", CallKind.GROUP, 301, None),
        ("00000FF", "5501", CallKind.PRIVATE, None, 9000),
        ("00000FF", "12340012-5501", CallKind.PRIVATE, None, 12),
    ],
)
def test_a_call_lasts_from_busy_to_idle(
    codes: str,
    caller: str,
    kind: CallKind,
    talkgroup: int | None,
    called: int | None,
    desk: Desk,
) -> None:
    desk.hear(desk.radio.progress("05"))
    desk.wait(1)
    (started,) = desk.hear(desk.radio.ring(codes, caller))
    desk.wait(4)
    (ended,) = desk.hear(desk.radio.progress("06"))
    assert isinstance(started, CallStarted)
    assert isinstance(ended, CallEnded)
    assert started.call == ended.call
    assert (started.kind, started.radio.number) == (kind, 77)
    assert (started.talkgroup and started.talkgroup.number) == talkgroup
    assert (started.called and started.called.number) == called
    assert ended.duration_s == pytest.approx(5)
    assert ended.reason is CallEndReason.TERMINATOR


def test_a_call_whose_end_was_not_heard_is_lost_and_one_at_the_end_is_cut(desk: Desk) -> None:
    desk.hear(desk.radio.ring("00000FF", "5501"))
    ended = [e for e in desk.wait(61) if isinstance(e, CallEnded)]
    assert [e.reason for e in ended] == [CallEndReason.LOST]
    desk.hear(desk.radio.ring("00000FF", "5501"))
    desk.base.closed("unplugged", desk.now)
    reasons = [e.reason for e in desk.base.events() if isinstance(e, CallEnded)]
    assert reasons == [CallEndReason.TRUNCATED]


def test_a_restarted_radio_is_set_up_again(desk: Desk) -> None:
    desk.hear(desk.radio.progress("1F0"))
    assert desk.radio.commands == START + START[1:]


def test_a_radio_that_starts_as_a_bare_modem_is_a_fault_of_its_configuration(desk: Desk) -> None:
    desk.hear(desk.radio.progress("1F2"))
    change = next(e for e in reversed(desk.log) if isinstance(e, LinkChanged))
    assert (change.state, "transparent" in change.reason) == (LinkState.DOWN, True)


def test_bad_octets_are_counted_and_end_nothing(desk: Desk) -> None:
    desk.hear(b"\xff\xfe\r" + packed("r", "1") + b"p9902\r")
    desk.wait(6)
    health = [e for e in desk.log if isinstance(e, LinkHealth)]
    assert health[-1].malformed == 3
    assert health[-1].state is LinkState.UP


@pytest.mark.parametrize("change", [lambda d: d[:-1] + b"\x00", lambda d: d + d, lambda d: d[1:]])
def test_any_damage_of_the_stream_is_survived(change: Callable[[bytes], bytes], desk: Desk) -> None:
    for data in (desk.radio.message("x", "5501"), desk.radio.ring("00100FF", "5501")):
        desk.hear(change(data))
    desk.wait(30)
    assert TextState.SENT in states(desk.command(text()))
