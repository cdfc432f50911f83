"""Tait packets: the vendor's printed examples, every cut and flip of them, then any octets."""

import contextlib
import json
import os
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from radio_gateway.protocols.errors import MalformedError
from radio_gateway.protocols.tait import ccr, commands, reports
from radio_gateway.protocols.tait.packet import Direction, Packet, checksum
from radio_gateway.protocols.tait.reader import MAX_JUNK, Item, Kind, PacketReader

VECTORS: list[dict[str, Any]] = json.loads(
    (Path(__file__).parents[3] / "vectors/tait/ccdi.json").read_text()
)
NAMES = [vector["name"] for vector in VECTORS]
SLOWEST_S = 0.05
MUTATIONS = int(os.environ.get("SARDZE_FUZZ", "200000"))


def read(data: bytes) -> list[Item]:
    reader = PacketReader()
    return reader.feed(data) + reader.flush()


def interpret(packet: Packet, direction: Direction) -> Any:
    if not packet.ident.islower():
        return ccr.parse_ccr(packet, direction)
    if direction is Direction.TO_RADIO:
        return commands.parse_command(packet)
    return reports.parse_report(packet)


def record(value: Any) -> dict[str, Any]:  # noqa: C901  # one case per kind
    """A message in the terms of the vector file."""
    match value:
        case commands.Cancel(what):
            return {"type": "cancel", "cancel": what}
        case commands.Dial(dialling, number):
            return {"type": "dial", "dial": dialling, "number": number}
        case commands.GoToChannel(zone, channel):
            return {"type": "go_to_channel", "zone": zone, "channel": channel}
        case commands.Query(question, argument):
            return {"type": "query", "query": question, "argument": argument}
        case commands.Function(function, rest):
            return {"type": "function", "function": function, "rest": rest}
        case commands.SendSdm(data_id, text, lead_in):
            kind = {"type": "send_sdm", "lead_in_ms": lead_in}
            return kind | {"data_id": data_id, "text": text}
        case commands.SendAdaptableSdm(gfi, sfi, data_id, text, lead_in):
            kind = {"type": "send_adaptable_sdm", "lead_in_ms": lead_in}
            return kind | {"gfi": gfi, "sfi": sfi, "data_id": data_id, "text": text}
        case reports.Sdm():
            return {"type": "sdm", "text": value.text}
        case reports.Ring(_, status, _, caller):
            return {
                "type": "ring",
                "category": value.category,
                "call": value.call,
                "emergency": value.emergency,
                "target": value.target,
                "type4": value.codes[4],
                "status": status,
                "caller": caller,
            }
        case reports.Progress(number, argument):
            event = value.event.name.lower() if value.event else None
            return {"type": "progress", "ptype": number, "event": event, "argument": argument}
        case reports.ErrorReport(system, number):
            error = value.code.name.lower() if value.code else None
            category = "system" if system else "transaction"
            return {"type": "error", "category": category, "code": number, "error": error}
        case reports.Model(codes, version):
            return {"type": "model", "model_codes": codes, "ccdi_version": version}
        case reports.Measurement(command, measured):
            return {"type": "cctm", "command": command, "value": measured}
        case ccr.CcrMessage(_, command):
            return {"type": "ccr", "command": command}
    raise AssertionError(value)


@pytest.mark.parametrize("vector", VECTORS, ids=NAMES)
def test_vector_reads_as_printed_and_is_written_again(vector: dict[str, Any]) -> None:
    octets = bytes.fromhex(vector["hex"])
    (item,) = read(octets)
    (expected,) = vector["expect"]["messages"]
    assert item.packet is not None
    assert f"{checksum(octets[:-3]):02X}" == expected["checksum_computed"]
    assert (item.packet.ident, item.packet.text) == (expected["ident"], expected["parameters"])
    assert item.packet.build() == octets
    value = interpret(item.packet, Direction(expected["direction"]))
    shown = record(value)
    assert shown == {name: expected[name] for name in shown}
    if hasattr(value, "build") and expected["parameters"]:
        assert value.build() == item.packet


@pytest.mark.parametrize(
    ("octets", "value"),
    [
        # worked out by hand from the rules of the manual
        (b"r0C02000FF123459E\r", reports.Ring("02000", caller="12345")),
        (b"f03041A2\r", commands.Function("0", "41")),
        (b"f03031A3\r", commands.Function("0", "31")),
        (b"f03101A5\r", commands.Function("1", "01")),
        (b"f03121A3\r", commands.Function("1", "21")),
        (
            b"a1E0520000001234Unit 12 call base0E\r",
            commands.SendAdaptableSdm("2", "00", "00001234", "Unit 12 call base"),
        ),
    ],
)
def test_packet_built_by_the_rule(octets: bytes, value: Any) -> None:
    assert value.build().build() == octets
    packet = Packet.parse(octets)
    own = reports.parse_report if isinstance(value, reports.Ring) else commands.parse_command
    assert own(packet) == value


def test_the_misprinted_example_of_the_manual_is_a_wrong_checksum() -> None:
    with pytest.raises(MalformedError, match="wrong CCDI checksum"):
        Packet.parse(b"a0FFF20012345678Hi4A\r")
    assert Packet.parse(b"a0FFF20012345678HiB6\r").text == "FF20012345678Hi"


def test_a_size_in_decimal_is_no_ccdi() -> None:
    body = b"g32" + b"1" * 32
    (item,) = read(b"%s%02X\r" % (body, checksum(body)))
    assert item.kind is Kind.JUNK


def test_the_same_letter_means_two_things_by_direction() -> None:
    packet = Packet.parse(b"s0D050800TESTHi!DA\r")
    assert interpret(packet, Direction.TO_RADIO) == commands.SendSdm("0800TEST", "Hi!", 100)
    assert interpret(packet, Direction.FROM_RADIO) == reports.Sdm(b"050800TESTHi!")


