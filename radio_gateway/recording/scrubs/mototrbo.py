"""MOTOTRBO datagrams without the real numbers, places, texts and names.

Other octets stand for those that nobody describes; accessories are left out.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from radio_gateway.adapters._mototrbo_triggers import EMERGENCY_ID, PERIODIC_ID
from radio_gateway.domain.geo import GeoPoint
from radio_gateway.protocols.errors import MalformedError
from radio_gateway.protocols.mototrbo.ars import (
    Answer,
    Registration,
    UnknownArs,
    UserRegistration,
    parse_ars,
)
from radio_gateway.protocols.mototrbo.battery import (
    BatteryRegistration,
    BatteryRegistrationAnswer,
    BatteryReply,
    parse_battery,
)
from radio_gateway.protocols.mototrbo.lrrp import (
    Item,
    LrrpDocument,
    OtherDocument,
    Report,
    Token,
    build_document,
    parse_lrrp,
)
from radio_gateway.protocols.mototrbo.lrrp_report import scaled_place
from radio_gateway.protocols.mototrbo.tms import LEAD, Text, UnknownTms, parse_tms
from radio_gateway.recording.pseudonyms import Pseudonyms
from radio_gateway.recording.ring import Record
from radio_gateway.recording.scrubs.scrubbing import LeftOut, Told, in_its_blanks

_UNKNOWN: Final = "messages of unknown content"


def scrub(records: Sequence[Record], names: Pseudonyms) -> list[Told]:
    """See `scrubbing.Scrub`."""
    return [_scrubbed(record, names) for record in records]


def host(names: Pseudonyms, address: str) -> str:
    """Another radio's address in the same network; radios are known by theirs."""
    network, _, rest = address.partition(".")
    octets = [int(part) for part in rest.split(".") if part.isdecimal()]
    if len(octets) != 3 or max(octets) > 255:
        return names.host(address)
    number = names.number(octets[0] << 16 | octets[1] << 8 | octets[2])
    return f"{network}.{number >> 16}.{number >> 8 & 255}.{number & 255}"


def _scrubbed(record: Record, names: Pseudonyms) -> Told:
    try:
        match record.where.endpoint:
            case "ars":
                return ars(record.data, names)
            case "tms":
                return tms(record.data, names)
            case "lrrp":
                return lrrp(record.data, names)
            case "telemetry":
                return names.octets(record.data)
            case "battery":
                return battery(record.data, names)
            case _:
                return LeftOut(_UNKNOWN)
    except LeftOut as reason:
        return reason
    except (MalformedError, ValueError):
        return LeftOut("frames that cannot be read")


def lrrp(octets: bytes, names: Pseudonyms) -> bytes:
    """Location; raises MalformedError as its reader does, and so do the others."""
    return b"".join(build_document(_document(each, names)) for each in parse_lrrp(octets))


def ars(octets: bytes, names: Pseudonyms) -> bytes:
    """Registration."""
    message = parse_ars(octets)
    match message:
        case Registration() | UserRegistration():
            device = message.device.strip()
            if device.isascii() and device.isdecimal():
                device = str(names.number(int(device))).zfill(len(message.device))
            else:
                device = names.text(device, len(message.device.encode()))
            user = names.text(message.user, len(message.user.encode()))
            password = bytes(len(message.password))
            return replace(message, device=device, user=user, password=password).build()
        case Answer(rest=rest) if rest:
            return replace(message, rest=bytes(len(rest))).build()
        case UnknownArs():
            raise LeftOut(_UNKNOWN)
        case _:
            return message.build()


def tms(octets: bytes, names: Pseudonyms) -> bytes:
    """Text."""
    message = parse_tms(octets)
    match message:
        case Text():
            lead = LEAD if message.octets.startswith(LEAD.encode("utf-16-le")) else ""
            units = len(message.octets) // 2 - len(lead)
            told = (lead + in_its_blanks(message.text, names, units)).encode("utf-16-le")
            told += bytes(len(message.octets) - len(told))
            return replace(message, octets=told, address=bytes(len(message.address))).build()
        case UnknownTms():
            raise LeftOut(_UNKNOWN)
        case _:
            return replace(message, address=bytes(len(message.address))).build()


def battery(octets: bytes, names: Pseudonyms) -> bytes:
    """What an intelligent battery says; its charge stays."""
    match parse_battery(octets):
        case BatteryRegistration() as message:
            serial = message.serial and names.octets(bytes.fromhex(message.serial)).hex()
            radio, number = names.octets(message.radio), names.octets(message.registration)
            return replace(message, radio=radio, registration=number, serial=serial).build()
        case BatteryReply(serial=str() as serial, raw=raw) as reply:
            told = names.octets(bytes.fromhex(serial))[::-1]
            readings, charge = names.octets(raw[len(told) : -1]), raw[len(told) :][-1:]
            return replace(reply, raw=told + readings + charge).build()
        case BatteryReply() as reply:
            return replace(reply, raw=names.octets(reply.raw)).build()
        case BatteryRegistrationAnswer(proof):
            return BatteryRegistrationAnswer(names.octets(proof)).build()
        case message:
            return message.build()


def _request(octets: bytes, names: Pseudonyms) -> bytes:
    """The id of a request; ours say what they are for, others may say anything."""
    return octets if octets in (PERIODIC_ID, EMERGENCY_ID) else names.octets(octets)


def _item(item: Item, names: Pseudonyms) -> Item:
    match item:
        case Item(Token.REQUEST_ID, bytes() as octets):
            return item._replace(value=_request(octets, names))
        case Item(Token.REQUEST_ID_SHORT, int() as number):
            return item._replace(value=_request(bytes((number,)), names)[0])
        case Item(_, bytes() as octets):
            return item._replace(value=bytes(len(octets)))
        case _:
            return item


def _document(document: LrrpDocument, names: Pseudonyms) -> LrrpDocument:
    if isinstance(document, OtherDocument):
        return replace(document, body=bytes(len(document.body)))
    table = None if document.table is None else bytes(len(document.table))
    clean = replace(document, table=table, unread=bytes(len(document.unread)))
    if not isinstance(clean, Report):
        return replace(clean, items=tuple(_item(item, names) for item in clean.items))
    request = None if clean.request is None else _request(clean.request, names)
    clean = replace(clean, request=request, result_text=bytes(len(clean.result_text)))
    if clean.shape is None or not (clean.latitude or clean.longitude):
        return clean
    if clean.heading_deg is not None:
        clean = replace(clean, heading=round(names.course(clean.heading_deg) / 2))
    if clean.altitude_m is not None:
        clean = replace(clean, altitude_m=names.height(clean.altitude_m))
    point = names.place(GeoPoint(clean.latitude_deg, clean.longitude_deg))
    latitude, longitude = scaled_place(point.lat, point.lon)
    return replace(clean, latitude=latitude, longitude=longitude)
