"""Every captured or published frame: read as its source says, and written back octet by octet."""

import json
from pathlib import Path
from typing import Any

import pytest

from radio_gateway.protocols.hytera import lp, rcp, rrs, tmp
from radio_gateway.protocols.hytera.frames import envelope_of, read_frame, read_message
from radio_gateway.protocols.hytera.gps import GpsData
from radio_gateway.protocols.hytera.hdap import Hdap
from radio_gateway.protocols.hytera.hrnp import Hrnp, HrnpOpcode
from radio_gateway.protocols.hytera.hstrp import Hstrp, Kind, OptionCommand
from radio_gateway.protocols.hytera.ipsc import IpscPacket, IpscPing, SlotType, SyncKind
from radio_gateway.protocols.hytera.message import RadioAddress, UnknownMessage
from radio_gateway.protocols.hytera.rtp import CallExtension, Rtp

FOLDER = Path(__file__).parents[3] / "vectors" / "hytera"
Expect = dict[str, Any]

NAMES = {
    "registration": rrs.Registration,
    "registration_answer": rrs.RegistrationAnswer,
    "deregistration": rrs.Deregistration,
    "online_check_answer": rrs.OnlineCheckAnswer,
    "standard_request": lp.ImmediateRequest,
    "standard_report": lp.ImmediateReport,
    "condition_request": lp.ConditionRequest,
    "condition_report": lp.ConditionReport,
    "private_message": tmp.PrivateMessage,
    "private_message_answer": tmp.PrivateMessageAnswer,
    "group_message": tmp.GroupMessage,
    "call_request": rcp.CallRequest,
    "call_reply": rcp.CallReply,
    "key_operation_request": rcp.KeyOperation,
    "key_operation_reply": rcp.KeyOperationReply,
    "broadcast_transmit_status": rcp.TransmitStatus,
    "broadcast_receive_status": rcp.ReceiveStatus,
    "repeater_broadcast_transmit_status": rcp.RepeaterStatus,
    "broadcast_status_config_request": rcp.BroadcastSubscription,
    "status_change_notification_request": rcp.StatusSubscription,
    "broadcast_message_config_request": rcp.MessageForwarding,
    "broadcast_message_config_reply": rcp.MessageForwardingReply,
    "remote_monitor_ack": rcp.RemoteMonitorReply,
    "radio_id_ip_query_reply": rcp.IdentityReply,
    "channel_status_request": rcp.ChannelStatusQuery,
}
OUR_NAMES = {
    "request_id": "request",
    "renew_seconds": "renew_s",
    "target_id": "target",
    "sender_id": "sender",
    "trigger_type": "trigger",
    "entries": "pairs",
    "types": "kinds",
    "text_hex": "rest",
    "extra": "rest",
}
"Where a vector and our classes call a field differently."


def vectors(name: str) -> list[Any]:
    entries = json.loads((FOLDER / f"{name}.json").read_text())
    return [pytest.param(bytes.fromhex(e["hex"]), e["expect"], id=e["name"]) for e in entries]


def plain(value: object) -> object:
    """Our value in the form that the vectors use."""
    match value:
        case RadioAddress(subnet, number):
            return {"ip": str(value), "subnet": subnet, "radio_id": number}
        case bytes():
            return value.hex()
        case tuple():
            return [list(pair) for pair in value]
        case GpsData():
            fixed_at, point = value.fixed_at, value.point
            assert point is not None
            return {
                "valid": value.valid,
                "status": value.status,
                "time": value.time,
                "date": value.date,
                "ns": value.north_south,
                "lat_raw": value.latitude,
                "ew": value.east_west,
                "lon_raw": value.longitude,
                "speed_raw": value.speed,
                "course_raw": value.course,
                "latitude": round(point.lat, 6),
                "longitude": round(point.lon, 6),
                "speed_knots": value.speed_knots,
                "course_deg": value.course_deg,
                "utc": fixed_at and fixed_at.isoformat().replace("+00:00", "Z"),
            }
        case _:
            return value


