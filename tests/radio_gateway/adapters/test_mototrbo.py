"""What octets of radios, captured or written out by hand, do to a MOTOTRBO system."""

from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pytest

from radio_gateway.adapters.mototrbo import MototrboConfig, MototrboSystem
from radio_gateway.domain.commands import (
    CallAlert,
    Command,
    RadioCheck,
    RequestPosition,
    SendText,
    SetPositionInterval,
)
from radio_gateway.domain.events import (
    CommandOutcome,
    CommandResult,
    EmergencyRaised,
    Event,
    LinkChanged,
    LinkHealth,
    LinkState,
    PositionReported,
    PositionSource,
    RadioDeregistered,
    RadioRegistered,
    TelemetryReceived,
    TextFailure,
    TextProgress,
    TextReceived,
    TextState,
)
from radio_gateway.domain.ids import RadioId, TalkgroupId
from radio_gateway.domain.moment import Moment
from radio_gateway.domain.ports import Outgoing, Peer

START = datetime(2026, 2, 14, 10, 0, tzinfo=UTC)
HOST = "12.0.39.74"
RADIO = RadioId("liepaja", 10058)
PORTS = {"ars": 4005, "lrrp": 4001, "tms": 4007, "telemetry": 4008, "battery": 4012}
REGISTRATION = "000A F0 20 05 3130303538 00 00"
"Captured: radio 10058 was switched on."
REFRESH = "000A F0 40 05 3130303538 00 00"
PLACE = "505CBBC2 0EF0E63F"
"56.5047 N 21.0108 E"


class Rig:
    """One system with a clock."""

    def __init__(self, **settings: Any) -> None:
        settings = {"emergency_trigger": False, "jitter_s": 0.0, **settings}
        self.base = MototrboSystem(
            MototrboConfig(name="karosta", network="liepaja", site="Karosta", **settings),
            Random(1),
        )
        self.now = 0.0
        self.base.opened(self.at)
        self.base.events()

    @property
    def at(self) -> Moment:
        return Moment(self.now, START + timedelta(seconds=self.now))

    def feed(self, endpoint: str, octets: str, host: str = HOST, port: int | None = None) -> None:
        peer = Peer(endpoint, host, PORTS.get(endpoint, 1) if port is None else port)
        self.base.feed(bytes.fromhex(octets), peer, self.at)

    def command(self, command: Command) -> None:
        self.base.command(command, self.at)

    def run(self, seconds: float) -> None:
        """Let time pass from one deadline to the next."""
        end = self.now + seconds
        while (due := self.base.deadline()) is not None and due <= end:
            self.now = max(self.now, due)
            self.base.expire(self.at)
        self.now = end

    def events(self) -> list[Event]:
        return [e for e in self.base.events() if not isinstance(e, LinkHealth | LinkChanged)]

    def health(self) -> LinkHealth:
        self.run(5.0)
        return [e for e in self.base.events() if isinstance(e, LinkHealth)][-1]

    def sent(self) -> list[Outgoing]:
        return self.base.outgoing()

    def datagrams(self, seconds: float = 0.0) -> list[str]:
        self.run(seconds)
        return [each.data.hex() for each in self.sent()]


def test_a_registration_is_told_and_acknowledged_once_it_is_stored() -> None:
    rig = Rig()
    rig.feed("ars", REGISTRATION)
    (registered,) = rig.events()
    assert isinstance(registered, RadioRegistered)
    assert (registered.radio, registered.site, registered.renewal) == (RADIO, "Karosta", False)
    (answer,) = rig.sent()
    assert answer == Outgoing(bytes.fromhex("0002bf01"), Peer("ars", HOST, 4005), True)


def test_a_doubled_registration_is_one_and_a_later_one_renews() -> None:
    rig = Rig()
    rig.feed("ars", REGISTRATION)
    rig.feed("ars", REGISTRATION)
    assert len(rig.events()) == len(rig.sent()) == 1
    rig.run(10.0)
    rig.feed("ars", REGISTRATION)  # our answer was lost
    rig.run(1700.0)
    rig.feed("ars", REFRESH)
    assert [e.renewal for e in rig.events() if isinstance(e, RadioRegistered)] == [True, True]
    assert len(rig.sent()) == 2


