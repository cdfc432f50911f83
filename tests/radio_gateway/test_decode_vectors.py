"""`radio-gateway decode` reads every known frame: by the name of its protocol, and without."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from radio_gateway.decoding import Decoder, UnreadableError
from tests.radio_gateway.fuzzing.vectors import entries
from tests.radio_gateway.support import moment

FILES = [
    # file, `protocol` of its entries, name to ask for, name that is found
    ("dmr/bursts", None, "dmr-burst", "dmr-burst"),
    ("homebrew/datagrams", None, "homebrew", "homebrew"),
    ("hytera/hdap", None, "hdap", "hytera"),
    ("hytera/hstrp", None, "hstrp", "hytera"),
    ("hytera/hrnp", None, "hrnp", "hytera"),
    ("hytera/rtp", None, "rtp", "hytera"),
    ("hytera/ipsc-dmr", None, "hytera-ipsc", "hytera"),
    ("hytera/ipsc-ping", None, "hytera-ipsc", "hytera"),
    ("mototrbo/ars", None, "ars", "mototrbo"),
    ("mototrbo/lrrp", None, "lrrp", "mototrbo"),
    ("mototrbo/tms", None, "tms", "mototrbo"),
    ("mototrbo/ipsc", None, "mototrbo-ipsc", "mototrbo-ipsc"),
    ("mototrbo/ipv4", None, "ipv4", "ipv4"),
    ("mototrbo/battery", None, "battery", None),
    ("mototrbo/xcmp", None, "xcmp", None),
    ("dmr/data", "dmr-udp-ipv4-compressed", "compressed-udp", None),
    ("dmr/published", "dmr-udp-ipv4-compressed", "compressed-udp", None),
    ("mmdvm/frames", None, "mmdvm", "mmdvm"),
    ("tait/ccdi", None, "tait", "tait"),
    ("serial/kenwood", None, "kenwood", "kenwood"),
    ("serial/nmea", None, "nmea", "nmea"),
]
CUT_SHORT = {"hb-dmra-truncated-live"}
"Sent so by a program that cuts it; what is left says nothing for certain."


def cases() -> Iterator[Any]:
    for file, protocol, asked, found in FILES:
        for entry in entries(file):
            if protocol in (None, entry.get("protocol")) and entry["name"] not in CUT_SHORT:
                yield pytest.param(entry["hex"], asked, found, id=f"{asked}-{entry['name']}")


@pytest.mark.parametrize(("octets", "asked", "found"), list(cases()))
def test_a_known_frame_is_read(octets: str, asked: str, found: str | None) -> None:
    data = bytes.fromhex(octets)
    frames = Decoder().decode(data, moment(), asked)
    assert frames
    assert {frame.protocol for frame in frames} == {asked}
    assert json.dumps([[frame.frame, frame.events] for frame in frames])
    if found is not None:
        guessed = Decoder().decode(data, moment())
        assert {frame.protocol for frame in guessed} == {found}
        assert [frame.frame for frame in guessed] == [frame.frame for frame in frames]


def test_a_frame_that_its_sender_cut_is_told_to_be_unreadable() -> None:
    for entry in entries("homebrew/datagrams"):
        if entry["name"] in CUT_SHORT:
            with pytest.raises(UnreadableError, match="15 octets"):
                Decoder().decode(bytes.fromhex(entry["hex"]), moment(), "homebrew")


def test_a_whole_packet_shows_its_addresses_its_report_and_the_place() -> None:
    (entry,) = entries("mototrbo/ipv4")
    (found,) = Decoder().decode(bytes.fromhex(entry["hex"]), moment())
    frame, expect = found.frame, entry["expect"]
    assert (frame["source"], frame["target"]) == (expect["src_ip"], expect["dst_ip"])
    assert frame["service"] == "lrrp"
    (report,) = frame["messages"]
    assert report["latitude_deg"] == pytest.approx(expect["app"]["latitude"], abs=1e-5)
    (event,) = found.events
    assert event["kind"] == "position_reported"
    assert event["body"]["radio"]["number"] == expect["src_radio_id"]


def test_a_compressed_datagram_shows_the_registration_within() -> None:
    (entry,) = [e for e in entries("dmr/published") if e["name"] == "compressed-ars"]
    (found,) = Decoder().decode(bytes.fromhex(entry["hex"]), moment(), "compressed-udp")
    assert found.frame["target_port"] == entry["expect"]["port"]
    assert (found.frame["service"], found.frame["messages"][0]["device"]) == ("ars", "12345")
    text = Decoder().decode(bytes.fromhex("d6790062620003bf0007"), moment(), "compressed-udp")
    assert (text[0].frame["service"], text[0].frame["messages"][0]["sequence"]) == ("tms", 7)


def test_a_packet_of_telemetry_is_kept_as_it_came() -> None:
    # the recorded text with the port of telemetry
    packet = bytes.fromhex(
        "4500003e643300004011f3f00c20f96d0c2110dd0fa70fa8002aa1560020e00081440d000a0045006c006a00"
        "65006e0020006100200053004f0052002100"
    )
    (found,) = Decoder().decode(packet, moment())
    assert (found.frame["service"], found.frame["messages"]) == ("telemetry", [])
    assert found.events[0]["kind"] == "telemetry_received"