def check_fields(envelope: Hdap, expect: Expect) -> None:
    fields = dict(expect["fields"])
    message = read_message(envelope)
    again = message.envelope(reliable=envelope.reliable)
    assert (again.opcode, again.payload) == (envelope.opcode, envelope.payload)
    if isinstance(message, UnknownMessage):
        assert fields == {"raw": message.octets.hex()}
        return
    assert type(message) is NAMES[expect["opcode_name"]]
    match message:
        case rrs.OnlineCheckAnswer():
            assert fields.pop("state") == rrs.Presence(message.state).name.lower()
        case rcp.CallRequest():
            name = fields.pop("call_type_name")
            assert name == rcp.CallType(message.call_type).name.lower()
        case rcp.RepeaterStatus():
            assert fields.pop("status_name") == rcp.SlotStatus(message.status).name.lower()
        case rcp.KeyOperation():
            assert fields.pop("pressed") == (message.operation == 1)
        case rcp.BroadcastSubscription() | rcp.StatusSubscription():
            assert fields.pop("count") == len(message.pairs)
        case rcp.IdentityReply():
            assert fields.pop("kind") == ("id", "ip")[message.kind]
        case tmp.PrivateMessage() | tmp.GroupMessage() | tmp.PrivateMessageAnswer():
            fields.pop("service")
            flags = message.flags
            assert fields.pop("flag_bit7") == bool(flags & 0x80)
            assert fields.pop("option") == bool(flags & 0x40)
            assert fields.pop("reserved_bits") == flags & 0x3F
        case _:
            pass
    ours = {name: plain(getattr(message, OUR_NAMES.get(name, name))) for name in fields}
    assert ours == fields


def check_envelope(envelope: Hdap, expect: Expect) -> None:
    assert {
        "header": envelope.service | envelope.reliable << 7,
        "service": envelope.service.name,
        "reliable": envelope.reliable,
        "opcode": f"0x{envelope.opcode:04x}",
        "length": len(envelope.payload),
        "checksum": f"0x{envelope.check:02x}",
        "checksum_ok": envelope.checksum_ok,
        "end_ok": envelope.end_ok,
        "trailing": envelope.trailing.hex(),
    } == {"trailing": ""} | {
        name: value for name, value in expect.items() if name not in ("opcode_name", "fields")
    }
    check_fields(envelope, expect)


@pytest.mark.parametrize(("data", "expect"), vectors("hdap"))
def test_hdap(data: bytes, expect: Expect) -> None:
    envelope = Hdap.parse(data)
    check_envelope(envelope, expect)
    assert envelope.build() == data
    assert read_frame(data) == envelope


@pytest.mark.parametrize(("data", "expect"), vectors("hstrp"))
def test_hstrp(data: bytes, expect: Expect) -> None:
    packet = Hstrp.parse(data)
    flags = [kind.name.lower() for kind in reversed(Kind) if packet.kind & kind and kind.name]
    order = ["option", "reject", "close", "connect", "heartbeat", "ack"]
    assert packet.version == expect["version"]
    assert packet.kind == expect["type"]
    assert sorted(flags, key=order.index) == expect["flags"]
    assert packet.number == expect["sn"]
    assert [
        {
            "command": option.command,
            "name": OptionCommand(option.command).name.lower(),
            "length": len(option.value),
            "value": option.number,
        }
        for option in packet.options
    ] == expect["options"]
    envelope = envelope_of(packet)
    if expect["payload"] is None:
        assert envelope is None
    else:
        assert envelope is not None
        check_envelope(envelope, expect["payload"])
    assert packet.build() == data
    assert read_frame(data) == packet


@pytest.mark.parametrize(("data", "expect"), vectors("hrnp"))
def test_hrnp(data: bytes, expect: Expect) -> None:
    packet = Hrnp.parse(data)
    payload = expect.pop("payload")
    assert {
        "version": packet.version,
        "block": packet.block,
        "opcode": packet.opcode,
        "opcode_name": HrnpOpcode(packet.opcode).name.lower(),
        "source": packet.source,
        "destination": packet.destination,
        "packet_number": packet.number,
        "length": 12 + len(packet.payload),
        "checksum": f"0x{packet.check:04x}",
        "checksum_ok": packet.checksum_ok,
    } == expect
    envelope = envelope_of(packet)
    if payload is None:
        assert envelope is None
    else:
        assert envelope is not None
        check_envelope(envelope, payload)
    assert packet.build() == data
    unchecked = Hrnp(
        packet.opcode,
        packet.source,
        packet.destination,
        packet.number,
        packet.payload,
        version=packet.version,
    )
    assert unchecked.build() == data


