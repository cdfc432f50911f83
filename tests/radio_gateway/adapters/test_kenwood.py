"""A Kenwood base in memory: what radios report becomes events."""

import random
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from radio_gateway.adapters.kenwood import KenwoodBase
from radio_gateway.domain.events import (
    CallEnded,
    CallEndReason,
    CallStarted,
    EmergencyRaised,
    EmergencySource,
    Event,
    LinkChanged,
    LinkHealth,
    LinkState,
    PositionReported,
    PositionSource,
    RadioHeard,
    StatusReceived,
)
from radio_gateway.domain.geo import GeoPoint
from radio_gateway.domain.ids import RadioId
from radio_gateway.domain.moment import Moment
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
    sealed,
)


@pytest.fixture
def station() -> Station:
    return proven_station()


def test_a_link_is_up_with_the_first_valid_data_and_not_before() -> None:
    base = KenwoodBase(CONFIG)
    at = Moment(0.0, START)
    base.opened(at)
    base.feed(b"\xff\xfe garbage\r\n\x02?\x03", SERIAL, at)
    base.feed(b"\x02D1001009\x03", SERIAL, at)
    base.closed("port removed", at)
    states = [(e.state, e.reason) for e in base.events() if isinstance(e, LinkChanged)]
    assert states == [
        (LinkState.CONNECTING, "port open, nothing valid heard yet"),
        (LinkState.UP, "valid data heard"),
        (LinkState.DOWN, "port removed"),
    ]


def test_health_comes_at_first_and_every_five_seconds_with_its_counters() -> None:
    base = KenwoodBase(CONFIG)
    base.opened(Moment(0.0, START))
    assert base.deadline() == 5.0
    base.feed(b"junk\r\n" + burst(report()), SERIAL, Moment(1.0, START))
    for due in (1.0, 6.0, 11.0):
        assert base.deadline() == due
        base.expire(Moment(due, START))
        health = [e for e in base.events() if isinstance(e, LinkHealth)]
        assert [(h.state, h.frames, h.malformed) for h in health] == [(LinkState.UP, 1, 1)]


def test_a_data_sentence_is_a_position(station: Station) -> None:
    assert station.hear(burst(report())) == [
        PositionReported(
            link="kl-base",
            at=station.now,
            radio=NXDN_103,
            point=GeoPoint(55.7, 21.13),
            source=PositionSource.SENTENCE,
            fixed_at=datetime(2026, 3, 1, 10, 0, 1, tzinfo=UTC),
            speed_kmh=18.52,
            bearing_deg=90.0,
        )
    ]


@pytest.mark.parametrize(
    ("body", "radio"),
    [
        (report(unit="U00103"), NXDN_103),
        (report(unit="U00001205"), RadioId("klaipeda", 1205)),
        (report(unit="000004332"), RadioId("klaipeda", 4332)),
        (report().replace("PKNDS", "PKLDS").replace("U00103", "100,1001"), FLEET_UNIT),
    ],
)
def test_systems_have_networks_of_their_own(body: str, radio: RadioId, station: Station) -> None:
    (event,) = station.hear(burst(body))
    assert isinstance(event, PositionReported)
    assert event.radio == radio


def test_nine_digits_over_24_bits_are_dropped(station: Station) -> None:
    assert station.hear(burst(report(unit="999999999"))) == []


def test_a_v_fix_is_stale_and_has_no_motion(station: Station) -> None:
    (event,) = station.hear(burst(report(fix="V")))
    assert isinstance(event, PositionReported)
    assert event.stale
    assert (event.fixed_at, event.speed_kmh, event.bearing_deg) == (None, None, None)


@pytest.mark.parametrize("fix", ["Z", "D", ""])
def test_other_fix_letters_only_show_life(fix: str, station: Station) -> None:
    (event,) = station.hear(burst(report(fix=fix)))
    assert isinstance(event, RadioHeard)


@pytest.mark.parametrize("fix", ["V", "A"])
def test_the_factory_position_is_never_shown(fix: str, station: Station) -> None:
    body = f"PKLSH,3851.3330,N,09447.9417,W,100001,{fix},100,1001,"
    (event,) = station.hear(burst(body))
    assert isinstance(event, RadioHeard)


def test_a_time_without_date_belongs_to_the_nearest_day() -> None:
    station = Station()
    station.base.feed(
        burst("PKNSH,5542.0000,N,02107.8000,E,235958,A,U00103,"),
        SERIAL,
        Moment(200.0, datetime(2026, 3, 1, 0, 0, 3, tzinfo=UTC)),
    )
    (event,) = station.events()
    assert isinstance(event, PositionReported)
    assert event.fixed_at == datetime(2026, 2, 28, 23, 59, 58, tzinfo=UTC)


