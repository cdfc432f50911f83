"""Texts from and to Hytera radios: delivered only when the radio said so."""

import pytest

from radio_gateway.domain.commands import (
    SendText,
)
from radio_gateway.domain.events import (
    LinkChanged,
    TelemetryReceived,
    TextFailure,
    TextProgress,
    TextReceived,
    TextState,
)
from radio_gateway.domain.ids import RadioId, TalkgroupId
from radio_gateway.domain.ports import Peer
from tests.radio_gateway.adapters.hytera_rig import (
    HOST,
    OPTIONS,
    RADIO,
    REGISTRATION,
    Rig,
    hdap,
)


@pytest.fixture
def rig() -> Rig:
    return Rig()


def text_to(destination: str, request: int = 1, words: str = "Sveiki") -> bytes:
    octets = words.encode("utf-16-le")
    head = request.to_bytes(4, "big") + bytes.fromhex(destination + "0a2337fa")
    return hdap("0900a1", head + octets)


def test_a_text_to_the_dispatcher_is_told_and_answered(rig: Rig) -> None:
    rig.plain("tmp", text_to("0000270f"))
    text = rig.events(LinkChanged)[0]
    assert isinstance(text, TextReceived)
    assert (text.radio, text.text, text.called, text.talkgroup) == (RADIO, "Sveiki", None, None)
    (answer,) = rig.sent()
    assert answer.acknowledges
    assert answer.data == hdap("0900a2", bytes.fromhex("00000001 0000270f 0a2337fa 00"))


def test_a_repeated_text_is_answered_each_time_and_told_once(rig: Rig) -> None:
    for second in range(20):
        rig.now = float(second)
        rig.plain("tmp", text_to("0a00270f"))
    assert len(rig.events(LinkChanged)) == 1
    assert len(rig.sent()) == 20


def test_a_text_between_radios_is_told_but_not_answered(rig: Rig) -> None:
    rig.plain("tmp", text_to("0a000064"))
    text = rig.events(LinkChanged)[0]
    assert isinstance(text, TextReceived)
    assert text.called == RadioId("palanga", 100)
    assert rig.sent() == []


def test_a_text_to_a_talkgroup_is_told_and_answered(rig: Rig) -> None:
    rig.connect("tmp1")
    # captured: radio 100 to group 20000
    message = "0900b1001c0000000200004e2000000064570065006c0063006f006d0065002100a403"
    rig.hstrp("tmp1", bytes.fromhex(message))
    (text,) = rig.events()
    assert isinstance(text, TextReceived)
    assert text.talkgroup == TalkgroupId("palanga", 20000)
    assert text.text == "Welcome!"
    assert rig.texts() == [hdap("0900b2", bytes.fromhex("00000002 00004e20 00"))]


def test_control_characters_of_a_text_are_not_passed_on(rig: Rig) -> None:
    rig.plain("tmp", text_to("0000270f", words="a\x00b\x1b[31m\r\nc\x00\x00"))
    text = rig.events(LinkChanged)[0]
    assert isinstance(text, TextReceived)
    assert text.text == "a b [31m\nc"


def test_short_data_is_telemetry(rig: Rig) -> None:
    rig.plain("tmp", hdap("0900ae", bytes.fromhex("00000001 0000270f 0a2337fa 010203")))
    data = rig.events(LinkChanged)[0]
    assert isinstance(data, TelemetryReceived)
    assert data.data == b"\1\2\3"


def progress(rig: Rig) -> list[tuple[str, TextState]]:
    return [(e.command, e.state) for e in rig.events() if isinstance(e, TextProgress)]


def details(rig: Rig) -> list[str | None]:
    return [e.detail for e in rig.events() if isinstance(e, TextProgress)]


def failures(rig: Rig) -> list[tuple[TextFailure, str | None]]:
    """Reasons and details of the texts that failed."""
    told = [e for e in rig.events() if isinstance(e, TextProgress)]
    assert all((e.reason is not None) == (e.state is TextState.FAILED) for e in told)
    return [(e.reason, e.detail) for e in told if e.reason is not None]


@pytest.fixture
def ready() -> Rig:
    """A repeater is connected and a radio registered on timeslot 1."""
    rig = Rig()
    rig.connect("rrs1", "tmp1", "tmp2")
    rig.hstrp("rrs1", REGISTRATION)
    _, packet = rig.sent()
    rig.acknowledge(packet.data, "rrs1")
    rig.base.events()
    return rig


def send(rig: Rig, command: str = "t1", text: str = "Labdien") -> bytes:
    """Give a text and return the packet that left."""
    rig.command(SendText(command=command, radio=RADIO, text=text))
    (packet,) = rig.sent()
    assert packet.peer == Peer("tmp1", HOST, 30000)
    return packet.data