@pytest.mark.parametrize(("data", "expect"), vectors("rtp"))
def test_rtp(data: bytes, expect: Expect) -> None:
    packet = Rtp.parse(data)
    call = CallExtension.from_bytes(packet.extension)
    assert {
        "version": 2,
        "padding": packet.padding,
        "extension": packet.extension_id is not None,
        "csrc_count": len(packet.contributors),
        "marker": packet.marker,
        "payload_type": packet.payload_type,
        "sequence": packet.sequence,
        "timestamp": packet.timestamp,
        "ssrc": packet.ssrc,
        "ext_id": f"0x{packet.extension_id:04x}",
        "ext_words": len(packet.extension) // 4,
        "slot": call.slot,
        "last": call.last,
        "source_id": call.source,
        "destination_id": call.destination,
        "call_type": call.call_type,
        "reserved": call.reserved.hex(),
        "header_length": packet.header_size,
        "audio_length": len(packet.audio),
    } == expect
    assert packet.build() == data
    assert call.to_bytes() == packet.extension


SLOT_NAMES = {
    SlotType.TERMINATOR: "terminator_with_lc",
    SlotType.WAKE_UP: "wakeup",
} | {SlotType(word): f"voice_{word:04x}" for word in range(0x7777, 0xCCCD, 0x1111)}

SYNC_NAMES = {kind.value: kind.name.lower() for kind in SyncKind}


@pytest.mark.parametrize(("data", "expect"), vectors("ipsc-dmr"))
def test_ipsc_packet(data: bytes, expect: Expect) -> None:
    packet = IpscPacket.parse(data)
    kind = SlotType(packet.slot_type)
    ours: Expect = {
        "length": len(data),
        "header": packet.header.hex(),
        "sequence": packet.sequence,
        "packet_type": packet.packet_type,
        "packet_class": packet.packet_type & 0x0F,
        "slot_byte": packet.slot_octet,
        "timeslot": packet.slot,
        "slot_type": f"0x{packet.slot_type:04x}",
        "slot_type_name": SLOT_NAMES.get(kind, kind.name.lower()),
        "color_code": packet.colour_code,
        "frame_type": f"0x{packet.frame_type:04x}",
        "call_type": packet.call_type,
        "destination_id": packet.destination,
        "source_id": packet.source,
    }
    if "call_type_name" in expect:
        ours["call_type_name"] = ("private", "group")[packet.call_type]
    if "burst_hex" in expect:
        assert packet.burst is not None
        ours["burst_hex"] = packet.burst.hex()
    if 0x7777 <= kind <= 0xCCCC:
        ours["voice_burst"] = kind.name[-1]
    if packet.sync_octets is not None:
        ours["sync_octets"] = packet.sync_octets.hex()
        ours["sync_kind"] = SYNC_NAMES.get(packet.frame_type, "other")
        if packet.frame_type == SyncKind.VOICE_LC:
            ours["sync_lc"] = {
                "flco": packet.sync_octets[0],
                "fid": packet.sync_octets[1],
                "service_options": packet.sync_octets[2],
                "destination_id": int.from_bytes(packet.sync_octets[3:6], "big"),
                "source_id": int.from_bytes(packet.sync_octets[6:9], "big"),
            }
    assert ours == expect
    assert packet.build() == data


@pytest.mark.parametrize(("data", "expect"), vectors("ipsc-ping"))
def test_ipsc_ping(data: bytes, expect: Expect) -> None:
    ping = IpscPing.parse(data)
    assert ping.head.hex() == expect["header"]
    assert ping.result == expect["seq_or_result"]
    assert ping.tail[1] == expect["byte14"]
    assert ping.tail.hex() == expect["tail"]
    assert ping.is_response == expect["is_response"]
    assert ping.build() == data


def test_the_captured_answer_to_a_ping_is_ours() -> None:
    request = bytes.fromhex("a096d1100a00000014000000ec5a595a00000000")
    answer = bytes.fromhex("5a5a5a5a0a00000014000000ff5a015a00000000")
    assert IpscPing.parse(request).response().build()[4:] == answer[4:]
