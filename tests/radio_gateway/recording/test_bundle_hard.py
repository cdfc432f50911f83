"""What bundles once got wrong: octets that nobody reads, and recordings told otherwise."""

import random
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from radio_gateway.protocols.dmr.air import Parties
from radio_gateway.protocols.dmr.data_header import ResponseHeader
from radio_gateway.protocols.dmr.packet_building import datagram
from radio_gateway.protocols.dmr.reassembly import DataPacket
from radio_gateway.protocols.dmr.slot_type import DataType
from radio_gateway.protocols.homebrew.dmrd import DmrFrame
from radio_gateway.protocols.hytera import lp
from radio_gateway.protocols.hytera.gps import GpsData
from radio_gateway.protocols.hytera.hstrp import Hstrp, Option
from radio_gateway.protocols.hytera.ipsc import IpscPacket
from radio_gateway.protocols.hytera.message import RadioAddress
from radio_gateway.protocols.hytera.tmp import PrivateData
from radio_gateway.protocols.mmdvm.frames import Frame, FrameType
from radio_gateway.protocols.mototrbo import ars, tms
from radio_gateway.protocols.tait.packet import Packet
from radio_gateway.recording import bundle
from radio_gateway.recording.bundle import SCRUBS
from radio_gateway.recording.pseudonyms import Pseudonyms
from radio_gateway.recording.ring import Place, Record
from radio_gateway.recording.scrubs import blocks, contents, packets
from tests.radio_gateway.recording import recordings
from tests.radio_gateway.recording.airtime import (
    ANNA,
    CHANNEL,
    DISPATCHER,
    PUBLISHED,
    OnAir,
    channel_day,
)
from tests.radio_gateway.recording.carriers import AT, CARRIERS
from tests.radio_gateway.recording.likeness import events, in_order_of_appearance

SECRET = b"SECRET"
SERIAL = ("kenwood", "nmea", "tait", "mmdvm-modem")
TO_BASE = Parties(DISPATCHER, ANNA)
WAYPOINT = b"$PKWDWPL,150803,A,4237.14,N,07120.83,W,1,2,190316,%s,%s\r\n"


def record(kind: str, data: bytes, endpoint: str = "main", n: int = 0) -> Record:
    if kind in SERIAL:
        return Record(AT + 20 * n, Place("a", endpoint, kind), "", 0, data, outbound=False)
    where = Place("a", endpoint, kind, "198.51.100.1", 4007)
    return Record(AT + 20 * n, where, "12.35.56.11", 4007, data, outbound=False)


def alike(tmp_path: Path, records: list[Record], least: int = 1) -> None:
    raw = recordings.write(tmp_path / "raw.pcapng", records)
    file = tmp_path / "bundle.pcapng"
    file.write_bytes(b"".join(bundle.make(raw).octets))
    before, after = events(raw), events(file)
    assert len(before) >= least
    assert in_order_of_appearance(after) == in_order_of_appearance(before)


def hytera_packet(**changed: bytes) -> bytes:
    packet = IpscPacket.parse(CARRIERS["hytera-ipsc"](channel_day())[0].data)
    return replace(packet, **changed).build()  # type: ignore[arg-type]  # octets alone


def hytera_report(time_of_day: bytes) -> bytes:
    """A report of a place whose time is no time."""
    gps = b"A" + time_of_day + b"010326N5630.0000E02100.00000.0000"
    return lp.ConditionReport(1, RadioAddress(10, ANNA), GpsData.from_bytes(gps)).build()


