"""`decode` for what stands on serial cables: Tait packets and modem frames."""

import json
from pathlib import Path
from typing import Any

import pytest

from radio_gateway import replaying
from radio_gateway.decoding import Decoded, Decoder, UnreadableError
from tests.fakes import mmdvm_modem as modem
from tests.fakes.tait_radio import packed
from tests.radio_gateway.captures import ETHERNET, framed, pcap, udp
from tests.radio_gateway.support import moment


def decode(data: bytes, protocol: str | None = None) -> list[Decoded]:
    return Decoder().decode(data, moment(), protocol)


def event(found: Decoded) -> dict[str, Any]:
    (only,) = found.events
    return only


def test_a_tait_ring_is_told_apart_and_explained() -> None:
    (found,) = decode(b"r0C02000FF123459E\r")
    assert found.protocol == "tait"
    assert found.frame["type"] == "ring"
    assert found.frame["call"] == "status"
    assert found.frame["caller"] == "12345"
    assert (found.frame["direction"], found.frame["checksum"]) == ("from-radio", "9E")
    assert event(found)["kind"] == "radio_heard"


def test_a_letter_with_two_meanings_is_read_both_ways() -> None:
    (found,) = decode(b"s0D050800TESTHi!DA\r")
    assert found.frame["type"] == "sdm"
    assert found.frame["text"] == "050800TESTHi!"
    assert found.frame["or_to_radio"]["data_id"] == "0800TEST"
    (found,) = decode(packed("s", "Hi"))
    assert found.frame["or_to_radio"] is None


def test_commands_prompts_and_frequency_control_have_their_direction() -> None:
    found = decode(b"..q002F\r.")
    assert [each.frame["type"] for each in found] == ["prompt", "prompt", "query", "prompt"]
    assert found[2].frame["direction"] == "to-radio"
    (found_ccr,) = decode(b"V0612345-18\r")
    assert found_ccr.frame["command"] == "selcall_decoded"


def test_an_emergency_on_a_cable_is_an_event() -> None:
    (found,) = decode(packed("r", "00100FF5501"))
    raised = found.events[0]
    assert raised["kind"] == "emergency_raised"
    assert raised["body"]["radio"]["number"] == 5501


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"a0FFF20012345678Hi4A\r", "tait"),
        (b"....", "tait"),
        (packed("p", "x"), "tait"),
        (b"\xe0\x05\x70\x03\x00", "mmdvm"),
        (b"\xe0\x04\x70\x03\xff", "mmdvm"),
    ],
)
def test_what_is_wrong_is_one_clear_line(data: bytes, name: str) -> None:
    with pytest.raises(UnreadableError, match=f"^not {name}: "):
        decode(data, name)


def test_modem_frames_are_told_apart_and_their_bursts_opened() -> None:
    decoder = Decoder()
    (found,) = decoder.decode(modem.header(), moment())
    assert found.protocol == "mmdvm"
    assert found.frame["frame"] == "dmr_data1"
    assert found.frame["burst"]["content"]["source"] == modem.RADIO
    assert event(found)["kind"] == "call_started"
    (later,) = decoder.decode(modem.framed(1), moment(1))
    assert [each["kind"] for each in later.events] == ["call_ended"]


@pytest.mark.parametrize(
    ("octets", "fields"),
    [
        (modem.framed(0), {"type": "other", "frame": "get_version"}),
        (
            modem.MmdvmModem().answer(modem.framed(0)),
            {"type": "version", "protocol": 2, "cpu": "ST", "description": "MMDVM 20260801 test"},
        ),
        (
            modem.MmdvmModem().answer(modem.framed(1)),
            {"type": "status", "protocol": 2, "space1": 10},
        ),
        (
            modem.MmdvmModem(protocol=1).answer(modem.framed(1)),
            {"type": "status", "protocol": 1, "space2": 10},
        ),
        (bytes.fromhex("e01104008047a119c092ed19ff8047a119"), {"rx_hz": 430_000_000}),
        (modem.framed(0xF2, b"level\xff\xfe"), {"text": "level", "numbers": [-2]}),
        (modem.framed(0x20, b"other"), {"type": "other", "frame": "20"}),
    ],
)
def test_modem_frames_show_their_fields(octets: bytes, fields: dict[str, Any]) -> None:
    (found,) = decode(octets)
    assert found.protocol == "mmdvm"
    assert {name: found.frame[name] for name in fields} == fields


def test_a_burst_that_says_nothing_is_shown_with_its_octets() -> None:
    (found,) = decode(modem.burst(1, 0x41, bytes(33)), "mmdvm")
    assert found.frame["burst"]["octets"] == "00" * 33


def test_a_captured_modem_on_its_port_is_replayed(tmp_path: Path) -> None:
    host, board = ("192.0.2.1", 3335), ("192.0.2.2", 3334)
    said = [modem.header(), *[modem.voice()[n : n + 37] for n in range(0, 222, 37)]]
    packets = [
        (1_772_366_400.0 + 0.06 * n, framed(ETHERNET, udp(board, host, data)))
        for n, data in enumerate(said)
    ]
    file = tmp_path / "modem.pcap"
    file.write_bytes(pcap(packets))
    lines: list[str] = []
    events = [json.loads(line) for line in replaying.events(file, None, {}, lines.append)]
    assert [event["kind"] for event in events] == ["call_started", "call_ended"]
    assert events[0]["body"]["radio"]["number"] == modem.RADIO
    assert lines[0].startswith("7 packets, 7 datagrams")
