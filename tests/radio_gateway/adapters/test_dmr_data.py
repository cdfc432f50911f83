"""Data of radios over any base that hands bursts on: what it says, and what nobody can read."""

from dataclasses import dataclass

import pytest

from radio_gateway.adapters._dmr_receiver import Receiver
from radio_gateway.domain.events import (
    EmergencyRaised,
    EmergencySource,
    Event,
    PositionReported,
    PositionSource,
    RadioDeregistered,
    RadioHeard,
    RadioRegistered,
    StatusReceived,
    TelemetryReceived,
    TextReceived,
)
from radio_gateway.domain.geo import GeoPoint
from radio_gateway.domain.ids import RadioId, TalkgroupId
from radio_gateway.protocols.dmr import short_text
from radio_gateway.protocols.dmr.air import Parties
from radio_gateway.protocols.dmr.checks import CrcMask, seal
from radio_gateway.protocols.dmr.data_header import Sap, StatusHeader
from radio_gateway.protocols.dmr.header_building import build_data_header
from radio_gateway.protocols.dmr.packet_building import Packet, datagram, packet, short_data
from radio_gateway.protocols.dmr.slot_type import DataType
from radio_gateway.protocols.errors import MalformedError
from tests.radio_gateway.support import moment

RADIO, OTHER, GROUP = 2308195, 2308196, 101
OFFICER = RadioId("coast", RADIO)
TO_OTHER, TO_GROUP = Parties(OTHER, RADIO), Parties(GROUP, RADIO, group=True)
EMERGENCY = (  # B003 hex: address, kind 1, a fix of 2015; end without its checksum
    bytes.fromhex("08b003002d 0a233863 01") + b"A183648261015N4718.8051E01854.43870.1121\0\x03"
)
LIP = "07800001c000004a00da"
"""Published example (tests/vectors/dmr): 22.5 S 45 W, under 20 m, 20 km/h north, under 5 min, an
answer."""


@dataclass(frozen=True)
class Frame:
    sequence: int
    repeater_id: int = 1
    slot: int = 1
    stream: bytes = b"data"
    group: bool = False
    source: int = RADIO
    target: int = OTHER
    bit_errors: int | None = None
    rssi_dbm: int | None = None


