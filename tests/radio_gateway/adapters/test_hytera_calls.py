"""Calls and emergencies of Hytera radios."""

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
    CommandOutcome,
    CommandResult,
    EmergencyCleared,
    EmergencyRaised,
    EmergencySource,
    LinkChanged,
    LinkState,
    PositionReported,
    PositionSource,
    RadioHeard,
)
from radio_gateway.domain.ids import RadioId, TalkgroupId
from tests.radio_gateway.adapters.hytera_rig import (
    GPS,
    RADIO,
    Rig,
    hdap,
    slot_status,
)


@pytest.fixture
def rig() -> Rig:
    return Rig()


def test_an_emergency_report_raises_and_places(rig: Rig) -> None:
    frame = hdap("08b003", bytes.fromhex("0a2337fa 01") + GPS)
    for _ in range(5):
        rig.plain("lp", frame)
    raised, position = rig.events(LinkChanged)
    assert isinstance(raised, EmergencyRaised)
    assert (raised.radio, raised.source) == (RADIO, EmergencySource.POSITION)
    assert raised.point is not None
    assert raised.raw == frame
    assert isinstance(position, PositionReported)
    assert position.source is PositionSource.EMERGENCY


def test_an_emergency_without_a_readable_place_is_still_raised(rig: Rig) -> None:
    rig.plain("lp", hdap("08b003", bytes.fromhex("0a2337fa 01") + b"V" + bytes(39)))
    rig.plain("lp", hdap("08b003", bytes.fromhex("00000064 01") + GPS[:20]))
    rig.plain("lp", hdap("08b004", bytes.fromhex("00000065 01 07 ffff")))
    raised = [e for e in rig.events() if isinstance(e, EmergencyRaised)]
    assert [e.radio.number for e in raised] == [2308090, 100, 101]
    assert [e.point for e in raised] == [None, None, None]


def test_an_emergency_after_half_a_minute_is_another_one(rig: Rig) -> None:
    frame = hdap("08b003", bytes.fromhex("0a2337fa 01") + GPS)
    rig.plain("lp", frame)
    rig.now = 29.0
    rig.plain("lp", frame)
    rig.now = 30.0
    rig.plain("lp", frame)
    assert len([e for e in rig.events() if isinstance(e, EmergencyRaised)]) == 2


def test_acknowledging_asks_the_radio_to_stop(rig: Rig) -> None:
    rig.plain("lp", hdap("08b003", bytes.fromhex("0a2337fa 01") + GPS))
    rig.events()
    rig.command(AcknowledgeEmergency(command="c1", radio=RADIO))
    (stop,) = rig.datagrams()
    assert stop[:5] == bytes.fromhex("08b0010008")
    rig.plain("lp", hdap("08b002", stop[5:13] + b"\0\0"))
    (result,) = rig.events()
    assert isinstance(result, CommandResult)
    assert result.outcome is CommandOutcome.DONE


def test_an_emergency_call_and_its_report_are_one_emergency(rig: Rig) -> None:
    rig.connect("rcp2", "lp2")
    options = bytes.fromhex("830400066b0e 040102")
    status = bytes.fromhex("0100 0000 0100 0300 c9000000 fa372300")
    rig.hstrp("rcp2", hdap("0245b8", status), options)
    rig.hstrp("lp2", hdap("08b003", bytes.fromhex("0a2337fa 01") + GPS), options)
    started, raised, position = rig.events()
    assert isinstance(started, CallStarted)
    assert started.emergency
    assert isinstance(raised, EmergencyRaised)
    assert raised.source is EmergencySource.VOICE
    assert raised.call == started.call
    assert raised.talkgroup == TalkgroupId("palanga", 201)
    assert isinstance(position, PositionReported)


def test_an_emergency_alarm_is_no_call(rig: Rig) -> None:
    rig.connect("rcp1")
    status = bytes.fromhex("0100 0000 0600 0500 c9000000 fa372300")
    rig.hstrp("rcp1", hdap("0245b8", status))
    (raised,) = rig.events()
    assert isinstance(raised, EmergencyRaised)
    assert raised.source is EmergencySource.ALARM


def test_a_wish_to_be_called_back_is_no_call(rig: Rig) -> None:
    rig.connect("rcp1")
    status = bytes.fromhex("0100 0000 0600 0b00 c9000000 fa372300")
    for _ in range(2):
        rig.hstrp("rcp1", hdap("0245b8", status))
    (asked, *others) = rig.events()
    assert isinstance(asked, CallAlertReceived)
    assert (asked.radio.number, asked.called) == (2_308_090, RadioId("palanga", 201))
    assert not [event for event in others if not isinstance(event, RadioHeard)]


def test_a_radio_that_leaves_its_emergency_clears_it(rig: Rig) -> None:
    rig.connect("rcp1")
    rig.hstrp("rcp1", hdap("0244b8", bytes.fromhex("0a00 0500 c9000000 fa372300")))
    (cleared,) = rig.events()
    assert isinstance(cleared, EmergencyCleared)


def test_a_call_runs_from_repeating_to_hang_time(rig: Rig) -> None:
    rig.connect("rcp1")
    rig.hstrp("rcp1", slot_status(0))
    rig.hstrp("rcp1", slot_status(0))
    rig.now = 4.5
    rig.hstrp("rcp1", slot_status(1))
    rig.hstrp("rcp1", slot_status(4))
    rig.hstrp("rcp1", slot_status(5))
    started, ended = rig.events()
    assert isinstance(started, CallStarted)
    assert (started.kind, started.slot) == (CallKind.GROUP, 1)
    assert (started.radio, started.talkgroup) == (RADIO, TalkgroupId("palanga", 201))
    assert isinstance(ended, CallEnded)
    assert (ended.call, ended.duration_s) == (started.call, 4.5)
    assert ended.reason is CallEndReason.TERMINATOR


