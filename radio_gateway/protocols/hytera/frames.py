"""Which class reads which octets: the registry of messages, and one entry for any frame."""

from typing import Final, TypeAlias

from radio_gateway.protocols.hytera import data, hrnp, hstrp, lp, rcp, rrs, tmp
from radio_gateway.protocols.hytera.hdap import Hdap, Service
from radio_gateway.protocols.hytera.hrnp import Hrnp, HrnpOpcode
from radio_gateway.protocols.hytera.hstrp import Hstrp
from radio_gateway.protocols.hytera.ipsc import IpscPing
from radio_gateway.protocols.hytera.message import Message, UnknownMessage

Frame: TypeAlias = Hstrp | Hrnp | Hdap | IpscPing

FRAMES: Final[dict[tuple[Service, int], type[Message]]] = {
    (kind.SERVICE, kind.OPCODE): kind
    for kind in (*rrs.MESSAGES, *lp.MESSAGES, *tmp.MESSAGES, *rcp.MESSAGES, *data.MESSAGES)
}
"Message class by service and opcode (texts: the low octet)."


def read_message(envelope: Hdap) -> Message | UnknownMessage:
    """Read what an envelope carries; opcodes without a class are kept raw.

    Raises:
        MalformedError: the payload is shorter than its message.
    """
    if envelope.service is Service.DDS:
        return data.DeliveryState.parse(envelope)
    opcode = envelope.opcode & 0xFF if envelope.service is Service.TMP else envelope.opcode
    kind = FRAMES.get((envelope.service, opcode))
    if kind is None:
        return UnknownMessage(envelope.service, envelope.opcode, envelope.payload)
    return kind.parse(envelope)


def read_frame(octets: bytes) -> Frame:
    """Read a datagram of any HDAP link by its first octets.

    On a live link the port decides; this is for captures and the command line.

    Raises:
        MalformedError: none of the forms.
    """
    if octets[:2] == hstrp.MAGIC:
        return Hstrp.parse(octets)
    if octets[:1] == bytes((hrnp.START,)):
        return Hrnp.parse(octets)
    if octets[4:9] == bytes.fromhex("0a00000014"):
        return IpscPing.parse(octets)
    return Hdap.parse(octets)


def envelope_of(frame: Frame) -> Hdap | None:
    """The HDAP message inside a frame; None where it carries none.

    Raises:
        MalformedError: what is inside is no HDAP message.
    """
    match frame:
        case Hdap():
            return frame
        case Hstrp() if frame.is_data and frame.payload:
            return Hdap.parse(frame.payload)
        case Hrnp(opcode=HrnpOpcode.DATA) if frame.payload:
            return Hdap.parse(frame.payload)
        case _:
            return None
