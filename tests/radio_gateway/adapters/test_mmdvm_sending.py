"""A modem in memory: it is given no more than it can take, and never into a call."""

import pytest

from radio_gateway.domain.commands import (
    CallAlert,
    Command,
    DisableRadio,
    RadioCheck,
    SendText,
)
from radio_gateway.domain.events import (
    CallEnded,
    CallEndReason,
    CommandOutcome,
    CommandResult,
    Event,
    TextFailure,
    TextProgress,
    TextReceived,
    TextState,
)
from radio_gateway.domain.ids import RadioId, TalkgroupId
from radio_gateway.domain.ports import Outgoing, Peer
from radio_gateway.protocols.dmr import csbk
from radio_gateway.protocols.dmr.air import Parties
from radio_gateway.protocols.dmr.burst import DataBurst, parse_burst
from radio_gateway.protocols.dmr.csbk import Csbk
from radio_gateway.protocols.dmr.data_header import ResponseHeader, parse_data_header
from radio_gateway.protocols.dmr.sending import csbk_bursts, response_bursts, text_bursts
from radio_gateway.protocols.dmr.slot_type import DataType
from radio_gateway.protocols.dmr.sync import Sync
from radio_gateway.protocols.mmdvm.transmitter import Transmitter
from radio_gateway.protocols.mmdvm.version import Status, StatusFlags
from tests.fakes.mmdvm_modem import (
    burst,
    framed,
    header,
    voice,
)
from tests.radio_gateway.adapters.modem_rig import SENDING, UNIT, UPLINK, Rig, states, text, uplink


@pytest.fixture
def rig() -> Rig:
    """A modem that was found and set up."""
    ready = Rig()
    ready.wait(3)
    return ready


@pytest.fixture
def sender() -> Rig:
    """The same, and the gateway may transmit."""
    ready = Rig(SENDING)
    ready.wait(3)
    return ready


def kinds(octets: list[bytes]) -> list[DataType]:
    found = []
    for one in octets:
        parsed = parse_burst(one)
        assert isinstance(parsed, DataBurst)
        assert parsed.slot_type is not None
        assert (parsed.sync, parsed.slot_type.colour_code) == (Sync.BS_DATA, 1)
        found.append(parsed.slot_type.data_type)
    return found


def test_nothing_is_transmitted_without_leave(rig: Rig) -> None:
    (failed,) = rig.command(text())
    assert isinstance(failed, TextProgress)
    assert failed.reason is TextFailure.UNSUPPORTED
    rig.hear(header() + voice())
    rig.wait(10)
    assert set(rig.modem.heard) == {0, 1, 2, 3}


def answer(rig: Rig, accepted: bool = True) -> list[Event]:
    """The radio answers a confirmed packet."""
    response = ResponseHeader(
        target=99,
        source=UNIT.number,
        sap=10,
        blocks=0,
        response_class=0 if accepted else 1,
        response_type=1,
        status=0,
    )
    bursts = response_bursts(response, UPLINK)
    return uplink(rig, [(item.slot_type.data_type, item.octets) for item in bursts])


def test_a_text_is_sent_paced_and_delivered_when_the_radio_says_so(sender: Rig) -> None:
    words = "Grįžk į bazę. " * 9
    sender.command(text(words))
    events = sender.wait(3)
    assert states(events) == [TextState.SENT]
    aired = kinds(sender.modem.aired[1])
    assert len(aired) > 10
    assert aired[:7] == [DataType.CSBK] * 6 + [DataType.DATA_HEADER]
    assert sender.modem.overruns == 0
    assert sender.modem.heard.index(0x1D) < sender.modem.heard.index(0x18)
    assert states(answer(sender)) == [TextState.DELIVERED]
    sender.wait(6)
    assert not sender.modem.on, "after the hang time"
    assert sender.modem.aired[2] == []


def test_a_text_that_is_not_answered_is_repeated_and_fails(sender: Rig) -> None:
    sender.command(text())
    events = sender.wait(30)
    assert states(events) == [TextState.SENT, TextState.FAILED]
    assert kinds(sender.modem.aired[1]).count(DataType.DATA_HEADER) == 3


