"""The envelope between the halves: everything goes round, nothing wrong gets in."""

import json
from datetime import UTC, datetime
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from radio_gateway.domain.commands import Command, SendText
from radio_gateway.domain.events import (
    CallEnded,
    CallEndReason,
    CallKind,
    EmergencyRaised,
    EmergencySource,
    Event,
    LinkHealth,
    PositionReported,
    RadioHeard,
    TextFailure,
    TextProgress,
    TextState,
    is_durable,
    is_urgent,
)
from radio_gateway.domain.geo import GeoPoint
from radio_gateway.domain.ids import RadioId, TalkgroupId
from radio_gateway.domain.jsonform import from_json, to_json
from radio_gateway.domain.moment import Moment
from radio_gateway.domain.wire import (
    CommandEnvelope,
    EventEnvelope,
    WireError,
    dump_command,
    dump_event,
    kind_of,
    load_command,
    load_event,
)

RADIO = RadioId("liepaja", 2340117)
AT = Moment(12.5, datetime(2026, 11, 22, 12, 32, 49, 250_000, UTC))

st.register_type_strategy(RadioId, st.just(RADIO))
st.register_type_strategy(
    TalkgroupId, st.builds(TalkgroupId, st.just("x"), st.integers(0, 0xFFFFFF))
)
st.register_type_strategy(
    GeoPoint,
    st.builds(GeoPoint, st.floats(-90, 90, allow_nan=False), st.floats(-180, 180, allow_nan=False)),
)
aware = st.datetimes(
    min_value=datetime(1990, 1, 1),  # noqa: DTZ001 (hypothesis wants naive bounds)
    max_value=datetime(2090, 1, 1),  # noqa: DTZ001
    timezones=st.just(UTC),
)
st.register_type_strategy(datetime, aware)
st.register_type_strategy(float, st.floats(allow_nan=False, allow_infinity=False))


@pytest.mark.parametrize("kind", get_args(Event), ids=lambda k: k.__name__)
def test_every_event_goes_round(kind: type[Event]) -> None:
    @given(st.builds(kind))
    def check(event: Event) -> None:
        envelope = EventEnvelope("id-1", "gw", 7, event)
        assert load_event(dump_event(envelope)) == envelope

    check()


@pytest.mark.parametrize(
    "kind", [k for k in get_args(Command) if k is not SendText], ids=lambda k: k.__name__
)
def test_every_command_goes_round(kind: type[Command]) -> None:
    @given(st.builds(kind), st.none() | aware)
    def check(command: Command, expires_at: datetime | None) -> None:
        envelope = CommandEnvelope("id-1", "*", command, expires_at)
        assert load_command(dump_command(envelope)) == envelope

    check()


@pytest.mark.parametrize("kind", get_args(Event), ids=lambda k: k.__name__)
def test_the_text_is_what_json_writes_for_the_same_values(kind: type[Event]) -> None:
    @given(st.builds(kind))
    def check(event: Event) -> None:
        text = dump_event(EventEnvelope('i"1', "gw", None, event, "e")).decode()
        head = {"v": 1, "id": 'i"1', "gateway": "gw", "seq": None, "epoch": "e"}
        whole = head | {"kind": kind_of(event), "body": to_json(event)}
        assert text == json.dumps(whole, ensure_ascii=False, separators=(",", ":"))

    check()


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
def test_numbers_that_json_does_not_have_are_refused(value: float) -> None:
    event = RadioHeard(link="l", at=AT, radio=RADIO, rssi_dbm=value)
    with pytest.raises(ValueError, match="JSON compliant"):
        dump_event(EventEnvelope("i", "gw", 1, event))


def test_values_of_other_types_than_declared_are_written_as_json_writes_them() -> None:
    wrong: Any = PositionReported(
        link="l", at=Moment(1, AT.utc), radio=RADIO, point=GeoPoint(56, 21), source="embedded",  # type: ignore[arg-type]
        speed_kmh=True, stale=1,  # type: ignore[arg-type]
    )  # fmt: skip
    body = json.loads(dump_event(EventEnvelope("i", "gw", 1, wrong)))["body"]
    assert body["point"] == {"lat": 56, "lon": 21}
    assert (body["at"]["mono"], body["source"]) == (1, "embedded")
    assert body["speed_kmh"] is True
    assert body["stale"] == 1


def test_a_text_goes_to_exactly_one_kind_of_addressee() -> None:
    text = SendText(command="c", text="Ziņa", talkgroup=TalkgroupId("x", 101))
    assert load_command(dump_command(CommandEnvelope("i", "*", text))).command == text
    with pytest.raises(ValueError, match="radio or to a talkgroup"):
        SendText(command="c", text="x")
    with pytest.raises(ValueError, match="radio or to a talkgroup"):
        SendText(command="c", text="x", radio=RADIO, talkgroup=TalkgroupId("x", 1))