class Air:
    """A receiver and what it has told; bursts are numbered through 255 and on."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.receiver = Receiver(
            "air", "coast", self.events.append, hang_time_s=3.0, lost_after_s=0.36
        )
        self.sequence = 253
        self.now = 0.0

    def burst(self, kind: DataType, block: bytes) -> None:
        self.sequence = (self.sequence + 1) % 256
        self.now += 0.06
        self.receiver.block(Frame(self.sequence), kind, block, 1, "Osta", moment(self.now))

    def send(self, sent: Packet, lost: int | None = None) -> None:
        self.burst(DataType.DATA_HEADER, build_data_header(sent.header))
        for number, block in enumerate(sent.blocks):
            if number == lost:
                self.sequence = (self.sequence + 1) % 256
            else:
                self.burst(sent.rate, block)

    def told(self) -> list[Event]:
        return [event for event in self.events if not isinstance(event, RadioHeard)]


@pytest.fixture
def air() -> Air:
    return Air()


def udp(
    port: int, payload: bytes, parties: Parties = TO_OTHER, *, confirmed: bool = False
) -> Packet:
    return datagram(
        payload,
        parties,
        source_port=port,
        target_port=port,
        identification=7,
        confirmed=confirmed,
    )


@pytest.mark.parametrize("confirmed", [False, True])
def test_a_text_as_short_data(air: Air, confirmed: bool) -> None:
    content = short_text.encode("Šventoji", short_text.UTF_16_BE)
    air.send(
        short_data(content, TO_OTHER, character_format=short_text.UTF_16_BE, confirmed=confirmed)
    )
    (text,) = air.told()
    assert isinstance(text, TextReceived)
    assert (text.radio, text.text, text.site) == (OFFICER, "Šventoji", "Osta")
    assert text.called == RadioId("coast", OTHER)


def test_a_text_to_a_talkgroup(air: Air) -> None:
    # Motorola's text "Hi", sequence 14, to the group
    air.send(udp(4007, bytes.fromhex("000ca0008e040d000a0048006900"), TO_GROUP))
    (text,) = air.told()
    assert isinstance(text, TextReceived)
    assert (text.text, text.talkgroup, text.called) == ("Hi", TalkgroupId("coast", GROUP), None)


def test_a_radio_switches_on_and_off(air: Air) -> None:
    air.send(udp(4005, bytes.fromhex("000cf02007") + b"2308195\0\0"))
    air.send(udp(4005, bytes.fromhex("000131")))
    on, off = air.told()
    assert isinstance(on, RadioRegistered)
    assert isinstance(off, RadioDeregistered)
    assert on.radio == off.radio == OFFICER


def test_a_status_stands_in_its_header(air: Air) -> None:
    header = StatusHeader(
        target=OTHER, source=RADIO, sap=Sap.SHORT_DATA, source_port=0, target_port=0, status=301
    )
    for _ in range(2):
        air.burst(DataType.DATA_HEADER, build_data_header(header))
    (status,) = air.told()
    assert isinstance(status, StatusReceived)
    assert (status.radio, status.status) == (OFFICER, 301)


def test_an_emergency_report_of_hytera_is_an_alarm_and_a_place(air: Air) -> None:
    air.send(udp(3003, EMERGENCY))
    raised, place = air.told()
    assert isinstance(raised, EmergencyRaised)
    assert (raised.radio, raised.source) == (OFFICER, EmergencySource.POSITION)
    assert raised.point is not None
    assert raised.raw == EMERGENCY
    assert isinstance(place, PositionReported)
    assert place.source is PositionSource.EMERGENCY


def test_what_nobody_can_read_is_handed_on_once(air: Air) -> None:
    for _ in range(2):
        air.send(udp(4008, b"\x01\x02"))
        air.send(packet(b"whatever", TO_OTHER, sap=Sap.ARP))
    kinds = [(e.kind, e.data) for e in air.told() if isinstance(e, TelemetryReceived)]
    assert kinds == [("dmr/udp_4008", b"\x01\x02"), ("dmr/sap_5", b"whatever")]


def test_a_damaged_registration_is_handed_on_as_it_came(air: Air) -> None:
    air.send(udp(4005, bytes.fromhex("00ff31")))
    (raw,) = air.told()
    assert isinstance(raw, TelemetryReceived)
    assert (raw.kind, raw.data.hex()) == ("dmr/udp_4005", "00ff31")


def test_a_lost_block_is_sent_again_alone(air: Air) -> None:
    text = bytes.fromhex("0900a10018000000010a2338640a233863") + "Sveiki".encode("utf-16-le")
    sent = udp(3004, text + b"\0\x03", confirmed=True)
    air.send(sent, lost=1)
    assert air.told() == []
    again = Packet(sent.header, sent.blocks, sent.rate)
    air.send(again)
    (received,) = air.told()
    assert isinstance(received, TextReceived)
    assert received.text == "Sveiki"


def test_a_lost_block_of_an_unconfirmed_packet_loses_it(air: Air) -> None:
    air.send(udp(4007, bytes.fromhex("000ca0008e040d000a0048006900")), lost=1)
    assert air.told() == []


def test_repetitions_are_told_once(air: Air) -> None:
    for _ in range(3):
        air.send(udp(4005, bytes.fromhex("000cf02007") + b"2308195\0\0"))
    assert len(air.told()) == 1


def test_radios_that_send_data_are_heard(air: Air) -> None:
    air.send(udp(4008, b"\x01\x02"))
    assert [e.radio for e in air.events if isinstance(e, RadioHeard)] == [OFFICER]


def test_a_hytera_text_that_nobody_answered_is_told_once_however_often_it_comes(air: Air) -> None:
    """A radio repeats it after seconds, with the same request number in new packets."""
    text = bytes.fromhex("0900a10018000000010a2338640a233863") + "Sveiki".encode("utf-16-le")
    for identification in range(4):
        air.send(
            datagram(
                text + b"\0\x03",
                TO_OTHER,
                source_port=3004,
                target_port=3004,
                identification=identification,
            )
        )
        air.now += 12.0
    assert [event.text for event in air.told() if isinstance(event, TextReceived)] == ["Sveiki"]


def usb(octets: str) -> bytes:
    return seal(bytes.fromhex(octets), CrcMask.USB_DATA)


def test_a_short_location_report_is_the_place_of_the_radio_in_its_envelope(air: Air) -> None:
    for _ in range(2):
        air.burst(DataType.USB_DATA, usb(LIP))
    (place,) = air.told()
    assert isinstance(place, PositionReported)
    assert (place.radio, place.point) == (OFFICER, GeoPoint(-22.5, -45.0))
    assert (place.error_m, place.speed_kmh, place.bearing_deg) == (20.0, 20.0, 0.0)
    assert (place.fixed_at, place.stale) == (None, False)
    assert place.source is PositionSource.REQUESTED
    assert [e.radio for e in air.events if isinstance(e, RadioHeard)] == [OFFICER]


@pytest.mark.parametrize(
    ("octets", "stale", "source", "speed", "bearing", "error"),
    [  # worked out from the example: octet 0 bits 2-3 the age; the last four octets hold error 3
        # bits (from the last bit of octet 6), speed 7, direction 4, reason 3, hash 8
        ("0b800001c000004a00da", True, PositionSource.REQUESTED, 20.0, 0.0, 20.0),
        ("0f800001c000004a00da", False, PositionSource.REQUESTED, 20.0, 0.0, 20.0),
        ("07800001c000004a01da", False, PositionSource.TRIGGERED, 20.0, 0.0, 20.0),
        ("07800001c000004a20da", False, PositionSource.REQUESTED, 20.0, 90.0, 20.0),
        ("07800001c000007fa0da", False, PositionSource.REQUESTED, None, 90.0, 20.0),
        ("07800001c00001ca00da", False, PositionSource.REQUESTED, 20.0, 0.0, None),
    ],
    ids=["under 30 min", "age unknown", "other reason", "east", "too fast", "error unknown"],
)
def test_what_a_short_location_report_does_not_know_is_not_told(
    air: Air,
    octets: str,
    stale: bool,
    source: PositionSource,
    speed: float | None,
    bearing: float,
    error: float | None,
) -> None:
    air.burst(DataType.USB_DATA, usb(octets))
    (place,) = air.told()
    assert isinstance(place, PositionReported)
    assert (place.stale, place.source) == (stale, source)
    assert (place.speed_kmh, place.bearing_deg, place.error_m) == (speed, bearing, error)


def test_a_short_location_report_of_nowhere_or_with_a_bad_crc_is_no_place(air: Air) -> None:
    air.burst(DataType.USB_DATA, usb("040000000000004a00da"))
    with pytest.raises(MalformedError, match="CRC"):
        air.burst(DataType.USB_DATA, seal(bytes.fromhex(LIP), CrcMask.CSBK))
    assert air.told() == []


def test_single_bursts_of_other_services_are_handed_on(air: Air) -> None:
    block = usb("1" + LIP[1:])
    air.burst(DataType.USB_DATA, block)
    (raw,) = air.told()
    assert isinstance(raw, TelemetryReceived)
    assert (raw.radio, raw.kind, raw.data) == (OFFICER, "dmr/usb_1", block)
