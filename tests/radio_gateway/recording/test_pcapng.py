"""What is written is what the reader of captures reads, and what the formats prescribe."""

from pathlib import Path

import pytest

from radio_gateway.links.capture import Capture
from radio_gateway.recording import pcapng
from radio_gateway.recording.ring import Place, Record

AT = 1_772_366_400.25
UDP4 = Place("voice", "main", "homebrew", "198.51.100.1", 62_031)
UDP6 = Place("sea", "rrs1", "hytera", "2001:db8::1", 30_001)
LINE = Place("car/left", "serial", "nmea")


def test_every_field_comes_back(tmp_path: Path) -> None:
    records = [
        Record(AT, UDP4, "192.0.2.7", 50_000, b"in", outbound=False),
        Record(AT + 1, UDP4, "192.0.2.7", 50_000, b"out!", outbound=True),
        Record(AT + 2, UDP6, "2001:db8::2", 30_001, b"six", outbound=False),
        Record(AT + 3, LINE, "", 0, b"$GPRMC\r\n", outbound=False),
        Record(AT + 4, LINE, "", 0, b"", outbound=True),
    ]
    file = tmp_path / "r.pcapng"
    file.write_bytes(b"".join(pcapng.write(records)))
    own, other = (UDP4.host, UDP4.port), ("192.0.2.7", 50_000)
    found: list[object] = [
        (each.at, each.source, each.destination, each.payload, each.outbound, each.interface.name)
        for each in Capture(file)
    ]
    assert found == [
        (pytest.approx(AT), other, own, b"in", False, "voice/main"),
        (pytest.approx(AT + 1), own, other, b"out!", True, "voice/main"),
        (
            pytest.approx(AT + 2),
            ("2001:db8::2", 30_001),
            ("2001:db8::1", 30_001),
            b"six",
            False,
            "sea/rrs1",
        ),
        (pytest.approx(AT + 3), ("", 0), ("", 0), b"$GPRMC\r\n", False, "car/left/serial"),
        (pytest.approx(AT + 4), ("", 0), ("", 0), b"", True, "car/left/serial"),
    ]
    assert [each.interface.kind for each in Capture(file)] == [
        "homebrew", "homebrew", "hytera", "nmea", "nmea",
    ]  # fmt: skip


def test_the_octets_of_a_small_file() -> None:
    """Worked out by hand from the formats: headers, lengths, both checksums."""
    where = Place("a", "m", "x", "10.0.0.1", 1)
    octets = b"".join(pcapng.write([Record(1.5, where, "10.0.0.2", 2, b"hi", True)], "app"))
    section = "0a0d0d0a 28000000 4d3c2b1a 0100 0000 ffffffffffffffff 0400 0300 61707000 00000000"
    interface = (
        "01000000 28000000 6500 0000 00000000 0200 0300 612f6d00 0300 0100 78000000 00000000"
    )
    # 10.0.0.1:1 to 10.0.0.2:2; the IPv4 sum is 0x9932, its complement 0x66cd
    ip = "4500 001e 0000 0000 4011 66cd 0a000001 0a000002"
    # 0x0a00 + 1 + 0x0a00 + 2 + 17 + 10 + 1 + 2 + 10 + 0x6869 = 0x7c94, its complement 0x836b
    udp = "0001 0002 000a 836b 6869"
    packet = f"06000000 4c000000 00000000 00000000 60e31600 1e000000 1e000000 {ip} {udp} 0000"
    packet += "0200 0400 02000000 00000000"
    blocks = [bytes.fromhex(text) for text in (section, interface, packet)]
    assert octets == b"".join(block + block[4:8] for block in blocks)
