"""Frames to fields and events, one protocol after the other."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from radio_gateway.decoding import PROTOCOLS, Decoded, Decoder, UnreadableError
from radio_gateway.decoding_fields import fields_of
from radio_gateway.protocols.dmr.link_control import ServiceOption
from tests.radio_gateway.support import moment

DMRD = (  # a live repeater's frame: voice, group 9, slot 2
    "444d5244192807220000090028072290864b516baded847205ae0062959308849047f7d5dd57dfd9537a101efe3e"
    "d4206e153827e70139"
)
LC_HEADER = "0770098007fc218852206520545dff57d75df5d8547804d03ed03e002a016503f3"
CALL_REQUEST = "0241080500006f0000007503"
HSTRP_CONNECT = "324200240002830400000001040101"
HRNP_ACCEPT = "7e0300fd10200000000c70d3"
IPSC_PING = "000000000a0000001400000000" + "00" * 7
RTP = "90080007000000a000000001 00150003 04 2337fc 00006f 00 00000000 d5d5"
RMC = b"$GPRMC,142754.00,A,4302.5396,N,07920.3798,W,0.0,,070617,0.0,E,A*0A"
PKLDS = b"$PKLDS,220516,A,5133.82,N,00042.24,W,173.8,231.8,130694,004.2,W00,100,2000,15,00,*60"


def one(data: bytes | str, protocol: str | None = None) -> Decoded:
    octets = bytes.fromhex(data) if isinstance(data, str) else data
    (found,) = Decoder().decode(octets, moment(), protocol)
    json.dumps([found.frame, found.events])
    return found


def test_a_homebrew_frame_shows_its_burst_and_begins_a_call() -> None:
    found = one(DMRD)
    assert found.protocol == "homebrew"
    frame = found.frame
    assert (frame["type"], frame["source"], frame["target"]) == ("dmr_frame", 2623266, 9)
    assert (frame["slot"], frame["group"], frame["rssi_dbm"]) == (2, True, -57)
    assert frame["burst"]["type"] == "voice_burst"
    (event,) = found.events
    assert event["kind"] == "call_started"
    assert event["body"]["radio"] == {"network": "capture", "number": 2623266}
    assert event["body"]["late_entry"] is True


def test_a_burst_shows_what_its_information_field_says() -> None:
    found = one(LC_HEADER)
    assert found.protocol == "dmr-burst"
    assert found.frame["slot_type"] == {"colour_code": 5, "data_type": "voice_lc_header"}
    assert found.frame["content"]["type"] == "voice_lc"
    assert (found.frame["content"]["source"], found.frame["content"]["target"]) == (2308092, 111)
    assert found.events == []


def test_a_control_block_shows_its_name_and_the_channel_that_it_grants() -> None:
    # slot type CSBK of colour code 1 around b1 00 123e 000009 280722 and its CRC
    found = one("10dc20350c480a201462983204cdff57d75df5daca224e7941a924a003842ba926")
    content = found.frame["content"]
    assert content["name"] == "talkgroup voice grant"
    assert (content["message"]["channel"], content["message"]["slot"]) == (0x123, 2)
    assert content["message"]["emergency"] is True


def test_a_short_location_report_shows_its_place() -> None:
    # the published ten octets 07800001c000004a00da and their CRC in a USB data burst
    found = one("006083d901ce4c7c8de12b8006fdff57d75df5ddd0cc2bb840e209a85390139067")
    content = found.frame["content"]
    assert (content["point"]["lat"], content["point"]["lon"]) == (-22.5, -45.0)


def test_a_voice_burst_shows_the_key_that_it_announces() -> None:
    # the published fragment 44428881 in a burst F of silence
    frame = one("b9e881526173002a6bb9e8815261144428881e2173002a6bb9e881526173002a6b").frame
    assert (frame["key_notice"]["key_id"], frame["key_notice"]["name"]) == (1, "AES-256")
    assert one(LC_HEADER).frame.get("key_notice") is None


def test_hytera_messages_are_found_in_their_envelopes() -> None:
    found = one(CALL_REQUEST)
    assert found.protocol == "hytera"
    assert found.frame["service"] == "rcp"
    assert found.frame["message"]["type"] == "call_request"
    assert found.frame["message"]["target"] == 111
    assert one(HSTRP_CONNECT).frame["type"] == "hstrp"


@pytest.mark.parametrize(
    ("protocol", "octets", "kind"),
    [
        ("hdap", CALL_REQUEST, "hdap"),
        ("hstrp", HSTRP_CONNECT, "hstrp"),
        ("hrnp", HRNP_ACCEPT, "hrnp"),
        ("ipsc", IPSC_PING, "ipsc_ping"),
        ("rtp", RTP, "rtp"),
    ],
)
def test_each_form_of_hytera_can_be_asked_for(protocol: str, octets: str, kind: str) -> None:
    found = one(octets, protocol)
    assert (found.protocol, found.frame["type"]) == (protocol, kind)


def test_rtp_shows_the_call_of_its_extension() -> None:
    frame = one(RTP, "rtp").frame
    assert (frame["sequence"], frame["audio"]) == (7, "d5d5")
    assert frame["call"]["source"] == 2308092
    assert frame["call"]["destination"] == 111


@pytest.mark.parametrize(("check", "right"), [("70d3", True), ("70d4", False)])
def test_hrnp_tells_whether_its_checksum_is_right(check: str, right: bool) -> None:
    assert one(HRNP_ACCEPT[:-4] + check, "hrnp").frame["checksum_ok"] is right


@pytest.mark.parametrize(("check", "right"), [("75", True), ("76", False)])
def test_hdap_tells_whether_its_checksum_is_right_within_other_frames(
    check: str, right: bool
) -> None:
    message = CALL_REQUEST[:-4] + check + "03"
    assert one(message).frame["checksum_ok"] is right
    wrapped = one("324200000001" + message, "hstrp").frame
    assert wrapped["hdap"]["checksum_ok"] is right
    assert wrapped["message"]["type"] == "call_request"


def test_checksums_of_sentences_are_two_hex_digits() -> None:
    assert one(RMC).frame["checksum"] == {"state": "ok", "given": "0A", "computed": "0A"}
    assert one(PKLDS).frame["checksum"] == {"state": "ok", "given": "60", "computed": "60"}


def test_serial_sentences_become_positions_once_the_line_is_silent() -> None:
    rmc = one(RMC)
    assert rmc.protocol == "nmea"
    assert rmc.frame["lat"] == pytest.approx(43.0423267)
    (event,) = rmc.events
    assert event["kind"] == "position_reported"
    assert event["body"]["point"]["lon"] == pytest.approx(-79.3396633)
    pklds = one(PKLDS)
    assert pklds.protocol == "kenwood"
    assert pklds.frame["unit"]["number"] == 2000
    (event,) = pklds.events
    assert event["body"]["radio"] == {"network": "capture/fleetsync", "number": 1002000}


def test_each_frame_of_a_burst_is_an_object_of_its_own() -> None:
    found = Decoder().decode(b"\x02" + PKLDS + b"\r\n\x03\x02I11002000" + b"1002000\x03", moment())
    assert [each.frame["type"] for each in found] == ["data_sentence", "caller_id"]
    assert found[0].events == []
    assert "call_started" in [event["kind"] for event in found[1].events]


def test_the_end_of_a_call_follows_from_frames_given_before() -> None:
    decoder = Decoder()
    ended = False
    for number in range(20):
        (found,) = decoder.decode(bytes.fromhex(DMRD), moment(number * 1.0))
        ended |= "call_ended" in [event["kind"] for event in found.events]
    assert ended, "one second of silence ends a call"


@pytest.mark.parametrize(
    ("octets", "protocol", "words"),
    [
        ("", None, "no octets"),
        (
            "00",
            None,
            (
                "no frame of homebrew, ipv4, hytera, mototrbo, kenwood, nmea, tait, mmdvm, "
                "dmr-burst, mototrbo-ipsc: 00"
            ),
        ),
        ("444d5244", None, "no frame of"),
        ("444d5244", "homebrew", "not homebrew: "),
        (LC_HEADER[:-2], "dmr-burst", "not dmr-burst: a burst is 33 octets"),
        (DMRD, "kenwood", "not kenwood: "),
        (DMRD, "nmea", "not nmea: "),
    ],
)
def test_what_cannot_be_read_is_one_clear_line(
    octets: str, protocol: str | None, words: str
) -> None:
    with pytest.raises(UnreadableError, match=words) as caught:
        Decoder().decode(bytes.fromhex(octets), moment(), protocol)
    assert "\n" not in str(caught.value)


NAMES: list[str | None] = [None, *PROTOCOLS]


@given(
    st.one_of(
        st.binary(max_size=80),
        st.tuples(
            st.sampled_from([b"DMRD", b"RPTPING", b"$", b"\x02", b"2B", b"~", b"$PK", b"\x11"]),
            st.binary(max_size=80),
        ).map(b"".join),
    ),
    st.sampled_from(NAMES),
)
def test_any_octets_are_read_or_refused(data: bytes, protocol: str | None) -> None:
    try:
        found = Decoder().decode(data, moment(), protocol)
    except UnreadableError:
        return
    assert found
    json.dumps([[each.frame, each.events] for each in found])


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (ServiceOption(0), "0"),
        ((b"\x01", {"a": {1}}), ["01", {"a": [1]}]),
        (moment(1.5), {"mono": 1.5, "utc": "2026-03-01T12:00:01.500000Z"}),
    ],
)
def test_fields_are_plain_json(value: Any, expected: Any) -> None:
    assert fields_of(value) == expected