def test_a_radio_that_is_switched_on_again_is_told_as_new() -> None:
    rig = Rig()
    rig.feed("ars", REGISTRATION)
    rig.run(300.0)
    rig.feed("ars", REGISTRATION)
    assert [e.renewal for e in rig.events() if isinstance(e, RadioRegistered)] == [False, False]


def test_a_goodbye_is_told_and_not_answered() -> None:
    rig = Rig()
    rig.feed("ars", REGISTRATION)
    rig.sent()
    rig.feed("ars", "000131")
    assert isinstance(rig.events()[-1], RadioDeregistered)
    assert rig.sent() == []


def test_users_sign_on_and_off_without_their_password(caplog: pytest.LogCaptureFixture) -> None:
    rig = Rig()
    rig.feed("ars", "0010 F5 20 05 3130303538 02 6A70 04 616263")
    rig.feed("ars", "000F F5 20 05 3130303538 02 6A70 04 616263")
    assert rig.events() == []
    assert rig.health().malformed == 2
    rig.feed("ars", "0010 F5 20 05 3130303538 02 6A70 04 61626364")
    rig.feed("ars", "000176")
    user_on, user_off = rig.events()
    assert isinstance(user_on, TelemetryReceived)
    assert (user_on.kind, user_on.data) == ("mototrbo/user_on", b"jp")
    assert isinstance(user_off, TelemetryReceived)
    assert user_off.kind == "mototrbo/user_off"
    assert [each.data.hex() for each in rig.sent()] == ["0002b700", "0002b700"]
    assert "61 62 63" not in caplog.text


def test_a_radio_that_calls_itself_otherwise_is_kept_by_its_address_and_logged(
    caplog: pytest.LogCaptureFixture,
) -> None:
    rig = Rig()
    rig.feed("ars", "0009 F0 20 04 31323335 00 00")
    (registered,) = rig.events()
    assert isinstance(registered, RadioRegistered)
    assert registered.radio == RADIO
    assert "radio 10058 calls itself '1235'" in caplog.text


FOREIGN = [
    ("another network", "11.0.39.74", None),
    ("a talkgroup", "225.0.39.74", None),
    ("a host of the control station", "192.168.10.1", None),
    ("nobody's address", "12.0.0.0", None),
    ("another port", HOST, 4006),
    ("no address", "::1", None),
]
EVERYTHING = [
    ("ars", REGISTRATION),
    ("ars", "000131"),
    ("ars", "00013F"),
    ("lrrp", "0D0F22042468ACE066" + PLACE),
    ("lrrp", "0D072204535A000238"),
    ("tms", "000ca0008e040d000a0048006900"),
    ("tms", "0010e0008e040d000a00480069004100"),
    ("tms", "0003bf0007"),
    ("telemetry", "0102"),
    ("battery", "053fcc03"),
    ("nothing", "00"),
]


@pytest.mark.parametrize(("host", "port"), [f[1:] for f in FOREIGN], ids=[f[0] for f in FOREIGN])
def test_nothing_of_a_foreign_sender_changes_anything(host: str, port: int | None) -> None:
    rig = Rig()
    for endpoint, octets in EVERYTHING:
        rig.feed(endpoint, octets, host, port)
    assert rig.base.events() == []
    assert rig.sent() == []
    health = rig.health()
    assert (health.refused, health.frames, health.malformed) == (len(EVERYTHING), 0, 0)
    assert health.state is LinkState.CONNECTING


def test_only_radios_that_are_named_may_speak() -> None:
    rig = Rig(radios=(range(10050, 10058), range(20000, 20001)))
    rig.feed("ars", REGISTRATION)
    assert rig.events() == []
    rig.feed("ars", "000131", "12.0.78.32")  # 20000
    assert len(rig.events()) == 1


