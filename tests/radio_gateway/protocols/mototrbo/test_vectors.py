"""Every captured or published datagram: read as its source says, and written back the same."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from radio_gateway.protocols.errors import MalformedError
from radio_gateway.protocols.mototrbo import ars, battery, lrrp, tms, xcmp
from radio_gateway.protocols.mototrbo.addressing import Networks, Side
from radio_gateway.protocols.mototrbo.lrrp import DocumentKind, Token

FOLDER = Path(__file__).parents[3] / "vectors" / "mototrbo"
Expect = dict[str, Any]
TOLERANCE = 2e-5


def load(name: str) -> list[Any]:
    entries = json.loads((FOLDER / f"{name}.json").read_text())
    return [
        pytest.param(bytes.fromhex(entry["hex"]), entry["expect"], id=entry["name"])
        for entry in entries
    ]


@pytest.mark.parametrize(("octets", "expect"), load("ars"))
def test_ars(octets: bytes, expect: Expect) -> None:
    message = ars.parse_ars(octets)
    assert message.build() == octets
    kinds = {
        "device_registration": ars.Registration,
        "device_deregistration": ars.Deregistration,
        "device_or_query_ack": ars.Answer,
        "query": ars.Query,
        "user_registration": ars.UserRegistration,
        "user_deregistration": ars.UserDeregistration,
    }
    assert type(message) is kinds[expect["type"]]
    if isinstance(message, ars.Registration | ars.UserRegistration):
        assert message.event.name.lower() == expect["event"]
        assert message.encoding == expect["encoding"]
        found = (message.device, message.user, message.password.decode())
        assert found == (expect["device_id"], expect["user_id"], expect["password"])
    if isinstance(message, ars.Answer):
        assert message.success is expect["success"]
        assert message.refresh_minutes == expect["refresh_minutes"]


@pytest.mark.parametrize(("octets", "expect"), load("tms"))
def test_tms(octets: bytes, expect: Expect) -> None:
    message = tms.parse_tms(octets)
    assert message.build() == octets
    kinds = {
        "text": tms.Text,
        "ack": tms.TextAnswer,
        "service_availability": tms.Availability,
    }
    assert type(message) is kinds[expect["type"]]
    assert not isinstance(message, tms.UnknownTms)
    assert message.address.hex() == expect["address"]
    if isinstance(message, tms.Text):
        assert (message.text, message.sequence) == (expect["text"], expect["sequence"])
        assert message.octets.decode("utf-16-le") == expect["raw_text"]
        assert message.encoding == expect["encoding"]
        assert message.wants_answer is expect["ack_required"]
        assert message.reserved is expect["reserved_flag"]
    if isinstance(message, tms.TextAnswer):
        assert message.sequence == expect.get("sequence")
    if isinstance(message, tms.Availability):
        assert message.capability == expect["capability"]
        assert message.wants_answer is expect["ack_required"]


QUERIES = {
    "accuracy": Token.RETURN_ACCURACY,
    "accuracy+time": Token.RETURN_ACCURACY_AND_TIME,
    "time": Token.RETURN_TIME,
    "ret-info": Token.RETURN_INFO,
    "altitude": Token.REQUEST_ALTITUDE,
    "heading": Token.REQUEST_HEADING,
    "speed": Token.REQUEST_SPEED,
    "vertical_speed": Token.REQUEST_VERTICAL_SPEED,
}
DOCUMENTS = {
    "ImmediateLocationRequest": DocumentKind.IMMEDIATE_REQUEST,
    "ImmediateLocationReport": DocumentKind.IMMEDIATE_REPORT,
    "TriggeredLocationStartRequest": DocumentKind.START_REQUEST,
    "TriggeredLocationStartAnswer": DocumentKind.START_ANSWER,
    "TriggeredLocationReport": DocumentKind.TRIGGERED_REPORT,
    "TriggeredLocationStopRequest": DocumentKind.STOP_REQUEST,
    "TriggeredLocationStopAnswer": DocumentKind.STOP_ANSWER,
    "UnsolicitedLocationReport": DocumentKind.UNSOLICITED_REPORT,
}
SHAPES = {
    "circle-2d": 0x51,
    "circle-3d": 0x55,
    "point-2d": 0x66,
    "point-3d": 0x69,
}


@pytest.mark.parametrize(("octets", "expect"), load("lrrp"))
def test_lrrp(octets: bytes, expect: Expect) -> None:
    (document,) = lrrp.parse_lrrp(octets)
    assert lrrp.build_document(document) == octets
    assert not isinstance(document, lrrp.OtherDocument)
    assert not document.unread
    assert document.kind == DOCUMENTS[expect["document"]]
    if isinstance(document, lrrp.Report):
        check_report(document, expect)
    else:
        check_request(document, expect)


def check_request(request: lrrp.Request, expect: Expect) -> None:
    assert request.id == (bytes.fromhex(expect["request_id"]) if "request_id" in expect else None)
    assert request.interval_s == expect.get("interval_s")
    assert request.condition == expect.get("trigger_condition")
    tokens = [item.token for item in request.items]
    asked = [token for token in tokens if token in QUERIES.values()]
    assert asked == [QUERIES[name] for name in expect.get("query", [])]
    triggers = {"periodic": Token.TRIGGER, "oneshot": Token.ONE_SHOT, None: None}
    wanted = triggers[expect.get("trigger")]
    assert wanted is None or wanted in tokens
    extra = [item.value for item in request.items if item.token is Token.EXTRA]
    assert extra == ([bytes.fromhex(expect["token_40"])] if "token_40" in expect else [])


def check_report(report: lrrp.Report, expect: Expect) -> None:
    assert report.request == bytes.fromhex(expect["request_id"])
    assert report.result == expect.get("result_code")
    assert report.shape == SHAPES.get(expect.get("shape", ""))
    when = expect.get("time")
    assert report.time == (datetime.fromisoformat(when) if when else None)
    floats = {
        "latitude": report.latitude_deg,
        "longitude": report.longitude_deg,
        "radius_m": report.radius_m,
        "altitude_m": report.altitude_m,
        "speed_mps": report.speed_mps,
        "heading_deg": report.heading_deg,
        "vertical_speed_mps": report.vertical_mps,
    }
    for name, found in floats.items():
        if name in expect:
            assert found == pytest.approx(expect[name], abs=TOLERANCE), name
        elif name not in ("latitude", "longitude"):
            assert found is None, name


@pytest.mark.parametrize(("octets", "expect"), load("battery"))
def test_battery(octets: bytes, expect: Expect) -> None:
    message = battery.parse_battery(octets)
    assert message.build() == octets
    match message:
        case battery.Discovery():
            found: Expect = {"type": "discovery"}
        case battery.BatteryRegistration():
            found = {
                "type": "registration",
                "radio_esn": message.radio.hex(),
                "battery_kind": message.kind.name.lower(),
                "registration_id": message.registration.hex(),
                "battery_serial": message.serial,
            }
        case battery.BatteryRegistrationAnswer():
            found = {"type": "registration_ack", "hash": message.proof.hex()}
        case battery.BatteryQuery():
            found = {
                "type": "query",
                "request_id": message.request.hex(),
                "extended": message.fixed_too,
            }
        case battery.BatteryReply():
            found = {
                "type": "query_reply",
                "request_id": message.request.hex(),
                "status": message.status,
            }
            if message.serial is not None:
                found |= {
                    "battery_serial": message.serial,
                    "charge_percent": message.charge_percent,
                }
    assert found == expect


@pytest.mark.parametrize(("octets", "expect"), load("xcmp"))
def test_xcmp(octets: bytes, expect: Expect) -> None:
    message = xcmp.parse_xcmp(octets)
    assert message.build() == octets
    match message:
        case xcmp.DeviceInit():
            found: Expect = {
                "version": ".".join(map(str, message.version)),
                "product": message.product,
                "init_state": message.init,
                "device_type": message.device_type,
                "status": message.status,
                "attributes": {f"{number:02x}": value for number, value in message.attributes},
            }
        case xcmp.RadioControl():
            found = {
                "feature": message.feature,
                "operation": message.operation,
                "address_type": message.address_type,
                "address": message.radio,
            }
        case _:
            pytest.fail("a message without a name")
    assert found | {"opcode": f"{message.OPCODE:04X}"} == expect


def test_other_control_messages_are_kept_and_told_apart() -> None:
    # by the rule: a reply has bit 15, a broadcast bits 15, 13 and 12 of the opcode set
    refused = xcmp.parse_xcmp(bytes.fromhex("841C03"))
    assert isinstance(refused, xcmp.OtherXcmp)
    assert refused.result == xcmp.XcmpResult.UNSUPPORTED
    for octets in ("000E", "B410FF", "041D00"):
        other = xcmp.parse_xcmp(bytes.fromhex(octets))
        assert isinstance(other, xcmp.OtherXcmp)
        assert other.result is None
        assert other.build() == bytes.fromhex(octets)


@pytest.mark.parametrize("octets", ["", "B4", "B4000904000500010000020005FF", "041C000101020027"])
def test_control_messages_against_their_layout_are_malformed(octets: str) -> None:
    with pytest.raises(MalformedError):
        xcmp.parse_xcmp(bytes.fromhex(octets))


@pytest.mark.parametrize(("octets", "expect"), load("ipv4"))
def test_a_captured_packet_from_its_addresses_to_the_place(octets: bytes, expect: Expect) -> None:
    networks = Networks()
    source, destination = (".".join(map(str, octets[at : at + 4])) for at in (12, 16))
    assert (source, destination) == (expect["src_ip"], expect["dst_ip"])
    assert networks.owner(source) == (Side.RADIO, expect["src_radio_id"])
    assert networks.owner(destination) == (Side.COMPUTER, expect["dst_id"])
    assert networks.radio_address(expect["src_radio_id"]) == source
    payload = octets[28:]
    assert payload.hex() == expect["payload"]
    (report,) = lrrp.parse_lrrp(payload)
    assert lrrp.build_document(report) == payload
    assert isinstance(report, lrrp.Report)
    check_report(report, expect["app"])


@pytest.mark.parametrize(
    ("octets", "value"),
    [
        # worked out by hand from the rule
        ("25", 37),
        ("8120", 160),
        ("8757", 983),
        ("828F25", 34725),
        ("8FFFFFFF7F", 2**32 - 1),
    ],
)
def test_whole_numbers(octets: str, value: int) -> None:
    from radio_gateway.protocols.mototrbo.numbers import build_unsigned, read_unsigned

    data = bytes.fromhex(octets)
    assert read_unsigned(data, 0, len(data)) == (value, len(data))
    assert build_unsigned(value) == data


@pytest.mark.parametrize(
    ("octets", "value"),
    [
        ("2540", 37.5),
        ("0063", 0.7734375),
        ("81208757", 160 + 983 / 16384),
        ("0A73", 10 + 115 / 128),
    ],
)
def test_fractions_are_counted_in_powers_of_128(octets: str, value: float) -> None:
    from radio_gateway.protocols.mototrbo.numbers import build_float, read_float

    data = bytes.fromhex(octets)
    assert read_float(data, 0, len(data)) == (value, len(data))
    assert build_float(value) == data


@pytest.mark.parametrize(
    ("octets", "value"),
    [
        ("6500", -37.0),
        ("C12000", -160.0),
        ("400A", -0.078125),
        ("810A40", 138.5),
        ("4110", -1.125),
        ("804000", 64.0),
    ],
)
def test_signs_are_kept_also_of_what_is_between_minus_one_and_zero(
    octets: str, value: float
) -> None:
    from radio_gateway.protocols.mototrbo.numbers import build_signed_float, read_signed_float

    data = bytes.fromhex(octets)
    assert read_signed_float(data, 0, len(data)) == (value, len(data))
    assert build_signed_float(value) == data


@pytest.mark.parametrize(
    ("octets", "lat", "lon"),
    [
        ("505CBBC20EF0E63F", 56.5047, 21.0108),
        ("4F38F3DD0F0933CC", 55.7033, 21.1443),
        ("7FFFFFFF00000000", 90.0, 0.0),
        ("C000000080000000", -45.0, -180.0),
    ],
)
def test_places(octets: str, lat: float, lon: float) -> None:
    from radio_gateway.protocols.mototrbo.lrrp_report import scaled_place

    (report,) = lrrp.parse_lrrp(bytes.fromhex("0D0966" + octets))
    assert isinstance(report, lrrp.Report)
    assert report.latitude_deg == pytest.approx(lat, abs=1e-7)
    assert report.longitude_deg == pytest.approx(lon, abs=1e-7)
    latitude, longitude = scaled_place(lat, lon)
    sent = bytes.fromhex(octets)
    assert (latitude, longitude) == (
        int.from_bytes(sent[:4], "big"),
        int.from_bytes(sent[4:], "big", signed=True),
    )


def test_everything_that_a_report_in_space_can_carry() -> None:
    # worked out by hand from the token tables
    octets = bytes.fromhex("0D1A220400000001 69505CBBC20EF0E63F810A40 6C0560 562D 704110")
    (report,) = lrrp.parse_lrrp(octets)
    assert isinstance(report, lrrp.Report)
    assert (report.altitude_m, report.speed_mps, report.vertical_mps) == (138.5, 5.75, -1.125)
    assert report.heading_deg == 90
    assert lrrp.build_document(report) == octets


def test_a_document_with_a_constant_table_keeps_it() -> None:
    octets = bytes.fromhex("040E 05 0449505634 220400000001 52 57")
    (request,) = lrrp.parse_lrrp(octets)
    assert isinstance(request, lrrp.Request)
    assert (request.table, request.id) == (b"\x04IPV4", bytes.fromhex("00000001"))
    assert lrrp.build_document(request) == octets


def test_what_follows_an_unknown_token_is_kept_and_not_guessed() -> None:
    (report,) = lrrp.parse_lrrp(bytes.fromhex("0D11 2201AA 66505CBBC20EF0E63F 7E 0102 6C0560"))
    assert isinstance(report, lrrp.Report)
    assert report.request == b"\xaa"
    assert report.shape == 0x66
    assert report.speed_mps is None
    assert report.unread == bytes.fromhex("7E01026C05")


def test_several_documents_and_padding() -> None:
    octets = bytes.fromhex("0B0322 01AA") + bytes.fromhex("0D0422 01AA 38") + bytes(5)
    answer, report = lrrp.parse_lrrp(octets)
    assert isinstance(answer, lrrp.Report)
    assert isinstance(report, lrrp.Report)
    assert (answer.kind, answer.result) == (DocumentKind.START_ANSWER, None)
    assert (report.kind, report.result) == (DocumentKind.TRIGGERED_REPORT, 0)


@pytest.mark.parametrize(
    ("octets", "sequence"),
    [("0006A0008E044100", 14), ("0006A00091444100", 81), ("0006E00083244100", 35)],
)
def test_sequence_numbers_of_texts_have_seven_bits(octets: str, sequence: int) -> None:
    message = tms.parse_tms(bytes.fromhex(octets))
    assert isinstance(message, tms.Text)
    assert (message.sequence, message.text) == (sequence, "A")
    assert message.build() == bytes.fromhex(octets)


@pytest.mark.parametrize(
    ("answer", "octets"),
    [
        (tms.TextAnswer(35, reserved=False), "00049F008320"),
        (tms.TextAnswer(99, reserved=False), "00049F008360"),
        (tms.TextAnswer(7), "0003BF0007"),
        (tms.TextAnswer(), "00021F00"),
    ],
)
def test_answers_to_texts(answer: tms.TextAnswer, octets: str) -> None:
    assert answer.build() == bytes.fromhex(octets)
    assert tms.parse_tms(bytes.fromhex(octets)) == (
        answer if answer.sequence is not None else tms.TextAnswer(reserved=False)
    )


def test_letters_of_latvian_and_lithuanian_are_sent_as_they_are_and_others_as_a_question() -> None:
    octets = tms.Text.saying("Žvėris ķēris \U0001f694", 3, wants_answer=True).build()
    words = "\r\nŽvėris ķēris ?".encode("utf-16-le")
    assert octets == bytes([0, 4 + len(words), 0xE0, 0, 0x83, 4]) + words


def test_an_answer_of_csbk_systems_has_two_octets_more() -> None:
    octets = bytes.fromhex("00033F1080")
    answer = ars.parse_ars(octets)
    assert answer == ars.Answer(success=True, rest=b"\x10\x80")
    assert answer.build() == octets


def test_a_registration_may_end_before_its_last_names() -> None:
    message = ars.parse_ars(bytes.fromhex("0005F020023131"))
    assert message == ars.Registration(ars.RegistrationEvent.INITIAL, "11")


def test_a_password_is_not_shown() -> None:
    message = ars.parse_ars(bytes.fromhex("000AF0400231310003616263"))
    assert isinstance(message, ars.Registration)
    assert message.password == b"abc"
    assert "abc" not in repr(message)
    with pytest.raises(MalformedError) as told:
        ars.parse_ars(bytes.fromhex("0009F04002313100036162"))
    assert "61 62" not in str(told.value)


def test_refusals_of_registrations() -> None:
    assert ars.parse_ars(bytes.fromhex("0002FF00")) == ars.Answer(success=False, value=0)
    assert ars.Answer(success=True, value=2).build() == bytes.fromhex("0002BF02")
    assert ars.UserAnswer(value=0).build() == bytes.fromhex("0002B700")


def test_weeks_that_a_receiver_lost_are_given_back() -> None:
    from radio_gateway.protocols.mototrbo.lrrp_report import without_rollover

    received = datetime(2026, 2, 14, 10, 0, tzinfo=UTC)
    early = datetime(2006, 7, 1, 9, 59, 58, tzinfo=UTC)  # 7168 days before
    assert without_rollover(early, received) == datetime(2026, 2, 14, 9, 59, 58, tzinfo=UTC)
    twice = datetime(1986, 11, 15, 9, 59, 58, tzinfo=UTC)  # 14336 days before
    assert without_rollover(twice, received) == datetime(2026, 2, 14, 9, 59, 58, tzinfo=UTC)
    for other in (datetime(2006, 6, 1, tzinfo=UTC), datetime(9999, 12, 31, 23, tzinfo=UTC)):
        assert without_rollover(other, received) == other


@pytest.mark.parametrize("stamp", ["0000000000", "1F973380C6", "1F97328FFF"])
def test_a_time_that_is_none_leaves_the_place(stamp: str) -> None:
    (report,) = lrrp.parse_lrrp(bytes.fromhex("0D0F34" + stamp + "66505CBBC20EF0E63F"))
    assert isinstance(report, lrrp.Report)
    assert report.time is None
    assert report.shape == 0x66


@pytest.mark.parametrize("host", ["12.0.0.0", "11.0.0.1", "::1", "12.0.0.1.2", "", "12.0.0.256"])
def test_addresses_of_nobody(host: str) -> None:
    assert Networks().owner(host) is None


def test_networks_that_cannot_be() -> None:
    for wrong in ((0, 13, 225), (12, 12, 225), (12, 224, 225), (12, 13, 200)):
        with pytest.raises(ValueError, match="network"):
            Networks(*wrong)
