"""Kenwood octets to values: known streams first, every cut of them, then any octets."""

import contextlib
import json
import random
from datetime import time
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from radio_gateway.protocols.errors import MalformedError
from radio_gateway.protocols.kenwood import frames, sentences
from radio_gateway.protocols.kenwood.ids import UnitId
from radio_gateway.protocols.kenwood.reader import (
    MAX_BODY,
    MAX_FRAME,
    MAX_LINE,
    FrameReader,
    Item,
    Kind,
)

VECTORS: list[dict[str, Any]] = json.loads(
    (Path(__file__).parents[3] / "vectors/serial/kenwood.json").read_text()
)
NAMES = [vector["name"] for vector in VECTORS]
GOOD = b"$PKNSH,6100.5899,N,02527.6527,E,103900,A,U00103,*56"


def shown_time(value: time | None) -> str | None:
    return value.isoformat() if value else None


def unit_record(unit: UnitId) -> dict[str, Any]:
    return {
        "fleet": unit.fleet,
        "unit_text": str(unit.number) if unit.fleet else unit.text,
        "unit": unit.number,
        "id_form": unit.form,
    }


def sentence_record(item: Item) -> dict[str, Any]:
    """A sentence in the terms of the vector file."""
    value = sentences.parse(item.data)
    own: dict[str, Any] = {
        "sentence": item.data[1:].partition(b",")[0].decode(),
        "checksum": value.checksum.state,
        "checksum_given": value.checksum.given,
        "checksum_computed": f"{value.checksum.computed:02X}",
    }
    if item.junk_before:
        own["junk_before"] = item.junk_before.decode("latin-1")
    if not isinstance(value, sentences.Waypoint):
        own |= unit_record(value.unit)
    match value:
        case sentences.IdentitySentence():
            own |= {
                "type": "identity",
                "version": value.version,
                "status": value.status,
                "extension": value.extension,
            }
        case sentences.ShortSentence() | sentences.DataSentence() | sentences.Waypoint():
            own |= {
                "type": "position",
                "time": shown_time(value.utc_time),
                "fix": value.fix,
                "latitude": value.lat,
                "longitude": value.lon,
            }
    match value:
        case sentences.ShortSentence():
            own["valid"] = value.valid
        case sentences.DataSentence():
            own |= {
                "valid": value.valid,
                "speed_knots": value.speed_knots,
                "course_deg": value.course_deg,
                "date": value.utc_date and value.utc_date.isoformat(),
                "magvar_deg": value.variation_deg,
                "version": value.version,
                "status": value.status,
                "extension": value.extension,
            }
        case sentences.Waypoint():
            own |= {
                "type": "waypoint",
                "speed_knots": value.speed_knots,
                "course_deg": value.course_deg,
                "date": value.utc_date and value.utc_date.isoformat(),
                "altitude_m": value.altitude_m,
                "name": value.name,
                "symbol": value.symbol,
            }
    return own


def frame_unit(unit: UnitId | None) -> dict[str, Any]:
    if unit is None:
        return {"fleet": 0, "unit": 0}
    if unit.fleet:
        return {"fleet": unit.fleet, "unit": unit.number}
    return {"unit_text": unit.text, "unit": unit.number}


def frame_record(item: Item) -> dict[str, Any]:
    """A frame in the terms of the vector file."""
    match frames.parse(item.data):
        case frames.Result(ok):
            return {"type": "result", "ok": ok}
        case frames.CallerId(edge, unit, repeat_equal, extra):
            return frame_unit(unit) | {
                "type": "caller_id",
                "system": "fleetsync" if unit.fleet else "nexedge",
                "edge": edge,
                "repeat_equal": repeat_equal,
                "extra": extra,
            }
        case frames.StatusFrame() as value:
            return {
                "type": "status",
                "system": "extended",
                "source_unit_text": value.source.text,
                "source_unit": value.source.number,
                "destination_unit_text": value.destination.text,
                "destination_unit": value.destination.number,
                "tail": value.tail,
                "status": value.status,
            }
        case frames.TextFrame() as value:
            return frame_unit(value.unit) | {
                "type": "send_text",
                "system": value.system,
                "length_code": "G" if value.long else "F",
                "text": value.text,
                "broadcast": value.broadcast,
            }
        case frames.Poll(unit, extra):
            return frame_unit(unit) | {
                "type": "poll",
                "system": "fleetsync" if unit.fleet else "nexedge",
                "extra": extra,
            }
        case other:
            return {"type": "unknown", "value": other}


def read(data: bytes) -> list[Item]:
    reader = FrameReader()
    return reader.feed(data) + reader.flush()


def assert_same(got: dict[str, Any], expected: dict[str, Any]) -> None:
    assert got.keys() == expected.keys()
    for key, value in expected.items():
        if isinstance(value, float):
            assert got[key] == pytest.approx(value, abs=1e-6), key
        else:
            assert got[key] == value, key