def test_a_text_that_arrived_damaged_is_repeated_at_once(sender: Rig) -> None:
    sender.command(text())
    sender.wait(1)
    assert states(answer(sender, accepted=False)) == []
    sender.wait(2)
    assert kinds(sender.modem.aired[1]).count(DataType.DATA_HEADER) == 2
    assert states(answer(sender)) == [TextState.DELIVERED]


def test_a_text_to_a_talkgroup_is_sent_and_nothing_more_is_known(sender: Rig) -> None:
    sender.command(SendText(command="g", text="Visi", talkgroup=TalkgroupId("nida", 7)))
    assert states(sender.wait(30)) == [TextState.SENT]


@pytest.mark.parametrize(
    ("command", "reply"),
    [
        (
            RadioCheck(command="c", radio=UNIT),
            csbk.RadioCheck(target=99, source=UNIT.number, request=False),
        ),
        (
            CallAlert(command="c", radio=UNIT),
            csbk.ServiceAck(target=99, source=UNIT.number),
        ),
    ],
    ids=["check", "alert"],
)
def test_a_control_block_is_done_when_its_radio_answers(
    command: Command, reply: csbk.CsbkMessage, sender: Rig
) -> None:
    sender.command(command)
    sender.wait(1)
    sent = parse_burst(sender.modem.aired[1][-1])
    assert isinstance(sent, DataBurst)
    message = Csbk.parse(sent.payload()).message()
    assert isinstance(message, csbk.RadioCheck | csbk.CallAlert)
    assert (message.target, message.source) == (UNIT.number, 99)
    bursts = csbk_bursts(reply, UPLINK)
    events = uplink(sender, [(item.slot_type.data_type, item.octets) for item in bursts])
    (result,) = [e for e in events if isinstance(e, CommandResult)]
    assert result.outcome is CommandOutcome.DONE


def test_a_control_block_without_answer_fails(sender: Rig) -> None:
    sender.command(RadioCheck(command="c", radio=UNIT))
    (result,) = [e for e in sender.wait(30) if isinstance(e, CommandResult)]
    assert result.outcome is CommandOutcome.FAILED


def test_nothing_is_sent_into_a_call(sender: Rig) -> None:
    sender.hear(header())
    sender.command(text())
    for _ in range(30):
        sender.hear(voice()[:37])
        sender.wait(0.06)
    assert sender.modem.aired[1] == []
    assert states(sender.wait(3)) == [TextState.SENT]


def test_a_modem_that_never_has_room_fails_the_text(sender: Rig) -> None:
    sender.modem.refuses = {0x18: 5}
    events = sender.command(text()) + sender.wait(6)
    failed = [e for e in events if isinstance(e, TextProgress)]
    assert [(e.state, e.reason) for e in failed] == [(TextState.FAILED, TextFailure.BUSY)]
    assert 0x1E in sender.modem.heard


def test_a_text_for_which_there_was_no_room_is_sent_once_more(sender: Rig) -> None:
    sender.modem.refuses = {0x18: 5}
    events = sender.command(text()) + sender.wait(0.5)
    assert states(events) == []
    sender.modem.refuses = {}
    assert states(sender.wait(2)) == [TextState.SENT]
    aired = [octets for octets in sender.modem.aired[1] if octets != b"abort"]
    assert kinds(aired).count(DataType.DATA_HEADER) == 1
    assert states(answer(sender)) == [TextState.DELIVERED]


def test_a_text_waits_for_room_in_the_modem(sender: Rig) -> None:
    sender.modem.room = {1: 0, 2: 0}
    sender.hear(sender.modem.answer(framed(1)))
    sender.command(text("x" * 128))
    sender.wait(4)
    assert sender.modem.overruns == 0


@pytest.mark.parametrize(
    ("command", "reason"),
    [
        (text("x" * 129), TextFailure.TOO_LONG),
        (text(radio=RadioId("nida", 0)), TextFailure.UNSUPPORTED),
    ],
    ids=["long", "nobody"],
)
def test_what_cannot_be_sent_fails_at_once(
    command: SendText, reason: TextFailure, sender: Rig
) -> None:
    (failed,) = sender.command(command)
    assert isinstance(failed, TextProgress)
    assert failed.reason is reason