def test_a_computer_behind_a_radio_speaks_for_it() -> None:
    rig = Rig()
    rig.feed("tms", "000ca0008e040d000a0048006900", "13.0.39.74")
    (text,) = rig.events()
    assert isinstance(text, TextReceived)
    assert text.radio == RADIO


def test_bad_datagrams_are_counted_and_not_answered() -> None:
    rig = Rig()
    for endpoint, octets in (("ars", "000A F0 20"), ("lrrp", "FF"), ("tms", "00"), ("battery", "")):
        rig.feed(endpoint, octets)
    assert rig.events() == []
    assert rig.sent() == []
    assert rig.health().malformed == 4


def test_the_link_is_up_while_radios_are_heard() -> None:
    rig = Rig(silence_s=600.0)
    rig.feed("tms", "0003bf0007")
    rig.run(599.0)
    assert [e.state for e in rig.base.events() if isinstance(e, LinkChanged)] == [LinkState.UP]
    rig.run(2.0)
    (down,) = [e for e in rig.base.events() if isinstance(e, LinkChanged)]
    assert (down.state, down.reason) == (LinkState.DOWN, "no radio heard for 600 s")
    rig.feed("tms", "0003bf0007")
    (up,) = [e for e in rig.base.events() if isinstance(e, LinkChanged)]
    assert (up.state, up.reason) == (LinkState.UP, "radio 10058 heard")


def test_a_text_is_told_once_and_acknowledged_each_time() -> None:
    rig = Rig()
    octets = "0010 E0 00 8E04 530076006500690 06B006900".replace(" ", "")
    for _ in range(3):
        rig.feed("tms", octets)
        rig.run(30.0)
    (text,) = rig.events()
    assert isinstance(text, TextReceived)
    assert (text.text, text.reference) == ("Sveiki", "14")
    answers = rig.sent()
    assert [each.data.hex() for each in answers] == ["00039f000e"] * 3
    assert all(each.acknowledges for each in answers)


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("0006 C0 00 8E04 4100", "0003bf000e"),
        ("0006 E0 00 8324 4100", "00049f008320"),
        ("0006 A0 00 8E04 4100", None),
        ("0003 D0 00 01", "00021f00"),
    ],
)
def test_texts_are_acknowledged_in_the_form_that_they_ask_for(
    text: str, answer: str | None
) -> None:
    rig = Rig()
    rig.feed("tms", text)
    assert rig.datagrams() == ([] if answer is None else [answer])


def test_a_text_to_a_radio_is_sent_and_delivered() -> None:
    rig = Rig()
    rig.command(SendText(command="t1", radio=RADIO, text="Hi"))
    (sent,) = rig.datagrams(0.1)
    sequence = int(sent[8:10], 16) & 0x1F
    assert sent == f"000ce000{0x80 | sequence:02x}04" + "0d000a0048006900"
    rig.feed("tms", f"0003BF00{(sequence + 1) % 32:02x}")
    assert [e.state for e in rig.events() if isinstance(e, TextProgress)] == [TextState.SENT]
    rig.feed("tms", f"0003BF00{sequence:02x}", "12.0.39.75")
    assert rig.events() == []
    rig.feed("tms", f"0003BF00{sequence:02x}")
    (progress,) = rig.events()
    assert isinstance(progress, TextProgress)
    assert progress.state is TextState.DELIVERED


@pytest.mark.parametrize(
    ("text", "reason"),
    [("", TextFailure.REFUSED), ("a" * 1300, TextFailure.TOO_LONG)],
)
def test_texts_that_cannot_be_sent_fail_at_once(text: str, reason: TextFailure) -> None:
    rig = Rig()
    rig.command(SendText(command="t1", radio=RADIO, text=text))
    (progress,) = rig.events()
    assert isinstance(progress, TextProgress)
    assert progress.reason is reason
    assert rig.datagrams(5.0) == []