def test_sentences_of_one_burst_are_one_position(station: Station) -> None:
    events = station.hear(
        burst(
            "GPGGA,100001,5542.0000,N,02107.8000,E,1,08,1.0,12.5,M,,M,,",
            "GPGLL,5542.0000,N,02107.8000,E,100001,A",
            "GPRMC,100001,A,5542.0000,N,02107.8000,E,010.0,090.0,010326,,",
            report(),
            "PKNID,,U00103,,,",
            "PKNSH,5542.0000,N,02107.8000,E,100001,A,U00103,",
        )
    )
    assert [type(e) for e in events].count(PositionReported) == 1


@pytest.mark.parametrize("identity_first", [True, False])
@pytest.mark.parametrize("framed", [True, False])
def test_an_identity_is_paired_with_the_plain_sentence(
    identity_first: bool, framed: bool, station: Station
) -> None:
    bodies = [
        "GPRMC,100001,A,5542.0000,N,02107.8000,E,010.0,090.0,010326,,",
        "PKNID,00,U00103,,,",
    ]
    if identity_first:
        bodies.reverse()
    data = burst(*bodies)
    events = station.hear(data if framed else data.strip(b"\x02\x03"))
    events += [] if framed else station.wait(1.0)
    (place,) = [e for e in events if isinstance(e, PositionReported)]
    assert (place.radio, place.point) == (NXDN_103, GeoPoint(55.7, 21.13))


def test_plain_sentences_of_two_radios_keep_apart(station: Station) -> None:
    lines = [
        "GPRMC,100001,A,5542.0000,N,02107.8000,E,010.0,090.0,010326,,",
        "PKNID,00,U00103,,,",
        "GPRMC,100002,A,5543.0000,N,02107.8000,E,010.0,090.0,010326,,",
        "PKNID,00,U00104,,,",
    ]
    events = station.hear(b"".join(sealed(line) + b"\r\n" for line in lines)) + station.wait(1.0)
    places = [e for e in events if isinstance(e, PositionReported)]
    assert [(p.radio.number, p.point.lat) for p in places] == [
        (103, 55.7),
        (104, pytest.approx(55.716667, abs=1e-6)),
    ]


def test_a_plain_sentence_of_nobody_is_dropped(station: Station) -> None:
    body = "GPRMC,100001,A,5542.0000,N,02107.8000,E,010.0,090.0,010326,,"
    assert station.hear(sealed(body) + b"\r\n") + station.wait(5.0) == []


def test_a_wrong_checksum_is_no_position(station: Station) -> None:
    good = burst(report())
    assert station.hear(good.replace(b"100001", b"100002")) == []


def test_a_port_may_accept_wrong_checksums_and_flags_them() -> None:
    station = Station(replace(CONFIG, accept_bad_checksum=True))
    (event,) = station.hear(burst(report()).replace(b"100001", b"100002"))
    assert isinstance(event, PositionReported)
    assert not event.verified


@pytest.mark.parametrize("ending", [b"*\r\n", b"\r\n"])
def test_an_empty_or_absent_checksum_is_flagged(ending: bytes, station: Station) -> None:
    (event,) = station.hear(b"$" + report().encode() + ending)
    assert isinstance(event, PositionReported)
    assert not event.verified


def test_a_configured_status_is_reported_when_it_changes(station: Station) -> None:
    numbers = ["207", "012", "012", "207", "012", "013", "055", ""]
    heard: list[Event] = []
    for second, number in enumerate(numbers):
        heard += station.hear(burst(report(f"1000{second:02d}", status=number)), after=2.0)
    assert [e.status for e in heard if isinstance(e, StatusReceived)] == [12, 12, 13]


def test_a_status_frame_is_reported_with_any_number(station: Station) -> None:
    (event,) = station.hear(b"\x02xE0000001010000009990002\x03")
    assert event == StatusReceived(
        link="kl-base",
        at=station.now,
        radio=RadioId("klaipeda", 101),
        status=2,
        site="Girulių bokštas",
    )


def test_a_configured_emergency_status_raises_an_alarm_first(station: Station) -> None:
    events = station.hear(burst(report(status="099")))
    alarm, status, place = events
    assert alarm == EmergencyRaised(
        link="kl-base",
        at=station.now,
        radio=NXDN_103,
        source=EmergencySource.STATUS,
        point=GeoPoint(55.7, 21.13),
        site="Girulių bokštas",
        raw=sealed(report(status="099")),
    )
    assert isinstance(status, StatusReceived)
    assert isinstance(place, PositionReported)
    assert place.source is PositionSource.EMERGENCY


def test_an_emergency_repeats_after_half_a_minute_and_not_before(station: Station) -> None:
    raised = []
    for second in range(0, 60, 10):
        events = station.hear(burst(report(f"1000{second:02d}", status="099")), after=10.0)
        raised += [second for e in events if isinstance(e, EmergencyRaised)]
    assert raised == [0, 30]


@pytest.mark.parametrize("number", ["207", "080", "255", "000", ""])
def test_an_unconfigured_number_raises_no_alarm(number: str, station: Station) -> None:
    events = station.hear(burst(report(status=number)))
    assert not any(isinstance(e, EmergencyRaised) for e in events)