@pytest.mark.parametrize("reason", [None, *TextFailure])
def test_only_a_text_that_failed_has_a_reason(reason: TextFailure | None) -> None:
    failed = TextProgress(link="l", at=AT, command="c", state=TextState.FAILED, reason=reason)
    assert load_event(dump_event(EventEnvelope("i", "gw", 1, failed))).event == failed
    if reason is not None:
        with pytest.raises(ValueError, match="sent has no reason to fail"):
            TextProgress(link="l", at=AT, command="c", state=TextState.SENT, reason=reason)


def test_the_json_is_the_documented_form() -> None:
    event = EmergencyRaised(
        link="centrs", at=AT, radio=RADIO, source=EmergencySource.ALARM, raw=b"\xbd\x27"
    )
    assert json.loads(dump_event(EventEnvelope("e", "gw", 1, event))) == {
        "v": 1,
        "id": "e",
        "gateway": "gw",
        "seq": 1,
        "epoch": "",
        "kind": "emergency_raised",
        "body": {
            "link": "centrs",
            "at": {"mono": 12.5, "utc": "2026-11-22T12:32:49.250000Z"},
            "radio": {"network": "liepaja", "number": 2340117},
            "source": "alarm",
            "talkgroup": None,
            "point": None,
            "site": None,
            "call": None,
            "raw": "bd27",
        },
    }


def _envelope(**changes: Any) -> bytes:
    body = {
        "link": "l",
        "at": {"mono": 1.0, "utc": "2026-01-01T00:00:00Z"},
        "radio": {"network": "n", "number": 5},
        "status": 3,
    }
    head: dict[str, Any] = {"v": 1, "id": "e", "gateway": "g", "seq": 1}
    head |= {"kind": "status_received", "body": body} | changes
    return json.dumps(head).encode()


WRONG = [
    ("no json", b"{", "no JSON"),
    ("no object", b"[]", "version"),
    ("version 2", _envelope(v=2), "version 2"),
    ("unknown kind", _envelope(kind="radio_eaten"), "radio_eaten"),
    ("no id", _envelope(id=""), "id is missing"),
    ("text as seq", _envelope(seq="1"), "seq"),
    ("body is a list", _envelope(body=[]), "StatusReceived"),
    ("field missing", _envelope(body={"link": "l"}), "missing"),
]


@pytest.mark.parametrize(("name", "data", "word"), WRONG, ids=[w[0] for w in WRONG])
def test_a_wrong_envelope_is_refused_with_its_reason(name: str, data: bytes, word: str) -> None:
    with pytest.raises(WireError, match=word):
        load_event(data)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("radio", {"network": "n", "number": 1 << 24}),
        ("radio", {"network": "", "number": 1}),
        ("status", True),
        ("status", 2.5),
        ("at", {"mono": 1.0, "utc": "2026-01-01T00:00:00"}),
    ],
)
def test_a_wrong_field_is_refused(field: str, value: object) -> None:
    body = json.loads(_envelope())["body"] | {field: value}
    with pytest.raises(WireError):
        load_event(_envelope(body=body))


def test_fields_from_a_newer_half_are_ignored() -> None:
    body = json.loads(_envelope())["body"] | {"mood": "fine"}
    assert load_event(_envelope(body=body)).event == load_event(_envelope()).event


@given(st.binary(max_size=200))
def test_any_bytes_are_an_envelope_or_a_wire_error(data: bytes) -> None:
    with pytest.raises(WireError):
        load_event(data)


def test_only_positions_presence_and_health_may_be_shed() -> None:
    kinds = {kind.__name__ for kind in get_args(Event)}
    health = LinkHealth.__name__
    position = PositionReported(
        link="l",
        at=AT,
        radio=RADIO,
        point=GeoPoint(1, 2),
        source="embedded",  # type: ignore[arg-type]
    )
    ended = CallEnded(
        link="l",
        at=AT,
        call="c",
        kind=CallKind.GROUP,
        radio=RADIO,
        started_at=AT.utc,
        duration_s=1.0,
        reason=CallEndReason.LOST,
    )
    alarm = EmergencyRaised(link="l", at=AT, radio=RADIO, source=EmergencySource.VOICE)
    assert health in kinds
    assert not is_durable(position)
    assert is_durable(ended)
    assert is_durable(alarm)
    assert is_urgent(alarm)
    assert not is_urgent(ended)


def test_kinds_are_named_in_snake_case() -> None:
    assert kind_of(EmergencyRaised(link="l", at=AT, radio=RADIO, source=EmergencySource.VOICE)) == (
        "emergency_raised"
    )


def test_single_values_are_read_by_their_type() -> None:
    assert from_json(GeoPoint | None, None) is None
    assert from_json(GeoPoint, to_json(GeoPoint(56.5, 21.0))) == GeoPoint(56.5, 21.0)
    with pytest.raises(WireError):
        from_json(GeoPoint, {"lat": 91, "lon": 0})