@pytest.mark.parametrize(
    ("kind", "endpoint", "data", "secret"),
    [
        ("hytera", "rrs1", Hstrp(0x20, 1, (Option(9, SECRET),)).build(), SECRET),
        ("hytera", "rrs1", Hstrp(0x20, 1, (Option(5, SECRET),)).build(), SECRET),
        ("hytera", "lp1", hytera_report(SECRET), SECRET),
        ("hytera-ipsc", "dmr", hytera_packet(header=b"SECR"), b"SECR"),
        ("hytera-ipsc", "dmr", hytera_packet(reserved=b"SEC"), b"SEC"),
        ("mototrbo", "ars", ars.Answer(value=1, rest=SECRET).build(), SECRET),
        ("mototrbo", "lrrp", b"\x0c\x08\x06" + SECRET + b"\x38", SECRET),
        ("mototrbo", "lrrp", b"\x07\x09\x22\x06" + SECRET + b"\x38", SECRET),
        ("mototrbo", "lrrp", b"\x09\x08\x22\x06" + SECRET, SECRET),
        ("mototrbo", "lrrp", b"\x09\x08\x40\x06" + SECRET, SECRET),
        ("mototrbo", "battery", b"\x05\x13\xba\x00" + SECRET, b"T"),
        ("kenwood", "serial", b"\x02xEU00001205U000012062470101999\x03", b"2470101"),
        ("kenwood", "serial", b"$PKNID,00,U00001205,015,SECRET,SECRET,\r\n", SECRET),
        ("kenwood", "serial", WAYPOINT % (b"1120", b"ANNA"), b"NA\r"),
        ("kenwood", "serial", WAYPOINT % (SECRET, b"ANNA,/'"), SECRET),
        ("nmea", "serial", b"$GPGGA,1,2301.2,N,07228.2,E,1,4,2,1.5,M,-7.7,M,,9901*\r\n", b"-7.7"),
        ("nmea", "serial", b"$GPGGA,1,2301.2,N,07228.2,E,1,4,2,1.5,M,-7.7,M,,9901*\r\n", b"9901"),
        ("nmea", "serial", b"$GPRMC,SECRET,A,2301.2,N,07228.2,E,1,2,010326,7.5,E\r\n", SECRET),
        ("nmea", "serial", b"$GPRMC,120000,A,2301.2,N,07228.2,E,1,2,010326,7.5,E\r\n", b"7.5"),
        ("tait", "serial", Packet("p", b"03SECRET").build(), SECRET),
    ],
)
def test_octets_that_nobody_reads_are_not_given_away(
    kind: str, endpoint: str, data: bytes, secret: bytes
) -> None:
    (told,) = SCRUBS[kind]([record(kind, data, endpoint)], Pseudonyms())
    assert isinstance(told, bytes)
    assert secret in data
    assert secret not in told


@pytest.mark.parametrize("command", [b"9SECRET", b"4SECRET"])
def test_commands_to_a_tait_radio_hold_no_more_than_they_need(command: bytes) -> None:
    sent = replace(
        record("tait", Packet("f" if command[0] == 0x39 else "q", command).build()), outbound=True
    )
    (told,) = SCRUBS["tait"]([sent], Pseudonyms())
    assert SECRET not in (told if isinstance(told, bytes) else b"")


def test_the_rest_of_positions_and_answers_in_data_packets_goes() -> None:
    position = bytes.fromhex(PUBLISHED["udt-position"]["hex"])
    for size in (22, 34, 46):
        payload = (position.ljust(14, b"\0") + 8 * SECRET)[:size]
        assert SECRET not in blocks.udt_position(payload, Pseudonyms())
    header = ResponseHeader(
        target=1, source=2, sap=4, blocks=3, response_class=2, response_type=0, status=0
    )
    packet = DataPacket(header, 5 * SECRET)
    assert contents.anonymous(packet, Pseudonyms()) == bytes(30)


def test_data_of_hytera_radios_stays_different(tmp_path: Path) -> None:
    ends = RadioAddress(10, DISPATCHER), RadioAddress(10, ANNA)
    frames = [PrivateData(n, *ends, rest=b"data %d" % (n % 2)).build() for n in range(4)]
    alike(tmp_path, [record("hytera", data, "tmp1", n) for n, data in enumerate(frames)], 4)


@pytest.mark.parametrize("words", ["OK", "OK ", "  OK", "   ", "", "\n", "a\0"])
def test_blanks_around_a_text_change_nothing(words: str, tmp_path: Path) -> None:
    octets = [tms.Text(each.encode("utf-16-le"), n).build() for n, each in enumerate(("OK", words))]
    alike(tmp_path, [record("mototrbo", each, "tms", n) for n, each in enumerate(octets)], 2)
    packets = [
        datagram(each, TO_BASE, source_port=4007, target_port=4007, identification=n)
        for n, each in enumerate(octets)
    ]
    day = [
        OnAir(30 * n + 0.06 * i, n, burst.octets, burst.slot_type.data_type, 0, ANNA, DISPATCHER)
        for n, packet in enumerate(packets)
        for i, burst in enumerate(packet.bursts(CHANNEL))
    ]
    alike(tmp_path, CARRIERS["homebrew"](day), 2)


@pytest.mark.parametrize("data", [b"$PTEXT,hello", b"$GPGSV,1,1", b"$5 lunch"])
def test_texts_that_begin_like_sentences_stay_texts(data: bytes, tmp_path: Path) -> None:
    packets = (Packet("r", b"06000FF12340201").build(), Packet("s", data).build() + b".")
    alike(tmp_path, [record("tait", each, "serial", n) for n, each in enumerate(packets)], 2)