def test_the_longest_text_takes_nine_messages() -> None:
    rig = Rig()
    rig.command(SendText(command="t1", talkgroup=TalkgroupId("liepaja", 9), text="a" * 1206))
    sent = rig.datagrams(20.0)
    assert len(sent) == 9
    assert all(len(bytes.fromhex(each)) <= 2 * 142 + 6 for each in sent)
    assert bytes.fromhex(sent[8])[10:22].decode("utf-16-le") == "(9/9) "


def test_a_radio_gets_one_text_at_a_time_and_seventeen_are_too_many() -> None:
    rig = Rig()
    for n in range(17):
        rig.command(SendText(command=f"t{n}", radio=RADIO, text=f"{n}"))
    (busy,) = rig.events()
    assert isinstance(busy, TextProgress)
    assert (busy.command, busy.reason) == ("t16", TextFailure.BUSY)
    assert len(rig.datagrams(5.0)) == 1
    rig.feed("ars", "000131")
    failed = [e for e in rig.events() if isinstance(e, TextProgress) and e.reason is not None]
    assert {e.reason for e in failed} == {TextFailure.NOT_REGISTERED}
    assert len(failed) == 16
    assert rig.datagrams(5000.0) == []


def test_a_command_that_is_repeated_has_no_second_effect() -> None:
    rig = Rig()
    for _ in range(2):
        rig.command(RequestPosition(command="c1", radio=RADIO))
    assert len(rig.datagrams(3.0)) == 1


def test_a_request_for_a_place_asks_for_all_that_matters() -> None:
    rig = Rig()
    rig.command(RequestPosition(command="c1", radio=RADIO))
    rig.run(0.1)
    (sent,) = rig.sent()
    assert sent.peer == Peer("lrrp", HOST, 4001)
    identity = sent.data[4:8].hex()
    assert sent.data.hex() == f"05092204{identity}515762"
    rig.feed("lrrp", f"071A2204{identity}341FA89CA000 51{PLACE}0352 6C0215")
    result, position = rig.events()
    assert isinstance(result, CommandResult)
    assert (result.outcome, result.detail) == (CommandOutcome.DONE, None)
    assert isinstance(position, PositionReported)
    assert position.source is PositionSource.REQUESTED
    assert position.point.lat == pytest.approx(56.5047, abs=1e-6)
    assert position.point.lon == pytest.approx(21.0108, abs=1e-6)
    assert position.error_m == 3 + 82 / 128
    assert position.speed_kmh == pytest.approx((2 + 21 / 128) * 3.6)


@pytest.mark.parametrize(
    ("report", "detail"),
    [
        ("3710", "the radio has no GPS, or no satellites in view"),
        ("370A", "the radio does not understand the request"),
        ("378400", "the radio's GPS receiver is starting, its fix is not good enough"),
        ("3905 03 515355", "the radio answered with result 5"),
        ("66 00000000 00000000", "the radio has no fix"),
    ],
)
def test_a_refused_request_says_why(report: str, detail: str) -> None:
    rig = Rig()
    rig.command(RequestPosition(command="c1", radio=RADIO))
    rig.run(0.1)
    identity = rig.sent()[0].data[4:8]
    body = b"\x22\x04" + identity + bytes.fromhex(report)
    rig.feed("lrrp", (bytes((7, len(body))) + body).hex())
    result = rig.events()[0]
    assert isinstance(result, CommandResult)
    assert (result.outcome, result.detail) == (CommandOutcome.FAILED, detail)


def test_an_unanswered_request_fails_after_45_seconds() -> None:
    rig = Rig()
    rig.command(RequestPosition(command="c1", radio=RADIO))
    rig.run(44.0)
    assert rig.events() == []
    rig.run(2.0)
    (result,) = rig.events()
    assert isinstance(result, CommandResult)
    assert result.detail == "no answer from the radio"


@pytest.mark.parametrize(
    "command",
    [
        CallAlert(command="c1", radio=RADIO),
        SetPositionInterval(command="c1", radio=RADIO, interval_s=5),
        SetPositionInterval(command="c1", radio=RADIO, interval_s=-1),
    ],
)
def test_what_radios_cannot_do_is_refused(command: Command) -> None:
    rig = Rig()
    rig.command(command)
    (result,) = rig.events()
    assert isinstance(result, CommandResult)
    assert result.outcome is CommandOutcome.REFUSED
    assert rig.datagrams(5.0) == []


