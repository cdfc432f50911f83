"""MOTOTRBO datagrams without the real numbers, places, texts and names.

Telemetry and batteries, whose octets nobody describes, are left out; so are accessories.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from radio_gateway.decoding_mototrbo import service_of
from radio_gateway.domain.geo import GeoPoint
from radio_gateway.protocols.errors import MalformedError
from radio_gateway.protocols.mototrbo.ars import (
    Registration,
    UnknownArs,
    UserRegistration,
    parse_ars,
)
from radio_gateway.protocols.mototrbo.lrrp import (
    LrrpDocument,
    OtherDocument,
    Report,
    build_document,
    parse_lrrp,
)
from radio_gateway.protocols.mototrbo.lrrp_report import scaled_place
from radio_gateway.protocols.mototrbo.tms import LEAD, Text, UnknownTms, parse_tms
from radio_gateway.recording.pseudonyms import Pseudonyms
from radio_gateway.recording.scrubbing import LeftOut

_UNKNOWN: Final = "messages of unknown content"


def scrub(frames: Sequence[bytes], names: Pseudonyms) -> list[bytes | LeftOut | None]:
    """See `scrubbing.Scrub`."""
    return [_scrubbed(frame, names) for frame in frames]


def host(names: Pseudonyms, address: str) -> str:
    """Another radio's address in the same network; radios are known by theirs."""
    network, _, rest = address.partition(".")
    octets = [int(part) for part in rest.split(".") if part.isdecimal()]
    if len(octets) != 3 or max(octets) > 255:
        return names.host(address)
    number = names.number(octets[0] << 16 | octets[1] << 8 | octets[2])
    return f"{network}.{number >> 16}.{number >> 8 & 255}.{number & 255}"


def _scrubbed(octets: bytes, names: Pseudonyms) -> bytes | LeftOut:
    try:
        match service_of(octets):
            case "ars":
                return _ars(octets, names)
            case "tms":
                return _tms(octets, names)
            case _:
                documents = [_document(each, names) for each in parse_lrrp(octets)]
                return b"".join(map(build_document, documents))
    except (MalformedError, ValueError):
        return LeftOut("frames that cannot be read")


def _ars(octets: bytes, names: Pseudonyms) -> bytes | LeftOut:
    message = parse_ars(octets)
    match message:
        case Registration() | UserRegistration():
            device = message.device.strip()
            if device.isascii() and device.isdecimal():
                device = str(names.number(int(device)))
            else:
                device = names.text(device)
            user = names.text(message.user)
            return replace(message, device=device, user=user, password=b"").build()
        case UnknownArs():
            return LeftOut(_UNKNOWN)
        case _:
            return message.build()


def _tms(octets: bytes, names: Pseudonyms) -> bytes | LeftOut:
    message = parse_tms(octets)
    match message:
        case Text():
            lead = LEAD if message.octets.startswith(LEAD.encode("utf-16-le")) else ""
            told = (lead + names.text(message.text)).encode("utf-16-le")
            return replace(message, octets=told, address=bytes(len(message.address))).build()
        case UnknownTms():
            return LeftOut(_UNKNOWN)
        case _:
            return replace(message, address=bytes(len(message.address))).build()


def _document(document: LrrpDocument, names: Pseudonyms) -> LrrpDocument:
    if isinstance(document, OtherDocument):
        return replace(document, body=bytes(len(document.body)))
    clean = replace(document, unread=bytes(len(document.unread)))
    if not isinstance(clean, Report):
        return clean
    clean = replace(clean, result_text=bytes(len(clean.result_text)))
    if clean.shape is None or not (clean.latitude or clean.longitude):
        return clean
    point = names.place(GeoPoint(clean.latitude_deg, clean.longitude_deg))
    latitude, longitude = scaled_place(point.lat, point.lon)
    return replace(clean, latitude=latitude, longitude=longitude)