def test_a_unit_that_is_nobody_stays_nobody(tmp_path: Path) -> None:
    frames = [b"\x02xI%d%s%s\x03" % (n % 2, unit, unit) for unit in (b"020000001", b"004332199")
              for n in (1, 0)]  # fmt: skip
    alike(tmp_path, [record("kenwood", each, "serial", n) for n, each in enumerate(frames)], 2)


def bad(records: list[Record], dice: random.Random, loss: float, doubled: float) -> list[Record]:
    came = []
    for each in records:
        if dice.random() < loss:
            continue
        for _ in range(2 if dice.random() < doubled else 1):
            late = dice.uniform(0.06, 0.15) if dice.random() < 0.3 else 0.0
            came.append(replace(each, at=each.at + late))
    return came


def test_a_second_header_that_a_bridge_brings_between_two_firsts(tmp_path: Path) -> None:
    """The same datagram counts once; what was doubled does not begin its packet again."""
    records = CARRIERS["openbridge"](channel_day())
    dice = random.Random(3)
    for _ in range(3):
        came = [replace(each, at=each.at + 0.075) for each in records if dice.random() < 0.5]
        alike(tmp_path, records + came, 60)


def by_homebrew(each: Record, n: int) -> Record:
    host = f"192.0.2.{7 + n}" if each.where.kind == "homebrew" else each.host
    if each.data[:4] != DmrFrame.TAG:
        return replace(each, host=host)
    frame = replace(DmrFrame.parse(each.data), repeater_id=247_001 + n)
    return replace(each, host=host, data=frame.build())


def by_hytera(each: Record, n: int) -> Record:
    return replace(each, host=f"192.0.2.{7 + n}")


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize(
    ("kind", "by"),
    [
        ("homebrew", by_homebrew),
        ("homebrew-peer", by_homebrew),
        ("hytera-ipsc", by_hytera),
    ],
)
def test_several_base_stations_hear_the_same(
    kind: str, by: Callable[[Record, int], Record], seed: int, tmp_path: Path
) -> None:
    """Parts of one alias may come from several; a master's count as heard by one."""
    records = [
        replace(by(each, n), at=each.at + 0.013 * n)
        for n in range(3)
        for each in CARRIERS[kind](channel_day(7))
    ]
    alike(tmp_path, bad(records, random.Random(seed), 0.2, 0.05), 50)


def test_blocks_that_never_become_whole_are_not_looked_at_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    looks, look = [0], packets._Numbers.of

    def counted(numbers: Any, waiting: Any) -> int | None:
        looks[0] += 1
        return look(numbers, waiting)

    monkeypatch.setattr(packets._Numbers, "of", counted)
    dice = random.Random(1)
    sent = [[CHANNEL.burst(DataType.RATE_12_DATA, dice.randbytes(12))] for _ in range(400)]
    sent += [
        datagram(b"%d" % n, TO_BASE, source_port=9, target_port=9, identification=n).bursts(CHANNEL)
        for n in range(100)
    ]
    day = [
        OnAir(0.5 * n + 0.06 * i, n, burst.octets, burst.slot_type.data_type)
        for n, bursts in enumerate(sent)
        for i, burst in enumerate(bursts)
    ]
    records = CARRIERS["homebrew"](day)
    SCRUBS["homebrew"](records, Pseudonyms())
    assert 100 <= looks[0] <= len(records)


@pytest.mark.parametrize(("kind", "by"), [("homebrew", by_homebrew), ("hytera-ipsc", by_hytera)])
def test_an_alias_of_which_two_base_stations_hear_a_part_each(
    kind: str, by: Callable[[Record, int], Record], tmp_path: Path
) -> None:
    records = []
    for n in range(2):
        lost = 0.53 + 0.36 * n  # a superframe, and with it another part
        records += [
            replace(by(each, n), at=each.at + 0.013 * n)
            for each in CARRIERS[kind](channel_day()[:48])
            if not lost <= each.at - AT < lost + 0.36
        ]
    alike(tmp_path, records, 3)
    assert "talker_alias_heard" in {event["kind"] for event in events(tmp_path / "raw.pcapng")}


def test_a_setting_longer_than_any_is_left_out() -> None:
    sent = record("mmdvm-modem", Frame(FrameType.GET_STATUS, SECRET * 9).build(), "serial")
    assert [str(told) for told in SCRUBS["mmdvm-modem"]([sent], Pseudonyms())] == [
        "frames that tell of the base alone"
    ]