def test_overs_within_the_hang_time_are_one_conversation(rig: Rig) -> None:
    rig.connect("rcp1")
    overs = ((0, 100), (1, 100), (0, 102), (1, 102), (4, 102), (0, 105))
    for n, (status, sender) in enumerate(overs):
        rig.now = float(n)
        rig.hstrp("rcp1", slot_status(status, sender=sender))
    calls = [e for e in rig.events() if isinstance(e, CallStarted)]
    first, second, third = calls
    assert first.conversation == second.conversation == first.call
    assert third.conversation == third.call


@pytest.mark.parametrize("heard", [(1, 4, 5), (4, 5)])
def test_a_call_whose_begin_was_lost_is_known_by_its_end(rig: Rig, heard: tuple[int, ...]) -> None:
    rig.connect("rcp1")
    for status in heard:
        rig.hstrp("rcp1", slot_status(status))
    started, ended = rig.events()
    assert isinstance(started, CallStarted)
    assert (started.radio, started.talkgroup) == (RADIO, TalkgroupId("palanga", 201))
    assert started.late_entry
    assert isinstance(ended, CallEnded)
    assert (ended.call, ended.late_entry) == (started.call, True)


def test_a_begin_that_its_end_overtook_is_no_other_call(rig: Rig) -> None:
    rig.connect("rcp1")
    rig.hstrp("rcp1", slot_status(1))
    rig.now = 2.0
    rig.hstrp("rcp1", slot_status(0))
    assert len([e for e in rig.events() if isinstance(e, CallStarted)]) == 1
    rig.now = 8.0
    rig.hstrp("rcp1", slot_status(0))
    assert len([e for e in rig.events() if isinstance(e, CallStarted)]) == 1


def test_an_emergency_call_whose_begin_was_lost_is_still_an_emergency(rig: Rig) -> None:
    rig.connect("rcp1")
    rig.hstrp("rcp1", hdap("0245b8", bytes.fromhex("0100 0100 0100 0300 c9000000 fa372300")))
    started, raised, _ = rig.events()
    assert isinstance(started, CallStarted)
    assert isinstance(raised, EmergencyRaised)
    assert (raised.radio, raised.call) == (RADIO, started.call)


def test_the_hang_time_of_data_is_no_call(rig: Rig) -> None:
    rig.connect("rcp1")
    rig.hstrp("rcp1", hdap("0245b8", bytes.fromhex("0100 0100 0400 0000 c9000000 fa372300")))
    rig.hstrp("rcp1", slot_status(5))
    assert rig.events() == []


def test_a_radio_whose_begin_was_lost_is_known_by_the_end_of_what_it_hears(rig: Rig) -> None:
    rig.connect("rcp1")
    for process in (2, 3):
        parties = bytes.fromhex("0100 c9000000 fa372300")
        rig.hstrp("rcp1", hdap("0244b8", process.to_bytes(2, "little") + parties))
    started, ended = rig.events()
    assert isinstance(started, CallStarted)
    assert started.late_entry
    assert isinstance(ended, CallEnded)


def test_another_sender_preempts(rig: Rig) -> None:
    rig.connect("rcp1")
    rig.hstrp("rcp1", slot_status(0, sender=100))
    rig.now = 1.0
    rig.hstrp("rcp1", slot_status(0, sender=200))
    _, ended, started = rig.events()
    assert isinstance(ended, CallEnded)
    assert ended.reason is CallEndReason.PREEMPTED
    assert isinstance(started, CallStarted)


def test_data_and_analog_activity_are_no_calls(rig: Rig) -> None:
    rig.connect("rcp1")
    rig.hstrp("rcp1", bytes.fromhex("0245b810000100000004000000fd080000fa372300c703"))
    rig.hstrp("rcp1", bytes.fromhex("0245b8100000000000010000000000000000000000 2403"))
    assert rig.events() == []


def test_a_repeater_that_falls_silent_truncates_its_calls(rig: Rig) -> None:
    rig.connect("rcp1")
    rig.hstrp("rcp1", slot_status(0))
    rig.run(60.0)
    started, ended, down = rig.events()
    assert isinstance(started, CallStarted)
    assert isinstance(ended, CallEnded)
    assert ended.reason is CallEndReason.TRUNCATED
    assert isinstance(down, LinkChanged)
    assert down.state is LinkState.DOWN


def test_broadcasts_with_an_alias_behind_them_are_calls_as_well(rig: Rig) -> None:
    # 0xB84E: the fields of 0xB844, then an alias whose form nobody has described
    parties, alias = bytes.fromhex("0100 c9000000 fa372300"), bytes.fromhex("0308") + b"LP-101.."
    rig.hstrp("rcp1", hdap("024eb8", bytes.fromhex("0100") + parties + alias))
    rig.hstrp("rcp1", hdap("024eb8", bytes.fromhex("0300") + parties + alias))
    started, ended = rig.events(LinkChanged)
    assert isinstance(started, CallStarted)
    assert (started.radio, started.talkgroup) == (RADIO, TalkgroupId("palanga", 201))
    assert isinstance(ended, CallEnded)
    assert ended.call == started.call
