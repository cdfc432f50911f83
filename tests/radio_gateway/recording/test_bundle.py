"""What is given away tells the same events about nobody."""

import random
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from radio_gateway.adapters import REGISTRY
from radio_gateway.links.capture import Capture, CaptureError
from radio_gateway.recording import bundle
from radio_gateway.recording.bundle import SCRUBS, BundleError
from radio_gateway.recording.pseudonyms import Pseudonyms
from radio_gateway.recording.ring import Place, Record
from tests.radio_gateway.captures import RAW, pcap, udp
from tests.radio_gateway.recording import carriers, recordings
from tests.radio_gateway.recording.airtime import channel_day
from tests.radio_gateway.recording.likeness import events, in_order_of_appearance

KINDS: dict[str, Callable[[], list[Record]]] = {
    "hytera": recordings.hytera,
    "hytera-ipsc": recordings.hytera_ipsc,
    "hytera-serial": recordings.hytera_serial,
    "homebrew": recordings.homebrew,
    "homebrew-peer": lambda: carriers.homebrew_peer(channel_day()),
    "kenwood": lambda: recordings.serial("kenwood"),
    "mmdvm-modem": recordings.modem,
    "mototrbo": recordings.mototrbo,
    "mototrbo-ipsc": recordings.mototrbo_ipsc,
    "nmea": lambda: recordings.serial("nmea"),
    "openbridge": lambda: carriers.openbridge(channel_day()),
    "tait": recordings.tait,
}
"One recording of every kind, made of the vectors where there are some."

HYTERA_RADIOS = (2_308_155, 2_308_092, 2_308_105, 2_504_105)
"Of the captured packets between repeaters."


def made(tmp_path: Path, records: list[Record]) -> tuple[Path, Path, bundle.Bundle]:
    """The recording, its bundle as a file, and the bundle."""
    raw = recordings.write(tmp_path / "raw.pcapng", records)
    anonymous = bundle.make(raw)
    file = tmp_path / "bundle.pcapng"
    file.write_bytes(b"".join(anonymous.octets))
    return raw, file, anonymous


@pytest.mark.parametrize("kind", KINDS)
def test_a_bundle_replays_to_the_same_events(tmp_path: Path, kind: str) -> None:
    raw, file, _ = made(tmp_path, KINDS[kind]())
    before, after = events(raw), events(file)
    assert len(before) >= 4, "the recording says something"
    assert in_order_of_appearance(after) == in_order_of_appearance(before)
    assert after != before


def test_no_number_place_text_or_name_of_the_hytera_vectors_is_left(tmp_path: Path) -> None:
    _, file, _ = made(tmp_path, recordings.hytera())
    octets = file.read_bytes()
    secrets: set[bytes] = {b"karosta", b"secret", bytes((192, 0, 2, 7)), bytes((198, 51, 100, 1))}
    for entry in recordings.vectors("hytera/hdap.json"):
        fields = entry["expect"].get("fields") or {}
        for name in ("radio", "source", "destination"):
            if fields.get(name, {}).get("radio_id", 0) > 0xFFFF:
                secrets.add(bytes(int(part) for part in fields[name]["ip"].split(".")))
        gps = fields.get("gps") or {}
        secrets |= {
            gps[name].encode()
            for name in ("lat_raw", "lon_raw")
            if gps.get(name) and gps[name].strip("0.")
        }
        if len(fields.get("text") or "") > 3:
            secrets.add(fields["text"].encode("utf-16-le"))
    assert len(secrets) >= 20
    assert [secret for secret in secrets if secret in octets] == []


def test_a_homebrew_bundle_holds_no_login_and_no_voice(tmp_path: Path) -> None:
    raw, file, anonymous = made(tmp_path, recordings.homebrew())
    tags = {datagram.payload[:4] for datagram in Capture(file)}
    assert tags == {b"DMRD", b"RPTP"}
    assert anonymous.left_out == {"logins and descriptions of repeaters": 3}
    ids = [(2_470_101).to_bytes(3, "big"), (247_001).to_bytes(4, "big")]
    assert all(number in raw.read_bytes() for number in ids)
    assert not any(number in file.read_bytes() for number in ids)


def test_serial_bundles_hold_no_coordinates_of_the_vectors(tmp_path: Path) -> None:
    _, file, _ = made(tmp_path, recordings.serial("kenwood") + recordings.serial("nmea"))
    octets = file.read_bytes()
    assert b"5133.82" not in octets
    assert b"00042.24" not in octets
    assert b"$GNRMC" in octets


