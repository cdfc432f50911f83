"""Single sentences, frames and ids: traps, limits, and the way out."""

import json
import re
from dataclasses import replace
from datetime import date, time
from functools import reduce
from operator import xor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from radio_gateway.protocols.errors import MalformedError
from radio_gateway.protocols.kenwood import frames, sentences
from radio_gateway.protocols.kenwood.frames import (
    CallerId,
    Edge,
    Identity,
    Poll,
    Result,
    StatusFrame,
    System,
    TextFrame,
    UnknownFrame,
)
from radio_gateway.protocols.kenwood.ids import IdForm, UnitId
from radio_gateway.protocols.kenwood.sentences import DataSentence, IdentitySentence, ShortSentence
from radio_gateway.protocols.lettering import printable_ascii
from radio_gateway.protocols.nmea.line import Checksum, ChecksumState

FOLDER = Path(__file__).parents[3] / "vectors" / "serial"
NXDN = UnitId(IdForm.LETTER5, 3001)
FLEETSYNC = UnitId(IdForm.FLEETSYNC, 1002, 100)
CALLER = UnitId(IdForm.FLEETSYNC, 2001, 100)
DMR = UnitId(IdForm.LETTER8, 1205)
ANY = Checksum(ChecksumState.OK, "00", 0)

UNITS = st.one_of(
    st.builds(UnitId, st.just(IdForm.LETTER5), st.integers(1, 65519)),
    st.builds(UnitId, st.just(IdForm.LETTER8), st.integers(1, 16776415)),
    st.builds(UnitId, st.just(IdForm.FLEETSYNC), st.integers(1000, 4999), st.integers(100, 349)),
)


def sealed(body: str) -> bytes:
    return b"$%s*%02X" % (body.encode(), reduce(xor, body.encode(), 0))


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("1002000", UnitId(IdForm.FLEETSYNC, 2000, 100)),
        ("U00103", UnitId(IdForm.LETTER5, 103)),
        ("U65519", UnitId(IdForm.LETTER5, 65519)),
        ("U00001205", UnitId(IdForm.LETTER8, 1205)),
        ("004332199", UnitId(IdForm.DIGITS9, 4332199)),
    ],
)
def test_an_id_reads_and_writes(text: str, unit: UnitId) -> None:
    assert UnitId.parse(text) == unit
    assert unit.text == text


@pytest.mark.parametrize(
    "text",
    [
        *("", "U", "U00000", "U65520", "U00000000", "U16776416", "U0010", "u00103", " U00103"),
        *("0992000", "1000999", "3502000", "1005000", "000000000", "12345678", "U٠٠١٠٣"),
    ],
)
def test_what_no_radio_can_have_is_no_id(text: str) -> None:
    with pytest.raises(MalformedError):
        UnitId.parse(text)


def test_one_number_on_three_systems_is_three_radios() -> None:
    fleetsync = UnitId(IdForm.FLEETSYNC, 2000, 100)
    assert len({fleetsync, UnitId(IdForm.LETTER5, 2000), UnitId(IdForm.LETTER8, 2000)}) == 3


def test_half_a_position_is_none_but_the_radio_stays_known() -> None:
    # seen on the air: longitude and its letter missing
    value = sentences.parse(sealed("PKNSH,2913.1141,N,,,175302,A,U00103,"))
    assert isinstance(value, ShortSentence)
    assert (value.unit, value.valid, value.lon) == (UnitId(IdForm.LETTER5, 103), False, None)


def test_variation_and_version_part_at_the_letter() -> None:
    value = sentences.parse(
        sealed(
            "PKLDS,122434,A,4954.1474,N,11923.6044,W,001.1,194.9,130223,19.20,W00,100,1001,80,00,"
        )
    )
    assert isinstance(value, DataSentence)
    assert (value.variation_deg, value.version, value.status) == (-19.2, "00", 80)


@pytest.mark.parametrize(
    "body",
    [
        "PKNDS,114400,A,4954.1450,N,11923.6043,W,001.4,356.8,130223,19.20,W00",
        "PKNDS,114400,A,4954.1450,N,11923.6043,W,001.4,356.8,130223,19.20,W00,100,1001",
        "PKLSH,4954.1474,N,11923.6044,W,122434,A,100",
        "PKLID,00,99,1001,80,00,",
        "PKNID",
        "PKWDWPL,150803,A,4237.14,N,07120.83,W,173.8,231.8,190316,1120,te",
        "PKXYZ,1,2,3",
        "GPGLL,1,2,3",
    ],
)
def test_a_sentence_without_a_radio_is_malformed(body: str) -> None:
    with pytest.raises(MalformedError):
        sentences.parse(sealed(body))


