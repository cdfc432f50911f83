"""Frames of Hytera as fields, and which endpoint of a link one is for."""

from collections.abc import Callable
from typing import Any, Final

from radio_gateway import decoding_ipsc as ipsc
from radio_gateway.decoding_fields import Fields, named
from radio_gateway.protocols.errors import MalformedError

_VOICE_EXTENSION: Final = b"\x00\x15\x00\x03"


def read_any(data: bytes, burst_fields: Callable[[bytes], Fields]) -> list[Fields]:
    """A frame of any form; raises MalformedError."""
    from radio_gateway.protocols.hytera.frames import read_frame

    if ipsc.is_hytera(data):
        return ipsc.read_hytera(data, burst_fields)
    if is_voice(data):
        return read_rtp(data)
    return [_hytera_fields(read_frame(data))]


def is_voice(data: bytes) -> bool:
    """Whether octets are a repeater's voice: RTP with the maker's extension."""
    return data[:1] == b"\x90" and data[12:16] == _VOICE_EXTENSION


def _hytera_fields(frame: Any) -> Fields:
    from radio_gateway.protocols.hytera.frames import envelope_of, read_message

    found = _checked(frame)
    envelope = envelope_of(frame)
    if envelope is None:
        return found
    if envelope is not frame:
        found["hdap"] = _checked(envelope)
    return {**found, "message": named(read_message(envelope))}


def _checked(frame: Any) -> Fields:
    """A frame with `checksum_ok` behind its checksum, if it has one."""
    found: Fields = {}
    for name, value in named(frame).items():
        found[name] = value
        if name == "check":
            found["checksum_ok"] = frame.checksum_ok
    return found


def read_hdap(data: bytes) -> list[Fields]:
    """A bare message."""
    from radio_gateway.protocols.hytera.hdap import Hdap

    return [_hytera_fields(Hdap.parse(data))]


def read_hstrp(data: bytes) -> list[Fields]:
    """A packet of a repeater link."""
    from radio_gateway.protocols.hytera.hstrp import Hstrp

    return [_hytera_fields(Hstrp.parse(data))]


def read_hrnp(data: bytes) -> list[Fields]:
    """A packet of a radio link."""
    from radio_gateway.protocols.hytera.hrnp import Hrnp

    return [_hytera_fields(Hrnp.parse(data))]


def read_rtp(data: bytes) -> list[Fields]:
    """Voice of a repeater, with the call that its extension names."""
    from radio_gateway.protocols.hytera.rtp import EXTENSION_ID, CallExtension, Rtp

    packet = Rtp.parse(data)
    found = named(packet)
    if packet.extension_id == EXTENSION_ID and len(packet.extension) == 12:
        found["call"] = named(CallExtension.from_bytes(packet.extension))
    return [found]


def endpoint_of(data: bytes, port: int = 0) -> str:
    """The endpoint of a Hytera link that a datagram is for: by its port, else by its service."""
    from radio_gateway.adapters.hytera import DEFAULT_PORTS
    from radio_gateway.protocols.hytera.frames import envelope_of, read_frame

    for style in DEFAULT_PORTS.values():
        for name, usual in style.items():
            if port == usual:
                return name
    try:
        envelope = envelope_of(read_frame(data))
    except MalformedError:
        envelope = None
    service = "rrs" if envelope is None else envelope.service.name.lower()
    return f"{service}1" if f"{service}1" in DEFAULT_PORTS["repeater"] else "tmp1"


def may_be(data: bytes) -> bool:
    """Whether octets may be a frame of Hytera, by their first look."""
    service_or_envelope = data[0] & 0x7F in b"\x02\x08\x09\x11\x12\x13\x14\x32\x7e"
    return service_or_envelope or ipsc.is_hytera(data) or is_voice(data)
