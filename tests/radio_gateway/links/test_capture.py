"""Captures of every supported form, and files that are none."""

import contextlib
import random
import struct
from pathlib import Path

import pytest

from radio_gateway.links.capture import Capture, CaptureError, Datagram
from tests.radio_gateway import captures
from tests.radio_gateway.captures import ETHERNET, NULL, RAW, SLL, SLL2, framed, pcap, pcapng, udp

AT = 1_772_366_400.25
SOURCE, TARGET = ("192.0.2.7", 40000), ("198.51.100.1", 62031)
SOURCE6, TARGET6 = ("2001:db8::7", 40000), ("2001:db8::1", 62031)
PAYLOAD = b"RPTPING\x00\x03\xc0\xf1"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "capture"


def read(file: Path, content: bytes) -> tuple[list[Datagram], dict[str, int]]:
    file.write_bytes(content)
    capture = Capture(file)
    found = list(capture)
    assert capture.packets == len(found) + sum(capture.skipped.values())
    return found, dict(capture.skipped)


@pytest.mark.parametrize("link_type", [ETHERNET, RAW, NULL, SLL, SLL2])
@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize(
    ("source", "target"), [(SOURCE, TARGET), (SOURCE6, TARGET6)], ids=["IPv4", "IPv6"]
)
def test_a_datagram_is_found_in_every_form(
    file: Path,
    link_type: int,
    order: str,
    source: tuple[str, int],
    target: tuple[str, int],
) -> None:
    packets = [(AT, framed(link_type, udp(source, target, PAYLOAD)))]
    expected = [Datagram(AT, source, target, PAYLOAD)]
    for content in (
        pcap(packets, link_type, order),
        pcap(packets, link_type, order, nano=True),
        pcapng(packets, link_type, order),
        pcapng(packets, link_type, order, resolution=9),
        pcapng(packets, link_type, order, resolution=3),
    ):
        found, skipped = read(file, content)
        assert [d.payload for d in found] == [PAYLOAD]
        assert (found[0].source, found[0].destination) == (source, target)
        assert found[0].at == pytest.approx(expected[0].at, abs=1e-6)
        assert skipped == {}


def test_padding_and_vlan_tags_are_no_payload(file: Path) -> None:
    packet = udp(SOURCE, TARGET, b"x")
    tagged = bytes(12) + struct.pack(">HHHH", 0x88A8, 5, 0x8100, 7) + b"\x08\x00" + packet
    padded = framed(ETHERNET, packet) + bytes(20)
    found, _ = read(file, pcap([(AT, tagged), (AT, padded)]))
    assert [datagram.payload for datagram in found] == [b"x", b"x"]


def test_simple_and_old_packet_blocks_are_read(file: Path) -> None:
    packet = framed(ETHERNET, udp(SOURCE, TARGET, PAYLOAD))
    content = pcapng([(AT, packet)])
    content += captures.block(3, struct.pack("<I", len(packet)) + packet)
    ticks = round(AT * 1e6) + 1_000_000
    sizes = (len(packet), len(packet))
    old = struct.pack("<HH4I", 0, 0, ticks >> 32, ticks & 0xFFFFFFFF, *sizes)
    content += captures.block(2, old + packet)
    found, _ = read(file, content)
    assert [round(datagram.at - AT, 3) for datagram in found] == [0, 0, 1]


def test_what_is_no_whole_datagram_is_counted_by_reason(file: Path) -> None:
    good = udp(SOURCE, TARGET, PAYLOAD)
    fragment = good[:6] + b"\x20\x00" + good[8:]
    tcp = good[:9] + b"\x06" + good[10:]
    arp = bytes(12) + b"\x08\x06" + bytes(28)
    short = framed(ETHERNET, good)[:-3]
    packets = [framed(ETHERNET, p) for p in (fragment, tcp, good)] + [arp, short, b""]
    found, skipped = read(file, pcap([(AT, packet) for packet in packets]))
    assert len(found) == 1
    assert skipped == {
        "IP fragment": 1,
        "not UDP": 1,
        "not IP": 1,
        "wrong UDP length": 1,
        "shorter than its headers": 1,
    }


def test_packets_cut_by_the_capture_length_are_counted(file: Path) -> None:
    packet = framed(ETHERNET, udp(SOURCE, TARGET, PAYLOAD))
    content = pcap([])
    content += struct.pack("<4I", 1, 0, 20, len(packet)) + packet[:20]
    assert read(file, content) == ([], {"cut short by the capture length": 1})


def test_ipv6_extensions_are_skipped_and_fragments_counted(file: Path) -> None:
    packet = udp(SOURCE6, TARGET6, PAYLOAD)
    options = bytes((17, 0)) + bytes(6)
    length = struct.pack(">H", len(packet) - 40 + 8)
    with_options = packet[:4] + length + b"\x00" + packet[7:40] + options + packet[40:]
    fragment = packet[:4] + length + b"\x2c" + packet[7:40] + options + packet[40:]
    found, skipped = read(file, pcap([(AT, with_options), (AT, fragment)], RAW))
    assert [datagram.payload for datagram in found] == [PAYLOAD]
    assert skipped == {"IP fragment": 1}


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "neither pcap nor pcapng"),
        (b"hello, this is text", "neither pcap nor pcapng"),
        (pcap([(AT, bytes(60))])[:-1], "ends within packet 1"),
        (pcap([(AT, bytes(60))])[:30], "ends within packet 1"),
        (pcap([])[:10], "ends within packet 1"),
        (pcap([]) + struct.pack("<4I", 1, 0, 0x7FFFFFFF, 1), "a packet of 2147483647 octets"),
        (pcapng([(AT, bytes(60))])[:-7], "ends within packet 1"),
        (pcapng([]) + struct.pack("<II", 6, 5), "a block of 5 octets"),
        (pcapng([])[:28] + captures.block(6, bytes(20)), "a packet without its interface"),
        (b"\x0a\x0d\x0d\x0a" + bytes(24), "a section without its byte order"),
    ],
)
def test_a_strange_file_is_one_clear_error(file: Path, content: bytes, words: str) -> None:
    with pytest.raises(CaptureError, match=words) as caught:
        read(file, content)
    assert str(file) in str(caught.value)


def test_a_missing_file_or_a_directory_is_one_clear_error(tmp_path: Path) -> None:
    with pytest.raises(CaptureError, match="No such file"):
        list(Capture(tmp_path / "none"))
    with pytest.raises(CaptureError, match="Is a directory"):
        list(Capture(tmp_path))


def test_datagrams_before_the_damage_are_given(file: Path) -> None:
    packet = framed(ETHERNET, udp(SOURCE, TARGET, PAYLOAD))
    file.write_bytes(pcap([(AT, packet), (AT, packet)])[:-5])
    datagrams = iter(Capture(file))
    assert next(datagrams).payload == PAYLOAD
    with pytest.raises(CaptureError, match="ends within packet 2"):
        next(datagrams)


@pytest.mark.parametrize("seed", range(100))
def test_mutated_captures_never_crash(file: Path, seed: int) -> None:
    rng = random.Random(seed)
    packets = [(AT, framed(link, udp(SOURCE, TARGET, PAYLOAD))) for link in (1, 101, 113)]
    content = bytearray(rng.choice([pcap, pcapng])(packets, rng.choice([0, 1, 101, 113, 276])))
    for _ in range(rng.randrange(1, 12)):
        content[rng.randrange(len(content))] = rng.randrange(256)
    del content[rng.randrange(len(content) // 2, len(content) + 1) :]
    with contextlib.suppress(CaptureError):
        read(file, bytes(content))