def answer(rig: Rig, packet: bytes, result: int = 0) -> None:
    """The repeater's answer: the radio's number, its own device in place of ours."""
    body = packet[11:15] + bytes.fromhex("002337fa 00066b0e") + bytes((result,))
    rig.hstrp("tmp1", hdap("0900a2", body))


def test_a_text_is_sent_when_taken_and_delivered_when_the_radio_says_so(ready: Rig) -> None:
    packet = send(ready)
    assert packet[6:11] == bytes.fromhex("0900a1001a")
    assert packet[15:23] == bytes.fromhex("0a2337fa 0a00270f")
    assert packet[23:37] == "Labdien".encode("utf-16-le")
    assert progress(ready) == []
    ready.acknowledge(packet)
    assert progress(ready) == [("t1", TextState.SENT)]
    answer(ready, packet)
    answer(ready, packet)
    assert progress(ready) == [("t1", TextState.DELIVERED)]


def test_an_answer_to_another_text_delivers_nothing(ready: Rig) -> None:
    packet = bytearray(send(ready))
    packet[14] ^= 1
    answer(ready, bytes(packet))
    assert progress(ready) == []


def test_an_answer_about_another_radio_delivers_nothing(ready: Rig) -> None:
    packet = send(ready)
    body = packet[11:15] + bytes.fromhex("00000064 00066b0e 00")
    ready.hstrp("tmp1", hdap("0900a2", body))
    assert progress(ready) == []


def test_a_foreign_host_neither_delivers_nor_ends_a_session(ready: Rig) -> None:
    packet = send(ready)
    body = packet[11:15] + bytes.fromhex("002337fa 00066b0e 00")
    for frame in (
        bytes.fromhex("32420001") + packet[4:6],
        bytes.fromhex("324200200009") + OPTIONS + hdap("0900a2", body),
        hdap("0900a2", body),
        bytes.fromhex("324200080000"),
        bytes.fromhex("32420010") + packet[4:6],
    ):
        ready.plain("tmp1", frame, host="192.0.2.66")
    assert ready.events() == []
    assert ready.sent() == []
    answer(ready, packet)
    assert progress(ready)[-1] == ("t1", TextState.DELIVERED)


def test_a_refused_text_fails_with_the_reason(ready: Rig) -> None:
    packet = send(ready)
    ready.acknowledge(packet)
    ready.events()
    answer(ready, packet, result=8)
    assert failures(ready) == [(TextFailure.NO_ANSWER, "the radio did not acknowledge")]


@pytest.mark.parametrize(
    ("result", "reason"),
    [
        (1, TextFailure.NO_ANSWER),
        (3, TextFailure.REFUSED),
        (5, TextFailure.UNSUPPORTED),
        (6, TextFailure.REFUSED),
        (10, TextFailure.REFUSED),
        (11, TextFailure.REFUSED),
        (200, TextFailure.REFUSED),
    ],
)
def test_each_result_has_its_reason(ready: Rig, result: int, reason: TextFailure) -> None:
    packet = send(ready)
    ready.acknowledge(packet)
    answer(ready, packet, result=result)
    assert [failure for failure, _ in failures(ready)] == [reason]


def test_a_channel_that_stays_busy_is_the_reason(ready: Rig) -> None:
    packet = send(ready)
    ready.acknowledge(packet)
    for tenth in range(600):
        ready.now = tenth / 10
        answer(ready, packet, result=4)
        ready.base.expire(ready.at)
        for each in ready.sent():
            ready.acknowledge(each.data)
    assert [reason for reason, _ in failures(ready)] == [TextFailure.BUSY]


def test_an_unanswered_text_is_tried_again_and_fails_in_the_end(ready: Rig) -> None:
    first = send(ready)
    ready.acknowledge(first)
    left_at = [0.0]
    for tenth in range(1, 600):
        ready.now = tenth / 10
        ready.base.expire(ready.at)
        for each in ready.sent():
            assert each.data[6:] == first[6:]
            left_at.append(ready.now)
            ready.acknowledge(each.data)
        if tenth % 50 == 0:
            ready.plain("tmp1", bytes.fromhex("324200020000"), port=30000)
    # 8 s of waiting, then pauses of 5, 2 and 10 s
    assert left_at == [0.0, 13.0, 23.0, 41.0]
    assert failures(ready) == [(TextFailure.NO_ANSWER, "no answer from the radio (4 attempts)")]


def test_silence_of_a_radio_that_was_never_heard_names_its_registration(ready: Rig) -> None:
    unknown = RadioId("palanga", 777)
    ready.command(SendText(command="t1", radio=unknown, text="Labdien"))
    for tenth in range(1, 600):
        ready.now = tenth / 10
        ready.base.expire(ready.at)
        for each in ready.sent():
            ready.acknowledge(each.data)
        if tenth % 50 == 0:
            ready.plain("tmp1", bytes.fromhex("324200020000"), port=30000)
    assert [reason for reason, _ in failures(ready)] == [TextFailure.NOT_REGISTERED]


