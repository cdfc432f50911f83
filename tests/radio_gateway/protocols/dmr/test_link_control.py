"""Full, embedded and short link control, GPS Info."""

import json
import random
from pathlib import Path
from typing import Any

import pytest

from radio_gateway.domain.geo import GeoPoint
from radio_gateway.protocols.dmr import bptc, embedded
from radio_gateway.protocols.dmr.checks import five_bit_sum
from radio_gateway.protocols.dmr.emb import Emb, Lcss
from radio_gateway.protocols.dmr.link_control import (
    GpsInfo,
    OtherLc,
    TalkerAliasPart,
    VoiceLc,
    lc_of_burst,
    open_full_lc,
    parse_lc,
    seal_full_lc,
)
from radio_gateway.protocols.dmr.short_lc import ShortLc
from radio_gateway.protocols.dmr.slot_type import DataType
from radio_gateway.protocols.errors import MalformedError

VECTORS: list[dict[str, Any]] = json.loads(
    (Path(__file__).parents[3] / "vectors/dmr/link_control.json").read_text()
)


def of(protocol: str) -> list[Any]:
    return [
        pytest.param(bytes.fromhex(v["hex"]), v["expect"], id=v["name"])
        for v in VECTORS
        if v["protocol"] == protocol
    ]


def assert_lc(lc: bytes, expect: dict[str, Any]) -> None:
    assert lc[0] & 0x3F == expect["flco"]
    assert lc[1] == expect["fid"]
    assert bool(lc[0] & 0x80) == expect["protect"]
    read = parse_lc(lc)
    match read:
        case VoiceLc():
            assert (read.target, read.source) == (expect["dst"], expect["src"])
            assert read.service == expect["service_options"]
            assert read.group == (expect["flco"] == 0)
        case GpsInfo():
            assert read.point.lon == pytest.approx(expect["lon"], abs=1e-6)
            assert read.point.lat == pytest.approx(expect["lat"], abs=1e-6)
            assert expect["position_error"] == 7
            assert read.error_m is None
        case TalkerAliasPart():
            assert read.number == expect["flco"] - 4
            assert read.data[0] >> 6 == expect["ta_format"]
            assert read.data[0] >> 1 & 0x1F == expect["ta_length"]
            assert read.data[0] & 1 == expect["ta_msb"]
            assert read.data[1:].hex() == expect["ta_data"]
        case OtherLc():
            pytest.fail("every vector is a link control that we read")


@pytest.mark.parametrize(("octets", "expect"), of("dmr-embedded-lc"))
def test_embedded(octets: bytes, expect: dict[str, Any]) -> None:
    lc = embedded.decode(octets)

    assert lc.hex() == expect["lc_hex"]
    assert five_bit_sum(lc) == expect["cs5"]
    assert_lc(lc, expect["lc"])
    assert b"".join(embedded.encode(lc)) == octets


@pytest.mark.parametrize(("octets", "expect"), of("dmr-lc-77"))
def test_77_bits(octets: bytes, expect: dict[str, Any]) -> None:
    assert five_bit_sum(octets[:9]) == expect["cs5"] == octets[9] >> 3
    assert_lc(octets[:9], expect["lc"])


@pytest.mark.parametrize(("octets", "expect"), of("dmr-full-lc"))
def test_full(octets: bytes, expect: dict[str, Any]) -> None:
    kind = DataType[expect["data_type"]]
    lc = open_full_lc(octets, kind)

    assert_lc(lc, expect["lc"])
    assert seal_full_lc(lc, kind) == octets


HEADER_BURST = bytes.fromhex("015149880ba01b3816406c80c46d5d7f77fd757e32990118206005a02341391033")


@pytest.mark.parametrize("wrong", [0, 3, 6])
def test_the_quick_way_reads_what_the_long_one_reads(wrong: int) -> None:
    rng = random.Random(wrong)
    kind = DataType.VOICE_LC_HEADER
    for _ in range(200):
        bits = int.from_bytes(HEADER_BURST, "big")
        for place in rng.sample([*range(98), *range(166, 264)], wrong):
            bits ^= 1 << (263 - place)
        burst = bits.to_bytes(33, "big")
        try:
            expected = open_full_lc(bptc.decode(burst), kind)
        except MalformedError:
            with pytest.raises(MalformedError):
                lc_of_burst(burst, kind)
        else:
            assert lc_of_burst(burst, kind) == expected


@pytest.mark.parametrize("kind", [DataType.TERMINATOR_WITH_LC, DataType.CSBK, DataType.IDLE])
def test_the_quick_way_takes_no_other_kind(kind: DataType) -> None:
    with pytest.raises(MalformedError):
        lc_of_burst(HEADER_BURST, kind)


@pytest.mark.parametrize("length", [0, 32, 34])
def test_the_quick_way_takes_whole_bursts_only(length: int) -> None:
    with pytest.raises(MalformedError, match="33 octets"):
        lc_of_burst(bytes(length), DataType.VOICE_LC_HEADER)


def test_a_row_beyond_repair_comes_back_from_the_parity_of_the_columns() -> None:
    octets = bytearray.fromhex("0300030a0f0006060f033a030c393530")
    octets[3] ^= 0x80  # twice in the first row
    octets[9] ^= 0x80

    assert embedded.decode(bytes(octets)).hex() == "00000000000620baef"