def test_other_commands_are_refused(sender: Rig) -> None:
    (result,) = sender.command(DisableRadio(command="d", radio=UNIT))
    assert isinstance(result, CommandResult)
    assert result.outcome is CommandOutcome.REFUSED


def test_a_radio_that_calls_the_base_wakes_its_transmitter(sender: Rig) -> None:
    bursts = csbk_bursts(csbk.OutboundActivation(base=1, source=UNIT.number), UPLINK)
    sender.hear(burst(1, 0xC3, bursts[0].octets))
    sender.wait(0.1)
    assert sender.modem.heard[-1] == 0x1D
    sender.wait(6)
    assert not sender.modem.on, "after the hang time"


def test_closing_cuts_calls_and_fails_what_waits(sender: Rig) -> None:
    sender.hear(header() + voice())
    sender.command(text())
    sender.host.closed("unplugged", sender.now)
    events = sender.host.events()
    reasons = [e.reason for e in events if isinstance(e, CallEnded)]
    assert reasons == [CallEndReason.TRUNCATED]
    assert states(events) == [TextState.FAILED]
    assert sender.host.outgoing() == []
    assert sender.host.deadline() is None


@pytest.mark.parametrize(("target", "confirmed"), [(99, True), (98, True), (99, False)])
def test_a_radio_is_told_that_its_text_has_arrived_once_it_is_stored(
    target: int, confirmed: bool, sender: Rig
) -> None:
    bursts = text_bursts("Esu", Parties(target, UNIT.number), UPLINK, confirmed=confirmed)
    answers: list[Outgoing] = []
    for item in bursts:
        frame = burst(1, 0x40 | item.slot_type.data_type, item.octets)
        sender.host.feed(frame, Peer("serial"), sender.now)
        answers += [out for out in sender.host.outgoing() if out.acknowledges]
    (received,) = [e for e in sender.host.events() if isinstance(e, TextReceived)]
    assert received.text == "Esu"
    if (target, confirmed) != (99, True):
        assert answers == []
        return
    (answer,) = answers
    sent = parse_burst(answer.data[4:])
    assert isinstance(sent, DataBurst)
    header = parse_data_header(sent.payload())
    assert isinstance(header, ResponseHeader)
    assert (header.source, header.target) == (99, UNIT.number)
    assert header.acknowledged


def test_a_radio_that_has_not_heard_the_answer_is_told_again(sender: Rig) -> None:
    bursts = text_bursts("Esu", Parties(99, UNIT.number), UPLINK, confirmed=True)
    answers: list[Outgoing] = []
    for item in bursts * 2:
        frame = burst(1, 0x40 | item.slot_type.data_type, item.octets)
        sender.host.feed(frame, Peer("serial"), sender.now)
        answers += [out for out in sender.host.outgoing() if out.acknowledges]
    assert len([e for e in sender.host.events() if isinstance(e, TextReceived)]) == 1
    assert len(answers) == 2


def test_a_burst_behind_the_question_takes_room_from_its_answer() -> None:
    transmitter, room = Transmitter(duplex=False, hang_s=4.0), Status(2, StatusFlags(0), 4, 4)
    transmitter.add(1, [bytes(33)] * 9)
    transmitter.asked()
    transmitter.status(room)
    sent = [len(transmitter.frames(0.01 * n)) for n in range(5)]
    assert sent == [1, 1, 1, 0, 0], "one stays free"

    transmitter.asked()
    transmitter.status(Status(2, StatusFlags(0), 3, 4))
    transmitter.frames(1.0)
    transmitter.asked()
    transmitter.frames(1.1)
    transmitter.asked()  # the one before is not answered yet
    transmitter.status(Status(2, StatusFlags(0), 3, 4))
    sent = [len(transmitter.frames(2.0 + 0.01 * n)) for n in range(3)]
    assert sent == [1, 0, 0]
