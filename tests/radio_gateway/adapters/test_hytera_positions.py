"""Positions of Hytera radios, and the commands that ask for them."""

from datetime import UTC, datetime

import pytest

from radio_gateway.domain.commands import (
    CallAlert,
    RadioCheck,
    RequestPosition,
    SetPositionInterval,
)
from radio_gateway.domain.events import (
    CommandOutcome,
    CommandResult,
    LinkChanged,
    PositionReported,
    PositionSource,
)
from radio_gateway.domain.ids import RadioId
from tests.radio_gateway.adapters.hytera_rig import (
    GPS,
    RADIO,
    REGISTRATION,
    Rig,
    hdap,
)


@pytest.fixture
def rig() -> Rig:
    return Rig()


def test_a_triggered_report_is_a_position(rig: Rig) -> None:
    rig.plain("lp", hdap("08d003", bytes.fromhex("00000082 0a2337fa") + GPS))
    position = rig.events(LinkChanged)[0]
    assert isinstance(position, PositionReported)
    assert position.radio == RADIO
    assert position.point.lat == pytest.approx(56.5110)
    assert position.point.lon == pytest.approx(21.0140)
    assert position.speed_kmh == pytest.approx(22.224)
    assert position.bearing_deg == 90.0
    assert position.fixed_at == datetime(2026, 2, 14, 10, 15, tzinfo=UTC)
    assert position.source is PositionSource.TRIGGERED
    assert not position.stale
    assert position.verified


def test_signal_strength_comes_with_the_position(rig: Rig) -> None:
    rig.plain("lp", hdap("08a003", bytes.fromhex("00000001 0a2337fa 0000") + GPS + b"\xff\xa6"))
    position = rig.events(LinkChanged)[0]
    assert isinstance(position, PositionReported)
    assert position.rssi_dbm == -90.0


def test_a_position_without_a_date_has_no_fix_time(rig: Rig) -> None:
    gps = GPS[:7] + bytes(6) + GPS[13:]
    rig.plain("lp", hdap("08c003", bytes.fromhex("00000001 0a2337fa") + b"00000000" + gps))
    position = rig.events(LinkChanged)[0]
    assert isinstance(position, PositionReported)
    assert position.fixed_at is None


def test_a_position_that_is_not_valid_is_stale(rig: Rig) -> None:
    rig.plain("lp", hdap("08d003", bytes.fromhex("00000001 0a2337fa") + b"V" + GPS[1:]))
    position = rig.events(LinkChanged)[0]
    assert isinstance(position, PositionReported)
    assert position.stale


def test_a_report_without_a_place_is_no_position(rig: Rig) -> None:
    nowhere = b"V" + bytes(39)
    rig.plain("lp", hdap("08d003", bytes.fromhex("00000001 0a2337fa") + nowhere))
    assert rig.events(LinkChanged) == []


def test_a_wrong_checksum_leaves_the_position_unverified(rig: Rig) -> None:
    frame = bytearray(hdap("08d003", bytes.fromhex("00000001 0a2337fa") + GPS))
    frame[-2] ^= 0xFF
    rig.plain("lp", bytes(frame))
    position = rig.events(LinkChanged)[0]
    assert isinstance(position, PositionReported)
    assert not position.verified


def test_a_repeated_report_is_one_position(rig: Rig) -> None:
    for _ in range(100):
        rig.plain("lp", hdap("08d003", bytes.fromhex("00000001 0a2337fa") + GPS))
    assert len(rig.events(LinkChanged)) == 1


def test_a_requested_position_answers_the_command(rig: Rig) -> None:
    rig.plain("rrs", REGISTRATION)
    rig.events()
    rig.sent()
    rig.command(RequestPosition(command="c1", radio=RADIO))
    (request,) = rig.datagrams()
    assert request[:5] == bytes.fromhex("08a0010008")
    assert request[9:13] == bytes.fromhex("0a2337fa")
    rig.plain("lp", hdap("08a002", request[5:13] + b"\0\0" + GPS))
    result, position = rig.events()
    assert isinstance(result, CommandResult)
    assert (result.command, result.outcome) == ("c1", CommandOutcome.DONE)
    assert isinstance(position, PositionReported)
    assert position.source is PositionSource.REQUESTED


def test_a_radio_without_a_fix_fails_the_request(rig: Rig) -> None:
    rig.plain("rrs", REGISTRATION)
    rig.sent()
    rig.command(RequestPosition(command="c1", radio=RADIO))
    (request,) = rig.datagrams()
    rig.events()
    rig.plain("lp", hdap("08a002", request[5:13] + b"\0\x06" + bytes(40)))
    (result,) = rig.events()
    assert isinstance(result, CommandResult)
    assert result.outcome is CommandOutcome.FAILED
    assert result.detail == "the radio has no position"