def test_a_registered_radio_is_asked_for_emergencies_then_for_its_place() -> None:
    rig = Rig(emergency_trigger=True, position_interval_s=60)
    rig.feed("ars", REGISTRATION)
    answer, emergency = rig.datagrams(3.0)
    assert answer == "0002bf01"
    assert emergency == "090a" + "2204535a0002" + "51" + "344a02"
    assert rig.datagrams(6.0) == [], "one request at a time"
    rig.feed("lrrp", "0B072204535A000238")
    assert rig.datagrams(3.0) == ["090c" + "2204535a0001" + "515762" + "34313c"]


def test_a_radio_that_was_not_asked_for_emergencies_is_asked_again_soon() -> None:
    rig = Rig(emergency_trigger=True)
    rig.feed("ars", REGISTRATION)
    _, emergency = rig.datagrams(3.0)
    assert rig.datagrams(15.0) == [emergency]
    assert rig.datagrams(3600.0) == [emergency] * 6


def test_a_radio_that_has_the_trigger_already_is_stopped_and_asked_again() -> None:
    rig = Rig(position_interval_s=60)
    rig.feed("ars", REGISTRATION)
    rig.datagrams(3.0)
    rig.feed("lrrp", "0B082204535A00013716")
    assert rig.datagrams(3.0) == ["0f062204535a0001"]
    rig.feed("lrrp", "11072204535A000138")
    assert rig.datagrams(0.9) == []
    assert rig.datagrams(3.0) == ["090c2204535a000151576234313c"]
    rig.feed("lrrp", "0B072204535A000138")
    assert rig.datagrams(600.0) == []


def test_a_silent_radio_is_asked_five_times_with_growing_pauses() -> None:
    rig = Rig(position_interval_s=60)
    rig.feed("ars", REGISTRATION)
    rig.datagrams()
    assert len(rig.datagrams(3600.0)) == 5


def test_a_refreshing_radio_is_asked_again_only_when_its_reports_stayed_away() -> None:
    rig = Rig(position_interval_s=600)
    rig.feed("ars", REGISTRATION)
    rig.datagrams(3.0)
    rig.feed("lrrp", "0B072204535A000138")
    rig.run(600.0)
    rig.feed("lrrp", "0D0F2204535A000166" + PLACE)
    rig.run(1000.0)
    rig.feed("ars", REFRESH)
    assert rig.datagrams(10.0) == ["0002bf01"]
    rig.run(1700.0)
    rig.feed("ars", REFRESH)
    assert len(rig.datagrams(10.0)) == 2


def test_reports_that_nobody_asked_for_are_kept_and_stopped_once() -> None:
    rig = Rig()
    for second in range(3):
        rig.feed("lrrp", f"0D152204C000000034 1FA89CA0{second:02X} 66{PLACE}")
        rig.run(30.0)
    assert len(rig.events()) == 3
    assert rig.datagrams() == ["0f062204c0000000"]


def test_a_foreign_report_is_stopped_by_the_form_of_id_that_it_bears() -> None:
    rig = Rig()
    rig.feed("lrrp", "0D0B230166" + PLACE)
    assert rig.datagrams(5.0) == ["0f022301"]


def test_the_emergency_report_is_an_alarm_whatever_else_it_says() -> None:
    for body in ("3710", "66" + PLACE, "7E", "", "51505C"):
        rig = Rig()
        octets = bytes.fromhex("2204535A0002" + body)
        frame = bytes((0x0D, len(octets))) + octets
        rig.feed("lrrp", frame.hex())
        raised = rig.events()[0]
        assert isinstance(raised, EmergencyRaised)
        assert (raised.radio, raised.site, raised.raw) == (RADIO, "Karosta", frame)
        rig.run(10.0)
        rig.feed("lrrp", frame.hex())
        assert [e for e in rig.events() if isinstance(e, EmergencyRaised)] == []
        rig.run(30.0)
        rig.feed("lrrp", frame.hex())
        assert isinstance(rig.events()[0], EmergencyRaised), "pressed again"