def test_prompts_stand_alone_and_before_packets() -> None:
    kinds = [item.kind for item in read(b"..p0207C7\r.\r\n.p0202CC\r")]
    assert kinds == [Kind.PROMPT, Kind.PROMPT, Kind.PACKET, Kind.PROMPT, Kind.PROMPT, Kind.PACKET]


def test_points_and_carriage_returns_within_a_message_are_data() -> None:
    sent = Packet("s", b"a.b\r.p0203CB\rc")
    (item,) = read(sent.build())
    assert item.packet == sent


@pytest.mark.parametrize(
    "noise", [b"\x00\xff\x80", b"p0", b"p9902", b"zz..zz", b"s10short", b"x" * 40, b"p020"]
)
def test_a_packet_behind_noise_is_found(noise: bytes) -> None:
    items = read(noise + b"p0203CB\r" + b".p0204CA\r")
    found = [item.data for item in items if item.kind is Kind.PACKET]
    assert found == [b"p0203CB\r", b"p0204CA\r"]


def test_noise_without_end_is_dropped_in_pieces() -> None:
    reader = PacketReader()
    items = reader.feed(b"?" * 2000)
    assert [len(item.data) for item in items] == [MAX_JUNK] * 3
    assert reader.feed(b"\rp0203CB\r")[-1].kind is Kind.PACKET


@pytest.mark.parametrize(
    ("codes", "emergency"),
    [("00100", True), ("02100", True), ("00009", True), ("00000", False), ("91000", False)],
)
def test_emergency_is_read_from_priority_and_type(codes: str, emergency: bool) -> None:
    ring = reports.parse_report(Packet("r", codes.encode() + b"FF12345"))
    assert isinstance(ring, reports.Ring)
    assert ring.emergency is emergency


def test_a_ring_for_somebody_else_names_both() -> None:
    ring = reports.parse_report(Packet("r", b"00010FF500-12345"))
    assert ring == reports.Ring("00010", None, "500", "12345")
    assert ring.build() == Packet("r", b"00010FF500-12345")


@pytest.mark.parametrize(
    ("packet", "what"),
    [
        (Packet("r", b"1400"), "report r"),
        (Packet("p", b"xx"), "report p"),
        (Packet("e", b"299"), "report e"),
        (Packet("m", b"1"), "report m"),
        (Packet("j", b"a"), "report j"),
    ],
)
def test_a_report_with_foreign_parameters_is_malformed(packet: Packet, what: str) -> None:
    with pytest.raises(MalformedError, match=what):
        reports.parse_report(packet)


@pytest.mark.parametrize("ident", ["c", "d", "g", "q", "s", "a"])
def test_a_command_with_foreign_parameters_is_malformed(ident: str) -> None:
    with pytest.raises(MalformedError, match=f"command {ident}"):
        commands.parse_command(Packet(ident, b"?"))


@pytest.mark.parametrize(
    ("command", "why"),
    [
        (commands.SendSdm("1234", "x"), "not eight characters"),
        (commands.SendSdm("12345678", "x" * 33), "takes 32"),
        (commands.SendAdaptableSdm("2", "04", "12345678", "x" * 129), "takes 128"),
        (commands.SendSdm("12345678", "x", 0), "20..5100"),
    ],
)
def test_what_no_radio_takes_is_not_built(command: commands.SendSdm, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        command.build()


@pytest.mark.parametrize(
    ("octets", "command", "refusal"),
    [
        (Packet("+", b"R"), "accepted", None),
        (Packet("-", b"05R"), "refused", ccr.Refusal.BUSY),
        (Packet("-", b"99"), "refused", None),
        (Packet("M", b"R"), "ready", None),
        (Packet("Y", b""), "Y", None),
    ],
)
def test_frequency_control_is_named(
    octets: Packet, command: str, refusal: ccr.Refusal | None
) -> None:
    message = ccr.parse_ccr(octets)
    assert (message.command, message.refusal) == (command, refusal)


def test_ccdi_is_not_frequency_control() -> None:
    with pytest.raises(MalformedError):
        ccr.parse_ccr(Packet("p", b"02"))


@pytest.mark.parametrize("vector", VECTORS, ids=NAMES)
def test_every_prefix_and_every_flipped_bit_is_detected(vector: dict[str, Any]) -> None:
    octets = bytes.fromhex(vector["hex"])
    for length in range(len(octets)):
        assert all(item.kind is Kind.JUNK for item in read(octets[:length]))
    for bit in range(8 * (len(octets) - 1)):
        damaged = bytearray(octets)
        damaged[bit // 8] ^= 1 << bit % 8
        assert all(item.kind is not Kind.PACKET for item in read(bytes(damaged)))


STREAM = st.lists(
    st.one_of(
        st.sampled_from([b".", b"\r", b"p0203CB\r", b"s02Hi7A\r", b"r0714000FFA6\r", b"sFF"]),
        st.binary(max_size=12),
    ),
    max_size=40,
).map(b"".join)


@given(STREAM, st.data())
def test_any_octets_read_the_same_at_any_cut(stream: bytes, data: st.DataObject) -> None:
    whole = read(stream)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=8)))
    reader = PacketReader()
    items: list[Item] = []
    for begin, end in pairwise([0, *cuts, len(stream)]):
        items += reader.feed(stream[begin:end])
    assert items + reader.flush() == whole


@given(st.characters(codec="ascii"), st.binary(max_size=40))
def test_any_parameters_are_a_value_or_malformed(ident: str, parameters: bytes) -> None:
    for direction in Direction:
        with contextlib.suppress(MalformedError):
            interpret(Packet(ident, parameters), direction)
