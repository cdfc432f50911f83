"""CCR, frequency control within the same envelope: read for the log, never spoken."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from radio_gateway.protocols.errors import MalformedError
from radio_gateway.protocols.tait.packet import Direction, Packet

_COMMANDS: Final = {
    "R": "rx_frequency",
    "T": "tx_frequency",
    "H": "bandwidth",
    "J": "volume",
    "A": "rx_ctcss",
    "B": "tx_ctcss",
    "C": "rx_dcs",
    "D": "tx_dcs",
    "S": "selcall",
    "I": "selcall_parameters",
    "N": "selcall_option",
    "M": "monitor",
    "P": "power",
    "Q": "pulse",
    "E": "exit",
}
_REPORTS: Final = {"V": "selcall_decoded", "Q": "pulse", "+": "accepted", "-": "refused"}
_NOTICES: Final = {b"P": "tx_timeout_warning", b"R": "ready"}


class Refusal(StrEnum):
    """Why a CCR command was refused; number as in the packet."""

    INVALID = "01"
    CHECKSUM = "02"
    PARAMETER = "03"
    BUSY = "05"
    NOT_ACCEPTED = "06"


@dataclass(frozen=True, slots=True)
class CcrMessage:
    """One packet of CCR."""

    direction: Direction
    command: str
    "`rx_frequency`, `selcall_decoded`, ...; the letter itself when it is not listed."
    value: str
    "As written: hertz, 0.1 Hz of CTCSS, DCS code, Selcall tones (`E` repeat, `-` gap)."
    refusal: Refusal | None = None


def parse_ccr(packet: Packet, direction: Direction | None = None) -> CcrMessage:
    """Read a packet with an upper case ident, `+` or `-`.

    Args:
        packet: the packet.
        direction: where it was going; None: as its letter and value suggest.

    Raises:
        MalformedError: a CCDI packet.
    """
    if packet.ident.islower():
        raise MalformedError("a CCDI packet, not CCR", packet.build())
    came = packet.ident in "V+-" or (packet.ident == "M" and packet.parameters in _NOTICES)
    towards = direction or (Direction.FROM_RADIO if came else Direction.TO_RADIO)
    if towards is Direction.TO_RADIO:
        return CcrMessage(towards, _COMMANDS.get(packet.ident, packet.ident), packet.text)
    if packet.ident == "M":
        command = _NOTICES.get(packet.parameters, "monitor")
    else:
        command = _REPORTS.get(packet.ident, packet.ident)
    known = packet.ident == "-" and packet.text[:2] in [reason.value for reason in Refusal]
    refusal = Refusal(packet.text[:2]) if known else None
    return CcrMessage(towards, command, packet.text, refusal)