def test_a_sentence_without_checksum_must_go_on_behind_the_id() -> None:
    # cut off `U00001205`, this would be another radio's `U00001`
    with pytest.raises(MalformedError, match="cut off"):
        sentences.parse(b"$PKNSH,2301.2967,N,07228.2519,E,160902,A,U00001")
    value = sentences.parse(b"$PKNSH,2301.2967,N,07228.2519,E,160902,A,U00001205,")
    assert value.checksum.state is ChecksumState.ABSENT


def test_a_waypoint_with_star_as_symbol_sums_up_to_that_star() -> None:
    # worked out: the octets up to the slash sum to 37
    value = sentences.parse(b"$PKWDWPL,204709,V,4237.1400,N,07120.8300,W,,,200316,,test4,/**37")
    assert isinstance(value, sentences.Waypoint)
    assert (value.checksum.state, value.name, value.symbol) == ("ok", "test4", "/*")


def test_a_waypoint_name_may_hold_a_comma() -> None:
    value = sentences.parse(sealed("PKWDWPL,204714,V,4237.1400,N,07120.8300,W,,,200316,,test,5,/'"))
    assert isinstance(value, sentences.Waypoint)
    assert (value.name, value.symbol) == ("test,5", "/'")


@given(
    unit=UNITS,
    lat=st.floats(-89.9, 89.9),
    lon=st.floats(-179.9, 179.9),
    knots=st.floats(0, 99),
    status=st.one_of(st.none(), st.integers(10, 99)),
    fix=st.sampled_from("AVZ"),
)
def test_a_data_sentence_reads_back(
    unit: UnitId, lat: float, lon: float, knots: float, status: int | None, fix: str
) -> None:
    sent = DataSentence(
        unit=unit,
        checksum=ANY,
        utc_time=time(10, 39),
        fix=fix,
        lat=lat,
        lon=lon,
        speed_knots=knots,
        course_deg=90.0,
        utc_date=date(2026, 3, 1),
        version="00",
        status=status,
        extension="00",
    )
    heard = sentences.parse(sent.build())
    assert isinstance(heard, DataSentence)
    assert heard.checksum.state is ChecksumState.OK
    assert heard.lat == pytest.approx(lat, abs=1e-6)
    assert heard.lon == pytest.approx(lon, abs=1e-6)
    assert heard.speed_knots == pytest.approx(knots, abs=0.051)
    rough = replace(heard, checksum=ANY, lat=lat, lon=lon, speed_knots=knots)
    assert rough == sent


@given(unit=UNITS)
def test_short_and_identity_sentences_read_back(unit: UnitId) -> None:
    short = ShortSentence(
        unit=unit, checksum=ANY, lat=56.5, lon=21.0, utc_time=time(1, 2, 3), fix="A"
    )
    identity = IdentitySentence(unit=unit, checksum=ANY, version="00", status=15)
    heard = [sentences.parse(short.build()), sentences.parse(identity.build())]
    assert [replace(value, checksum=ANY) for value in heard] == [short, identity]


@pytest.mark.parametrize(
    ("value", "octets"),
    [
        # worked examples of public programs, without their sequence digits
        (TextFrame(System.FLEETSYNC, "test", FLEETSYNC), b"\x02F1001002test\x03"),
        (TextFrame(System.NEXEDGE, "test11", NXDN), b"\x02gFU03001test11\x03"),
        (TextFrame(System.FLEETSYNC, "test"), b"\x02F0000000test\x03"),
        (TextFrame(System.NEXEDGE, "test"), b"\x02gFG00000test\x03"),
        (Poll(FLEETSYNC), b"\x02R31001002\x03"),
        (Poll(NXDN), b"\x02gR3U03001\x03"),
        (CallerId(Edge.BEGIN, NXDN), b"\x02gI1U03001U03001\x03"),
        (CallerId(Edge.END, FLEETSYNC), b"\x02I010010021001002\x03"),
        (StatusFrame(DMR, DMR, "0002"), b"\x02xEU00001205U000012050002\x03"),
        (Result(ok=True), b"\x020\x03"),
        (Result(ok=False), b"\x021\x03"),
        # with the digits that programs were seen to add; the long text by its description
        (Poll(FLEETSYNC, "25"), b"\x02R3100100225\x03"),
        (CallerId(Edge.BEGIN, FLEETSYNC, extra="25"), b"\x02I11001002100100225\x03"),
        (Identity(NXDN), b"\x02gDU03001\x03"),
        (
            TextFrame(System.NEXEDGE, "x" * 49, NXDN, long=True),
            b"\x02gGU03001" + b"x" * 49 + b"\x03",
        ),
    ],
)
def test_a_frame_goes_there_and_back_as_documented(
    value: TextFrame | Poll | CallerId | StatusFrame | Result | Identity, octets: bytes
) -> None:
    assert value.build() == octets
    read = frames.parse(octets[1:-1])
    if isinstance(value, TextFrame) and value.unit is None:
        value = replace(value, group=0)
    assert read == value


