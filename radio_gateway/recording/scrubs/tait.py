"""Packets of a Tait radio without the real identities, places and texts.

Frequency control and what the manual does not list are left out. An identity keeps its length;
one of digits stays one of digits.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Final

from radio_gateway.domain.ids import MAX_NUMBER
from radio_gateway.protocols.errors import MalformedError
from radio_gateway.protocols.tait.commands import (
    RMC_ADDRESS,
    Cancel,
    Dial,
    Function,
    GoToChannel,
    Query,
    Question,
    SendAdaptableSdm,
    SendSdm,
    parse_command,
)
from radio_gateway.protocols.tait.packet import Packet
from radio_gateway.protocols.tait.reader import Item, Kind, PacketReader
from radio_gateway.protocols.tait.reports import (
    ErrorReport,
    Measurement,
    Model,
    Progress,
    ProgressType,
    Ring,
    Sdm,
    SerialNumber,
    Version,
    parse_report,
)
from radio_gateway.recording.pseudonyms import Pseudonyms
from radio_gateway.recording.ring import Record
from radio_gateway.recording.scrubs.lines import sentence
from radio_gateway.recording.scrubs.scrubbing import UNREADABLE, LeftOut, Told, joined

_SHORT: Final = 6
"Characters of a command that switches something: no room for an identity."
_PLAIN: Final = (
    ProgressType.EMERGENCY_STARTED,
    ProgressType.EMERGENCY_ENDED,
    ProgressType.SDM_ACKNOWLEDGED,
    ProgressType.SELCALL_ACKNOWLEDGED,
    ProgressType.RESTARTED,
)
"Progress whose argument is a flag, and no identity or channel."


def scrub(records: Sequence[Record], names: Pseudonyms) -> list[Told]:
    """Whole packets and prompts, each in the place of the piece that completed it."""
    reader = PacketReader()
    return [
        joined([_item(item, record.outbound, names) for item in reader.feed(record.data)])
        for record in records
    ]


def _item(item: Item, outbound: bool, names: Pseudonyms) -> bytes | LeftOut:
    if item.kind is Kind.PROMPT:
        return item.data
    if item.packet is None:
        return LeftOut("octets outside any packet")
    try:
        told = _command if outbound else _report
        return told(item.packet, names).build()
    except LeftOut as reason:
        return reason
    except (MalformedError, ValueError):
        return LeftOut(UNREADABLE)


def _report(packet: Packet, names: Pseudonyms) -> Packet:
    report = parse_report(packet)
    match report:
        case Ring(destination=destination, caller=caller):
            destination = destination and _identity(destination, names)
            caller = caller and _identity(caller, names)
            return replace(report, destination=destination, caller=caller).build()
        case Sdm():
            return Sdm(_message(report.data, names)).build()
        case Progress():
            kept = report.event in _PLAIN and len(report.argument or "") <= 1
            return (report if kept else replace(report, argument=_hidden(report.argument))).build()
        case SerialNumber():
            return SerialNumber(names.text(report.number)).build()
        case ErrorReport() | Model() | Version() | Measurement():
            return packet
        case _:
            raise LeftOut("packets of unknown content")


def _command(packet: Packet, names: Pseudonyms) -> Packet:
    command = parse_command(packet)
    match command:
        case SendSdm() | SendAdaptableSdm():
            kept = command.text == RMC_ADDRESS  # a question for a place
            text = command.text if kept else names.text(command.text, len(command.text))
            return replace(command, data_id=_identity(command.data_id, names), text=text).build()
        case Dial():
            return replace(command, number=_identity(command.number, names)).build()
        case Query(question=question) if question is not Question.TEST:
            return replace(command, argument=_hidden(command.argument)).build()
        case Query() | Cancel() | Function() | GoToChannel() if len(packet.parameters) <= _SHORT:
            return packet
        case _:
            raise LeftOut("packets of unknown content")


def _identity(identity: str, names: Pseudonyms) -> str:
    """A Selcall or data identity; wildcards at its end stay where they are."""
    digits = identity.strip("*")
    if digits.isascii() and digits.isdecimal() and int(digits) <= MAX_NUMBER:
        told = str(names.number(int(digits))).zfill(len(digits))
    else:
        told = names.text(digits)
    return identity.replace(digits, told) if digits else identity


def _message(data: bytes, names: Pseudonyms) -> bytes:
    if data.startswith(b"$"):
        line = data.rstrip(b"\r\n")
        with suppress(MalformedError, LeftOut):
            return sentence(line, names) + data[len(line) :]
    return names.text(data.decode("latin-1"), len(data)).encode("ascii")


def _hidden(argument: str | None) -> str | None:
    return argument and "0" * len(argument)