def test_a_busy_channel_is_tried_again(ready: Rig) -> None:
    packet = send(ready)
    ready.acknowledge(packet)
    answer(ready, packet, result=4)
    ready.sent()
    ready.run(5.0)
    (again,) = ready.texts()
    assert again == packet[6:]


def test_a_late_answer_still_delivers(ready: Rig) -> None:
    packet = send(ready)
    ready.acknowledge(packet)
    ready.run(9.0)
    answer(ready, packet)
    assert progress(ready)[-1] == ("t1", TextState.DELIVERED)


def test_one_text_at_a_time_goes_to_a_radio(ready: Rig) -> None:
    packet = send(ready)
    ready.command(SendText(command="t2", radio=RADIO, text="otrais"))
    assert ready.texts() == []
    answer(ready, packet)
    ready.run(0.0)
    (second,) = ready.texts()
    assert second[17:] == hdap("0900a1", second[5:17] + "otrais".encode("utf-16-le"))[17:]


def test_a_repeated_command_is_one_text(ready: Rig) -> None:
    send(ready)
    ready.command(SendText(command="t1", radio=RADIO, text="Labdien"))
    assert ready.texts() == []


def test_a_repeater_that_takes_nothing_fails_the_text(ready: Rig) -> None:
    send(ready)
    ready.run(61.0)
    assert [reason for reason, _ in failures(ready)] == [TextFailure.LINK_DOWN]


def test_closing_fails_what_is_pending_and_delivers_nothing(ready: Rig) -> None:
    packet = send(ready)
    ready.acknowledge(packet)
    ready.command(SendText(command="t2", radio=RADIO, text="otrais"))
    ready.base.closed("stopping", ready.at)
    answer(ready, packet)
    assert failures(ready) == [(TextFailure.LINK_DOWN, "the base is gone: stopping")] * 2


@pytest.mark.parametrize(
    ("text", "reason", "detail"),
    [
        ("", TextFailure.REFUSED, "the text is empty"),
        ("x" * 141, TextFailure.TOO_LONG, "the text has 141 characters, radios take 140"),
        ("\ud800", TextFailure.UNSUPPORTED, "the text holds half a character"),
    ],
)
def test_a_text_that_cannot_be_sent_fails_at_once(
    ready: Rig, text: str, reason: TextFailure, detail: str
) -> None:
    ready.command(SendText(command="t1", radio=RADIO, text=text))
    assert failures(ready) == [(reason, detail)]
    assert ready.sent() == []


def test_a_text_without_a_base_fails(rig: Rig) -> None:
    rig.command(SendText(command="t1", radio=RADIO, text="Labdien"))
    assert failures(rig) == [(TextFailure.NO_LINK, "no base is connected")]


def test_a_plain_text_is_sent_at_once(rig: Rig) -> None:
    rig.plain("rrs", REGISTRATION)
    rig.sent()
    rig.command(SendText(command="t1", radio=RADIO, text="Labdien"))
    (packet,) = rig.sent()
    assert packet.peer == Peer("tmp", HOST, 3004)
    assert progress(rig) == [("t1", TextState.SENT)]


def test_a_group_text_is_sent_when_the_repeater_takes_it(ready: Rig) -> None:
    ready.command(SendText(command="t1", talkgroup=TalkgroupId("palanga", 201), text="Visiem"))
    (packet,) = ready.datagrams()
    assert packet[6:9] == bytes.fromhex("0900b1")
    assert packet[15:23] == bytes.fromhex("0a0000c9 0a00270f")
    ready.acknowledge(packet)
    ready.run(9.0)
    assert progress(ready) == [("t1", TextState.SENT)]


def test_a_group_text_that_the_repeater_refuses_fails(ready: Rig) -> None:
    ready.command(SendText(command="t1", talkgroup=TalkgroupId("palanga", 201), text="Visiem"))
    (packet,) = ready.datagrams()
    ready.hstrp("tmp1", hdap("0900b2", packet[11:19] + b"\x0b"))
    assert failures(ready) == [(TextFailure.REFUSED, "transmission denied")]


def test_a_group_text_goes_out_where_the_group_was_heard(ready: Rig) -> None:
    options = bytes.fromhex("830400066b0e 040102")
    group = bytes.fromhex("00000007 000000c9 0a2337fa 4100")
    ready.hstrp("tmp2", hdap("0900b1", group), options)
    ready.sent()
    ready.command(SendText(command="t1", talkgroup=TalkgroupId("palanga", 201), text="Visiem"))
    assert [each.peer.endpoint for each in ready.sent()] == ["tmp2"]


def test_the_air_reports_on_a_text(ready: Rig) -> None:
    send(ready)
    ready.hstrp("tmp1", hdap("140009", bytes.fromhex("002337fa 00a1 00")))
    assert details(ready) == ["put on the air"]