def test_two_rows_beyond_repair_are_lost() -> None:
    octets = bytearray.fromhex("0300030a0f0006060f033a030c393530")
    octets[3] ^= 0xC0  # twice in each of the first two rows
    octets[9] ^= 0xC0

    with pytest.raises(MalformedError, match="beyond repair"):
        embedded.decode(bytes(octets))


def test_a_header_is_no_terminator() -> None:
    header = bytes.fromhex("0300002635a903d475cb8795")

    with pytest.raises(MalformedError):
        open_full_lc(header, DataType.TERMINATOR_WITH_LC)


@pytest.mark.parametrize(("octets", "expect"), of("dmr-short-lc-68"))
def test_short(octets: bytes, expect: dict[str, Any]) -> None:
    bits = int.from_bytes(octets, "big") >> 4
    short = ShortLc.parse(bits)

    assert short.slco == expect["slco"]
    assert f"{short.information:07x}" == expect["payload28"]
    assert short.build() == bits


@pytest.mark.parametrize("row", range(3))
def test_a_row_of_short_link_control_beyond_repair_comes_back(row: int) -> None:
    bits = ShortLc(0x1234567).build()
    lost = bits
    for column in (2, 5, 9):  # column by column, four rows
        lost ^= 1 << (67 - 4 * column - row)

    assert ShortLc.parse(lost ^ 1 << 67 - row).information == 0x1234567


@pytest.mark.parametrize(("flco", "encrypted"), [(0x20, True), (0x21, True), (0x10, False)])
def test_encrypted_voice_of_a_vendor_is_shown(flco: int, encrypted: bool) -> None:
    lc = parse_lc(bytes((flco, 0x10)) + bytes(7))

    assert isinstance(lc, OtherLc)
    assert lc.encrypted == encrypted


@pytest.mark.parametrize(("octets", "expect"), of("dmr-emb"))
def test_emb(octets: bytes, expect: dict[str, Any]) -> None:
    emb = Emb.parse(octets)

    assert (emb.colour_code, emb.privacy, emb.lcss) == (expect["cc"], expect["pi"], expect["lcss"])
    assert emb.build() == octets


GPS = [
    # id, octets, lat, lon, error in metres; worked out by hand from the field widths
    ("liepaja", "0800021de2f750 5f07".replace(" ", ""), 56.5110, 21.0140, 20),
    ("south west", "08000f000000800000", -90.0, -180.0, None),
    ("ohio", "08000f8a177e3903c2", 40.088446, -82.904227, None),
    ("zero", "080000000000000000", 0.0, 0.0, 2),
]


@pytest.mark.parametrize(
    ("octets", "lat", "lon", "error_m"), [row[1:] for row in GPS], ids=[row[0] for row in GPS]
)
def test_gps(octets: str, lat: float, lon: float, error_m: float | None) -> None:
    info = GpsInfo.parse(bytes.fromhex(octets))

    assert info.point.lat == pytest.approx(lat, abs=2e-5)
    assert info.point.lon == pytest.approx(lon, abs=2e-5)
    assert info.error_m == error_m


@pytest.mark.parametrize(("lat", "lon"), [(56.511, 21.014), (-33.9, -70.6), (90.0, 180.0)])
def test_gps_round_trip(lat: float, lon: float) -> None:
    again = GpsInfo.parse(GpsInfo(GeoPoint(lat, lon), error_m=15.0).build())

    assert again.point.lat == pytest.approx(lat, abs=1.1e-5)
    assert again.point.lon == pytest.approx(lon, abs=1.1e-5)
    assert again.error_m == 20.0


def test_motorola_opcode_4_is_no_talker_alias() -> None:
    assert isinstance(parse_lc(bytes.fromhex("041000000001000002")), OtherLc)


def test_motorola_group_call_with_privacy() -> None:
    lc = VoiceLc.parse(bytes.fromhex("001040000009280722"))

    assert (lc.group, lc.target, lc.source) == (True, 9, 2623266)
    assert lc.encrypted
    assert not lc.emergency


def test_emergency_bit() -> None:
    assert VoiceLc.parse(bytes.fromhex("000080000009280722")).emergency


class TestCollector:
    FRAGMENTS = ("0300030a", "0f000606", "0f033a03", "0c393530")
    PARTS = (Lcss.FIRST, Lcss.CONTINUATION, Lcss.CONTINUATION, Lcss.LAST)

    def collect(self, order: tuple[int, ...], colour_codes: dict[int, int]) -> list[bytes]:
        collector = embedded.Collector()
        heard = []
        for n in order:
            emb = Emb(colour_codes.get(n, 1), self.PARTS[n])
            lc = collector.add(emb, bytes.fromhex(self.FRAGMENTS[n]))
            if lc:
                heard.append(lc)
        return heard

    def test_four_parts_in_order(self) -> None:
        assert self.collect((0, 1, 2, 3), {}) == [bytes.fromhex("00000000000620baef")]

    def test_a_missing_part_gives_nothing(self) -> None:
        assert self.collect((0, 1, 3), {}) == []

    def test_the_next_superframe_starts_afresh(self) -> None:
        assert len(self.collect((1, 2, 3, 0, 1, 2, 3), {})) == 1

    def test_parts_of_two_colour_codes_do_not_mix(self) -> None:
        assert self.collect((0, 1, 2, 3), {2: 7}) == []