def test_answers_to_the_emergency_request_are_no_alarm() -> None:
    rig = Rig(emergency_trigger=True)
    rig.feed("ars", REGISTRATION)
    rig.run(5.0)
    rig.feed("lrrp", "0B072204535A000238")
    rig.feed("lrrp", "0B082204535A00023716")
    assert [e for e in rig.events() if isinstance(e, EmergencyRaised)] == []


def test_a_fix_that_lost_1024_weeks_is_shown_at_its_time_and_one_ahead_without() -> None:
    rig = Rig()
    stamp = 2006 << 26 | 7 << 22 | 1 << 17 | 9 << 12 | 59 << 6 | 59  # 7168 days and a second before
    rig.feed("lrrp", f"130F34{stamp:010x}66{PLACE}")
    (position,) = rig.events()
    assert isinstance(position, PositionReported)
    assert position.fixed_at == START - timedelta(seconds=1)
    assert not position.stale
    ahead = 2026 << 26 | 2 << 22 | 14 << 17 | 10 << 12 | 11 << 6
    rig.feed("lrrp", f"130F34{ahead:010x}66{PLACE}")
    (position,) = rig.events()
    assert isinstance(position, PositionReported)
    assert position.fixed_at is None
    old = 2026 << 26 | 2 << 22 | 14 << 17 | 9 << 12 | 40 << 6
    rig.feed("lrrp", f"130F34{old:010x}66{PLACE}")
    (position,) = rig.events()
    assert isinstance(position, PositionReported)
    assert position.stale


@pytest.mark.parametrize(
    ("octets", "reason"),
    [("130966 00000000 00000000", "no fix"), ("130E66" + PLACE + "6C81008001", "faster")],
)
def test_places_that_cannot_be_are_kept_aside(
    octets: str, reason: str, caplog: pytest.LogCaptureFixture
) -> None:
    rig = Rig()
    rig.feed("lrrp", octets)
    (rejected,) = rig.events()
    assert isinstance(rejected, TelemetryReceived)
    assert rejected.kind == "mototrbo/rejected_position"
    assert rejected.data == bytes.fromhex(octets)
    assert reason in caplog.text
    rig.run(60.0)
    rig.feed("lrrp", octets)
    assert rig.events() == [], "one of a kind in ten minutes"


def test_telemetry_and_batteries_are_handed_on() -> None:
    rig = Rig()
    rig.feed("telemetry", "0102ff")
    rig.feed("telemetry", "0102ff")
    rig.feed("battery", "053fcc03")
    telemetry, battery = rig.events()
    assert isinstance(telemetry, TelemetryReceived)
    assert (telemetry.kind, telemetry.data) == ("mototrbo/telemetry", b"\x01\x02\xff")
    assert isinstance(battery, TelemetryReceived)
    assert battery.kind == "mototrbo/battery"
    assert rig.sent() == []


def test_a_dispatchers_text_goes_before_what_the_gateway_wants() -> None:
    rig = Rig(position_interval_s=60)
    for number in range(1, 21):
        rig.feed("ars", "000131", f"12.0.0.{number}")
        rig.feed("ars", "0007 F0 20 02 3131 00 00", f"12.0.0.{number}")
    rig.datagrams(5.0)
    rig.command(SendText(command="t1", radio=RADIO, text="Hi"))
    (first, *_) = rig.datagrams(1.1)
    assert first.startswith("000ce000")


def test_a_check_is_a_query_and_its_answer() -> None:
    rig = Rig()
    rig.command(RadioCheck(command="c1", radio=RADIO))
    assert rig.datagrams(0.1) == ["000174"]
    rig.feed("ars", "00013F")
    assert isinstance(rig.events()[0], CommandResult)