def test_a_short_sentence_is_an_alarm_only_where_configured(station: Station) -> None:
    data = burst("PKNSH,5542.0000,N,02107.8000,E,100001,A,U00103,")
    assert not any(isinstance(e, EmergencyRaised) for e in station.hear(data))
    alarm = Station(replace(CONFIG, emergency_on_sh=True)).hear(data)[0]
    assert isinstance(alarm, EmergencyRaised)
    assert alarm.source is EmergencySource.ALARM


def test_a_stale_place_is_not_the_place_of_an_emergency(station: Station) -> None:
    alarm = station.hear(burst(report(fix="V", status="099")))[0]
    assert isinstance(alarm, EmergencyRaised)
    assert alarm.point is None


def test_caller_id_frames_are_a_call(station: Station) -> None:
    (start,) = station.hear(b"\x02gI1U00103U00103\x03")
    (end,) = station.hear(b"\x02gI0U00103U00103\x03", after=4.5)
    assert isinstance(start, CallStarted)
    assert isinstance(end, CallEnded)
    assert (start.radio, start.call) == (NXDN_103, end.call)
    assert end.duration_s == pytest.approx(4.5)
    assert end.reason is CallEndReason.TERMINATOR
    assert end.started_at == start.at.utc


def test_an_end_without_begin_shows_life(station: Station) -> None:
    (event,) = station.hear(b"\x02I020018142001814\x03")
    assert isinstance(event, RadioHeard)
    assert event.radio == RadioId("klaipeda/fleetsync", 2001814)


def test_a_call_without_end_is_lost_after_a_minute(station: Station) -> None:
    station.hear(b"\x02gI1U00103U00103\x03")
    assert station.wait(59.9) == []
    (end,) = station.wait(0.1)
    assert isinstance(end, CallEnded)
    assert end.duration_s == pytest.approx(60.0)
    assert end.reason is CallEndReason.LOST


def test_another_begin_ends_the_call_before(station: Station) -> None:
    station.hear(b"\x02gI1U00103U00103\x03")
    end, start = station.hear(b"\x02gI1U00104U00104\x03", after=3.0)
    assert isinstance(end, CallEnded)
    assert isinstance(start, CallStarted)
    assert end.reason is CallEndReason.PREEMPTED


def test_a_repeated_begin_counts_once(station: Station) -> None:
    assert len(station.hear(b"\x02gI1U00103U00103\x03" * 2)) == 1


def test_calls_within_the_hang_time_are_one_conversation(station: Station) -> None:
    keys = []
    for gap, unit in ((0.0, b"U00103"), (2.0, b"U00104"), (9.0, b"U00103")):
        (start,) = station.hear(b"\x02gI1%s%s\x03" % (unit, unit), after=gap)
        assert isinstance(start, CallStarted)
        keys.append((start.call, start.conversation))
        station.hear(b"\x02gI0%s%s\x03" % (unit, unit), after=1.0)
    (first, first_talk), (_, second_talk), (third, third_talk) = keys
    assert first == first_talk == second_talk
    assert third == third_talk != first


def test_a_caller_id_that_differs_from_its_repetition_is_dropped(station: Station) -> None:
    assert station.hear(b"\x02gI1U00103U00104\x03") == []


def test_seven_digit_frames_mean_nothing_on_a_dmr_base() -> None:
    station = Station(replace(CONFIG, family="dmr"))
    assert station.hear(b"\x02I110040021004002\x03") == []


def test_an_open_line_is_closed_after_two_seconds(station: Station) -> None:
    station.hear(sealed(report()))
    assert station.wait(1.9) == []
    (event,) = station.wait(0.1)
    assert isinstance(event, PositionReported)


def test_bad_octets_are_logged_with_hex_once_per_second(
    station: Station, caplog: pytest.LogCaptureFixture
) -> None:
    for _ in range(50):
        station.hear(b"\x1b[31mred\r\n")
    station.hear(b"junk\r\n", after=1.0)
    assert [record.getMessage() for record in caplog.records if record.levelname == "WARNING"] == [
        "kl-base: dropped (and 0 before): junk octets: 1b 5b 33 31 6d 72 65 64",
        "kl-base: dropped (and 49 before): junk octets: 6a 75 6e 6b",
    ]


@given(st.lists(st.binary(max_size=60), max_size=20), st.integers(0, 2**16))
def test_no_octets_ever_raise(pieces: list[bytes], seed: int) -> None:
    station = Station()
    chance = random.Random(seed)
    good = [burst(report()), b"\x02gI1U00103U00103\x03", b"\x020\x03", b"\x02xE"]
    for piece in pieces:
        station.hear(piece + chance.choice(good)[: chance.randint(0, 80)], chance.random())
    station.wait(120.0)
    station.base.closed("end", station.now)