def test_a_mototrbo_bundle_holds_no_radio_place_text_or_user(tmp_path: Path) -> None:
    raw, file, _ = made(tmp_path, recordings.mototrbo())
    secrets = [
        bytes((12, 35, 56, 11)),
        b"10058",
        b"jp",
        "Hi".encode("utf-16-le"),
        bytes.fromhex("118ecd8d118ad47b"),
        bytes.fromhex("4728a1c70a38d29f"),
        b"fence",
        bytes.fromhex("eecd09020050"),
        bytes.fromhex("f9d1e119db858795c2d6"),
    ]
    assert all(secret in raw.read_bytes() for secret in secrets)
    assert [secret for secret in secrets if secret in file.read_bytes()] == []
    assert {datagram.source[0].split(".")[0] for datagram in Capture(file)} == {"12"}


@pytest.mark.parametrize(
    ("kind", "secrets"),
    [
        (
            "hytera-ipsc",
            [number.to_bytes(3, "little") for number in HYTERA_RADIOS],
        ),
        (
            "mototrbo-ipsc",
            [
                (247_001).to_bytes(4, "big"),
                (247_009).to_bytes(4, "big"),
                bytes((203, 0, 113, 77)),
                b"\x11\x22\x33\x44",
            ],
        ),
        ("mmdvm-modem", [bytes(range(0x10, 0x1C)), b"MR TX", bytes.fromhex("8047a119")]),
        (
            "tait",
            [b"12340201", b"12340202", b"selcal-9", b"Anna", b"5630.28", b"19012345", b"12340001"],
        ),
    ],
)
def test_a_bundle_has_nothing_that_tells_who_where_or_what(
    kind: str, secrets: list[bytes], tmp_path: Path
) -> None:
    raw, file, _ = made(tmp_path, KINDS[kind]())
    assert [secret for secret in secrets if secret not in raw.read_bytes()] == []
    assert [secret for secret in secrets if secret in file.read_bytes()] == []


def test_what_belongs_to_no_known_protocol_is_left_out_and_counted(tmp_path: Path) -> None:
    where = Place("x", "main", "carrier_pigeon", "127.0.0.1", 1)
    records = [Record(recordings.AT, where, "127.0.0.1", 2, b"John at 56.5", outbound=False)] * 3
    _, file, anonymous = made(tmp_path, records)
    assert anonymous.lines() == [
        "0 frames, made anonymous",
        "left out: 3 frames of kind carrier_pigeon",
    ]
    assert b"John" not in file.read_bytes()


def test_both_directions_and_their_times_stay(tmp_path: Path) -> None:
    there = recordings.hytera()[:2]
    answer = Record(
        AT_ANSWER, there[0].where, recordings.STATION, there[0].port, there[0].data, True
    )
    _, file, _ = made(tmp_path, [there[0], answer])
    told = list(Capture(file))
    assert [datagram.outbound for datagram in told] == [False, True]
    assert [datagram.at for datagram in told] == pytest.approx([recordings.AT, AT_ANSWER])
    assert told[0].source == told[1].destination
    assert told[0].destination == told[1].source


AT_ANSWER = recordings.AT + 0.25


def test_captures_of_other_programs_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "tcpdump.pcap"
    file.write_bytes(pcap([(1.0, udp(("192.0.2.1", 1), ("192.0.2.2", 2), b"x"))], RAW))
    with pytest.raises(BundleError, match="no recording of `radio-gateway record`"):
        bundle.make(file)


def test_a_damaged_recording_is_one_clear_error(tmp_path: Path) -> None:
    file = recordings.write(tmp_path / "raw.pcapng", recordings.hytera())
    file.write_bytes(file.read_bytes()[:-6])
    with pytest.raises(CaptureError, match="ends within packet"):
        bundle.make(file)


def test_every_kind_of_link_can_be_made_anonymous() -> None:
    assert SCRUBS.keys() == KINDS.keys() == REGISTRY.keys()


@pytest.mark.parametrize("kind", SCRUBS)
def test_damaged_frames_never_stop_a_bundle(kind: str) -> None:
    chance = random.Random(11)
    records = KINDS[kind]()
    damaged = []
    for _ in range(3000):
        record = chance.choice(records)
        octets = bytearray(record.data)
        for _ in range(chance.randint(1, 4)):
            octets[chance.randrange(len(octets))] ^= 1 << chance.randrange(8)
        cut = bytes(octets[: chance.randint(0, 2 * len(octets))])
        damaged.append(replace(record, data=cut))
    assert len(SCRUBS[kind](damaged, Pseudonyms())) == len(damaged)