def test_an_unanswered_request_fails(rig: Rig) -> None:
    rig.plain("rrs", REGISTRATION)
    rig.command(RequestPosition(command="c1", radio=RADIO))
    rig.events()
    rig.run(15.0)
    (result,) = rig.events()
    assert isinstance(result, CommandResult)
    assert result.outcome is CommandOutcome.FAILED
    assert result.detail == "no answer from the radio"


def test_a_request_that_could_not_be_transmitted_fails_with_the_reason(rig: Rig) -> None:
    rig.plain("rrs", REGISTRATION)
    rig.command(RequestPosition(command="c1", radio=RADIO))
    rig.events()
    rig.plain("lp", hdap("140008", bytes.fromhex("002337fa a001 05")))
    (result,) = rig.events()
    assert isinstance(result, CommandResult)
    assert result.outcome is CommandOutcome.FAILED
    assert result.detail == "the radio did not acknowledge"


def test_a_request_on_the_air_waits_for_the_radio(rig: Rig) -> None:
    rig.plain("rrs", REGISTRATION)
    rig.command(RequestPosition(command="c1", radio=RADIO))
    rig.events()
    rig.plain("lp", hdap("140008", bytes.fromhex("002337fa a001 00")))
    assert rig.events() == []
    rig.run(15.0)
    (result,) = rig.events()
    assert isinstance(result, CommandResult)
    assert result.detail == "put on the air, no answer from the radio"


def test_a_captured_report_is_where_its_radio_was(rig: Rig) -> None:
    frame = (
        "08d0030030000000820a210909413231343332343235313031354e343732372e33383439"
        "4530313931322e3130323233352e3035304903000000"
    )
    rig.plain("lp", bytes.fromhex(frame))
    position = rig.events(LinkChanged)[0]
    assert isinstance(position, PositionReported)
    assert position.radio.number == 2165001
    assert position.point.lat == pytest.approx(47.456415, abs=1e-6)
    assert position.point.lon == pytest.approx(19.201703, abs=1e-6)
    assert position.speed_kmh == pytest.approx(64.82)
    assert position.fixed_at == datetime(2015, 10, 25, 21, 43, 24, tzinfo=UTC)


def test_location_requests_keep_a_distance(rig: Rig) -> None:
    rig.plain("rrs", REGISTRATION)
    rig.sent()
    for n in range(3):
        rig.command(RequestPosition(command=f"c{n}", radio=RadioId("palanga", 100 + n)))
    assert len(rig.sent()) == 1
    rig.run(0.3)
    assert len(rig.sent()) == 1
    rig.run(0.3)
    assert len(rig.sent()) == 1


def test_an_interval_is_started_and_stopped_under_one_number(rig: Rig) -> None:
    rig.plain("rrs", REGISTRATION)
    rig.sent()
    rig.events()
    rig.command(SetPositionInterval(command="c1", radio=RADIO, interval_s=30))
    (start,) = rig.datagrams()
    rig.plain("lp", hdap("08c002", start[5:13] + b"\0\0"))
    rig.run(1.0)
    rig.command(SetPositionInterval(command="c2", radio=RADIO, interval_s=0))
    (stop,) = rig.datagrams()
    assert stop[:5] == bytes.fromhex("08c0040008")
    assert stop[5:13] == start[5:13]
    rig.plain("lp", hdap("08c005", stop[5:13] + b"\0\0"))
    outcomes = [(e.command, e.outcome) for e in rig.events() if isinstance(e, CommandResult)]
    assert outcomes == [("c1", CommandOutcome.DONE), ("c2", CommandOutcome.DONE)]


def test_a_check_of_a_radio_that_is_off_fails(rig: Rig) -> None:
    rig.plain("rrs", REGISTRATION)
    rig.sent()
    rig.command(RadioCheck(command="c1", radio=RADIO))
    assert rig.datagrams() == [hdap("110002", bytes.fromhex("0a2337fa"))]
    rig.events()
    rig.plain("rrs", hdap("110082", bytes.fromhex("0a2337fa 01")))
    (result,) = rig.events()
    assert isinstance(result, CommandResult)
    assert result.outcome is CommandOutcome.FAILED


def test_a_radio_as_base_refuses_what_needs_a_control_port(rig: Rig) -> None:
    rig.plain("rrs", REGISTRATION)
    rig.events()
    rig.command(CallAlert(command="c1", radio=RADIO))
    (result,) = rig.events()
    assert isinstance(result, CommandResult)
    assert result.outcome is CommandOutcome.REFUSED


def test_a_call_alert_is_answered_by_the_repeater(rig: Rig) -> None:
    rig.connect("rrs1", "rcp1")
    rig.hstrp("rrs1", REGISTRATION)
    rig.sent()
    rig.events()
    rig.command(CallAlert(command="c1", radio=RADIO))
    assert rig.texts() == [hdap("023508", bytes.fromhex("fa372300"))]
    rig.hstrp("rcp1", hdap("023588", bytes.fromhex("00 fa372300")))
    (result,) = rig.events()
    assert isinstance(result, CommandResult)
    assert result.outcome is CommandOutcome.DONE