BODIES = [
    (vector["name"], octets)
    for vector in json.loads((FOLDER / "kenwood.json").read_text())
    for octets in re.findall(rb"\x02([^\x02\x03$\n]+)\x03", bytes.fromhex(vector["hex"]))
]


@pytest.mark.parametrize(("name", "body"), BODIES)
def test_a_recorded_frame_is_written_again(name: str, body: bytes) -> None:
    value = frames.parse(body)
    assert not isinstance(value, UnknownFrame)
    assert value.build() == b"\x02" + body + b"\x03"


def test_a_long_text_has_its_limit() -> None:
    assert TextFrame(System.NEXEDGE, "x" * 1024, NXDN, long=True).build()
    with pytest.raises(ValueError, match="1024 printable"):
        TextFrame(System.NEXEDGE, "x" * 1025, NXDN, long=True).build()


@pytest.mark.parametrize(
    ("body", "value"),
    [
        (b"D2001814", Identity(UnitId(IdForm.FLEETSYNC, 1814, 200))),
        (b"I1100200110020011", UnknownFrame("I1100200110020011")),
        (
            b"I11002001100200110",
            CallerId(Edge.BEGIN, CALLER, extra="10"),
        ),
        (b"I110020011002002", CallerId(Edge.BEGIN, CALLER, repeat_equal=False)),
        (b"gFG00005to all", TextFrame(System.NEXEDGE, "to all", group=5)),
        (b"gEU03001U0300212", UnknownFrame("gEU03001U0300212")),
        (b"2", UnknownFrame("2")),
        (b"g", UnknownFrame("g")),
        (b"\xff\xfe", UnknownFrame("ÿþ")),
    ],
)
def test_a_body_reads(body: bytes, value: object) -> None:
    assert frames.parse(body) == value


def test_six_digits_behind_the_ids_are_no_status() -> None:
    value = frames.parse(b"xEU00001205U00001500001202")
    assert isinstance(value, StatusFrame)
    assert (value.status, value.tail) == (None, "001202")


@pytest.mark.parametrize("body", [b"", b"I109920000992000", b"gR3U00000", b"xE000000000000000999"])
def test_a_known_form_with_an_impossible_id_is_malformed(body: bytes) -> None:
    with pytest.raises(MalformedError):
        frames.parse(body)


@pytest.mark.parametrize("text", ["x" * 49, "a\x03b", "ā", "\x7f"])
def test_a_text_that_the_radio_would_drop_is_not_built(text: str) -> None:
    with pytest.raises(ValueError, match="48 printable"):
        TextFrame(System.NEXEDGE, text, NXDN).build()


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Liepāja, Rožu laukums", "Liepaja, Rozu laukums"),
        ("Šalčininkų g. ĘĖĮŲŪ", "Salcininku g. EEIUU"),
        ("Пост у моста, щит", "Post u mosta, shchit"),
        ("Ёлка Йод Ю", "Elka Jod Ju"),
        ("„Jā” – nē…", '"Ja" - ne...'),
        ("a\x00b\x02c\td\x7fe\u00a0f", "a b c d e f"),
        ("水", "?"),
        ("straße", "strasse"),
    ],
)
def test_letters_become_what_the_display_can_show(text: str, shown: str) -> None:
    assert printable_ascii(text) == shown


@given(st.text(max_size=60))
def test_any_text_becomes_printable_ascii(text: str) -> None:
    shown = printable_ascii(text)
    assert shown.isascii()
    assert shown.isprintable()