@pytest.mark.parametrize("vector", VECTORS, ids=NAMES)
def test_vector_reads_as_written_down(vector: dict[str, Any]) -> None:
    items = [i for i in read(bytes.fromhex(vector["hex"])) if i.kind is not Kind.FRAME_END]
    expected = vector["expect"]["messages"]
    assert len(items) == len(expected)
    for item, message in zip(items, expected, strict=True):
        is_sentence = item.kind is Kind.SENTENCE
        assert_same(sentence_record(item) if is_sentence else frame_record(item), message)


@pytest.mark.parametrize("vector", VECTORS, ids=NAMES)
def test_every_cut_gives_the_same_items(vector: dict[str, Any]) -> None:
    data = bytes.fromhex(vector["hex"])
    whole = read(data)
    for cut in range(len(data) + 1):
        reader = FrameReader()
        assert reader.feed(data[:cut]) + reader.feed(data[cut:]) + reader.flush() == whole


@given(
    st.lists(
        st.one_of(
            st.sampled_from([b"\x02", b"\x03", b"\r\n", b"\n", b"$", b"0", GOOD, b"a" * 300]),
            st.binary(max_size=20),
        ),
        max_size=60,
    ),
    st.data(),
)
def test_any_octets_read_the_same_at_any_cut(pieces: list[bytes], data: st.DataObject) -> None:
    stream = b"".join(pieces)
    whole = read(stream)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=8)))
    reader = FrameReader()
    items: list[Item] = []
    for begin, end in pairwise([0, *cuts, len(stream)]):
        items += reader.feed(stream[begin:end])
    assert items + reader.flush() == whole


@given(st.binary(max_size=100))
def test_any_octets_are_a_value_or_malformed(data: bytes) -> None:
    with contextlib.suppress(MalformedError):
        sentences.parse(data)
    with contextlib.suppress(MalformedError):
        frames.parse(data)


def test_a_burst_of_several_sentences_is_one_frame() -> None:
    items = read(b"\x02$GPGLL,1*00\r\n" + GOOD + b"\r\n\x03")
    assert [item.kind for item in items] == [Kind.SENTENCE, Kind.SENTENCE, Kind.FRAME_END]
    assert {item.frame for item in items} == {1}


def test_a_frame_cut_by_the_next_keeps_its_complete_lines() -> None:
    items = read(b"\x02" + GOOD + b"\r\n$PKNSH,61\x020\x03")
    assert [(item.kind, item.frame) for item in items] == [
        (Kind.SENTENCE, 1),
        (Kind.INCOMPLETE, 1),
        (Kind.FRAME_END, 1),
        (Kind.BODY, 2),
        (Kind.FRAME_END, 2),
    ]


def test_a_line_without_line_feed_before_etx_counts() -> None:
    assert read(b"\x02" + GOOD + b"\x03")[0] == Item(Kind.SENTENCE, GOOD, 1)


def test_octets_outside_any_form_are_junk() -> None:
    assert read(b"hello\r\n\x03") == [Item(Kind.JUNK, b"hello")]


def test_a_frame_too_long_is_abandoned_and_the_next_is_read() -> None:
    items = read(b"\x02" + b"x" * (MAX_FRAME + 10) + b"\n\x020\x03")
    assert [item.kind for item in items] == [
        Kind.INCOMPLETE,
        Kind.FRAME_END,
        Kind.JUNK,
        Kind.BODY,
        Kind.FRAME_END,
    ]
    assert len(items[0].data) == MAX_BODY
    assert len(items[2].data) <= MAX_LINE


def test_a_long_text_is_one_body_however_it_is_cut() -> None:
    body = b"gGU00103" + b"x" * 1024
    reader = FrameReader()
    pieces = [b"\x02" + body[:600], body[600:], b"\x03"]
    items = [item for piece in pieces for item in reader.feed(piece)]
    assert items == [Item(Kind.BODY, body, 1), Item(Kind.FRAME_END, b"", 1)]
    assert reader.dropped == 0


def noise_and_sentences(octets: int, good: int, seed: int) -> bytes:
    """Random octets with whole bursts between them."""
    chance = random.Random(seed)
    burst = b"\x02" + GOOD + b"\r\n\x03"
    gap = octets // good
    return b"".join(chance.randbytes(gap) + burst for _ in range(good))


def count_good(items: list[Item]) -> int:
    good = 0
    for item in items:
        if item.kind is Kind.SENTENCE:
            with contextlib.suppress(MalformedError):
                good += sentences.parse(item.data).checksum.state == "ok"
    return good


def test_every_sentence_between_noise_is_found() -> None:
    assert count_good(read(noise_and_sentences(200_000, 100, seed=3))) == 100


@pytest.mark.slow
def test_a_thousand_sentences_in_ten_megabytes_of_noise_are_found() -> None:
    assert 999 <= count_good(read(noise_and_sentences(10 * 2**20, 1000, seed=4))) <= 1000
