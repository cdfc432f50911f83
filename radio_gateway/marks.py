"""Protocols by marks that hardly any other datagram bears, for captures at unusual ports."""

from collections.abc import Callable
from typing import Final

from radio_gateway.decoding_ipsc import is_hytera, may_be_mototrbo
from radio_gateway.protocols.errors import MalformedError
from radio_gateway.protocols.homebrew.frames import parse_frame
from radio_gateway.protocols.homebrew.openbridge import without_signature
from radio_gateway.protocols.hytera import hrnp, hstrp
from radio_gateway.protocols.hytera.hdap import is_hdap
from radio_gateway.protocols.mmdvm.frames import Frame
from radio_gateway.protocols.mototrbo.ipsc import OtherPacket, parse_packet


def protocol_of(data: bytes) -> str | None:
    """Name of the protocol of a datagram, as `replay` takes it; None: it bears no mark.

    Datagrams of MOTOTRBO radios bear none: their ports alone tell what they are.
    """
    return next((name for name, bears in _MARKS.items() if data and bears(data)), None)


def _reads(read: Callable[[bytes], object], data: bytes) -> bool:
    try:
        read(data)
    except MalformedError:
        return False
    return True


def _is_hytera_radio(data: bytes) -> bool:
    return data[:2] == hstrp.MAGIC or is_hdap(data) or _reads(hrnp.Hrnp.parse, data)


def _is_mototrbo_ipsc(data: bytes) -> bool:
    if not may_be_mototrbo(data):
        return False
    try:
        return not isinstance(parse_packet(data), OtherPacket)
    except MalformedError:
        return False


_MARKS: Final[dict[str, Callable[[bytes], bool]]] = {
    "homebrew": lambda data: _reads(parse_frame, without_signature(data)[0]),
    "hytera-ipsc": is_hytera,
    "hytera": _is_hytera_radio,
    "mmdvm": lambda data: _reads(Frame.parse, data),
    "mototrbo-ipsc": _is_mototrbo_ipsc,
}
"In the order of how much their marks prove."
