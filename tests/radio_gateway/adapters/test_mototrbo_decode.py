"""Datagrams of MOTOTRBO radios from the command line and from captures."""

import json
from pathlib import Path

import pytest

from radio_gateway import replaying
from radio_gateway.decoding import Decoder, UnreadableError
from radio_gateway.decoding_mototrbo import service_of
from radio_gateway.links.capture import Capture
from radio_gateway.recording import pcapng
from radio_gateway.recording.ring import Place, Record
from tests.radio_gateway.captures import ETHERNET, framed, pcap, udp
from tests.radio_gateway.support import moment

FOLDER = Path(__file__).parents[2] / "vectors" / "mototrbo"


def vectors(name: str) -> list[tuple[str, bytes]]:
    entries = json.loads((FOLDER / f"{name}.json").read_text())
    return [(entry["name"], bytes.fromhex(entry["hex"])) for entry in entries]


@pytest.mark.parametrize("service", ["ars", "lrrp", "tms"])
def test_the_service_of_every_captured_datagram_is_found_out(service: str) -> None:
    for name, octets in vectors(service):
        assert service_of(octets) == service, name


@pytest.mark.parametrize("service", ["ars", "lrrp", "tms", "battery"])
def test_every_captured_datagram_is_plain_json(service: str) -> None:
    for _, octets in vectors(service):
        for found in Decoder().decode(octets, moment(), service):
            assert found.protocol == service
            json.dumps(found.frame)
            json.dumps(found.events)


def test_a_registration_is_found_without_its_name_and_shows_no_password() -> None:
    octets = bytes.fromhex("000DF0200531303035380003616263")
    (found,) = Decoder().decode(octets, moment())
    assert found.protocol == "mototrbo"
    assert found.frame["device"] == "10058"
    assert found.frame["password"] is True
    assert [event["kind"] for event in found.events] == ["radio_registered"]


def test_a_report_shows_degrees_and_utc() -> None:
    octets = bytes.fromhex("0d1a220400000001341f973280c6514be8aed73b882b4603526c0215")
    (found,) = Decoder().decode(octets, moment(), "lrrp")
    assert found.frame["time"] == "2021-12-25T08:03:06Z"
    assert found.frame["latitude_deg"] == pytest.approx(53.373458, abs=1e-6)
    assert found.frame["longitude_deg"] == pytest.approx(83.716749, abs=1e-6)
    (event,) = found.events
    assert event["kind"] == "position_reported"
    assert event["body"]["stale"] is True


@pytest.mark.parametrize("service", ["ars", "lrrp", "tms", "battery", "mototrbo"])
def test_octets_of_something_else_are_one_clear_line(service: str) -> None:
    with pytest.raises(UnreadableError, match=f"not {service}: "):
        Decoder().decode(b"\xff\xff\xff", moment(), service)


def test_a_capture_is_played_by_its_ports(tmp_path: Path) -> None:
    radio, computer = "12.0.39.74", "192.168.10.2"
    datagrams = [
        (radio, 4005, computer, "000af0200531303035380000"),
        (computer, 4005, radio, "0002bf01"),
        (radio, 4001, computer, "0d0f22042468ace066118ecd8d118ad47b"),
        (radio, 4007, computer, "000ca0008e040d000a0048006900"),
        (radio, 4012, computer, "053fcc03"),
        (radio, 4005, computer, "000131"),
    ]
    packets = [
        (float(n), framed(ETHERNET, udp((source, port), (to, port), bytes.fromhex(octets))))
        for n, (source, port, to, octets) in enumerate(datagrams)
    ]
    file = tmp_path / "radios.pcap"
    file.write_bytes(pcap(packets))
    assert sum(1 for _ in Capture(file)) == len(datagrams)
    said: list[str] = []
    events = [json.loads(line) for line in replaying.events(file, None, {}, said.append)]
    assert [event["kind"] for event in events] == [
        "radio_registered",
        "position_reported",
        "text_received",
        "telemetry_received",
        "radio_deregistered",
    ]
    assert {event["body"]["radio"]["number"] for event in events} == {10058}
    assert said[0] == "6 packets, 6 datagrams fed to adapters"


def test_a_recording_is_played_by_its_endpoints_whatever_the_ports(tmp_path: Path) -> None:
    radio, gateway = "12.0.39.74", "192.168.10.2"
    records = [
        Record(
            1_772_366_400.0 + n,
            Place("karosta", endpoint, "mototrbo", gateway, 24_000 + n),
            radio,
            23_000 + n,
            bytes.fromhex(octets),
            outbound=False,
        )
        for n, (endpoint, octets) in enumerate(
            [("ars", "000af0200531303035380000"), ("telemetry", "0d0f22"), ("battery", "053fcc03")]
        )
    ]
    file = tmp_path / "karosta.pcapng"
    file.write_bytes(b"".join(pcapng.write(records)))
    events = [json.loads(line) for line in replaying.events(file, None, {}, lambda _: None)]
    assert [event["body"].get("kind", event["kind"]) for event in events] == [
        "radio_registered",
        "mototrbo/telemetry",
        "mototrbo/battery",
    ]
