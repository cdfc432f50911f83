"""What a text looks like on the air, and what an answer to it looks like."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from radio_gateway.domain.commands import SendText
from radio_gateway.protocols.dmr import short_text
from radio_gateway.protocols.dmr.air import Channel, Parties
from radio_gateway.protocols.dmr.burst import DataBurst, parse_burst
from radio_gateway.protocols.dmr.data_header import (
    ConfirmedHeader,
    ResponseHeader,
    ShortDataHeader,
    parse_data_header,
)
from radio_gateway.protocols.dmr.packet_building import Packet, datagram, short_data
from radio_gateway.protocols.dmr.reassembly import DataPacket
from radio_gateway.protocols.dmr.sending import acknowledgement, response_bursts
from radio_gateway.protocols.dmr.slot_type import DataType
from radio_gateway.protocols.errors import MalformedError
from radio_gateway.protocols.homebrew.dmrd import DmrFrame, FrameType
from radio_gateway.protocols.mototrbo import tms

_TMS_PORT: Final = 4007
_RADIO_NETWORK: Final = 12
_GROUP_NETWORK: Final = 225
"First octets of the IP addresses of radios and talkgroups, as MOTOTRBO radios come set."


class TextForm(StrEnum):
    """How a text is packed."""

    STANDARD = "standard"
    "Defined short data of the DMR standard in UTF-16; for radios of every make that read it."
    MOTOROLA = "motorola"
    "Motorola's text message service in a UDP/IP packet, as from one radio to another."


@dataclass(frozen=True, slots=True, kw_only=True)
class TextConfig:
    """What texts look like on the air."""

    source: int | None = None
    "Number of the dispatcher, as radios show the sender; None: no texts."
    form: TextForm = TextForm.STANDARD
    confirmed: bool = True
    "Ask radios for an answer; never asked of talkgroups."
    slot: int = 2
    "For radios that were not heard yet, and for talkgroups."
    pause_s: float = 3.0
    "Left after a transmission of voice."


def build_packet(command: SendText, config: TextConfig, number: int) -> Packet:
    """The text as a data packet; `number` counts the texts of a link.

    Raises:
        ValueError: it does not fit, or the addressee is no number of DMR.
    """
    group = command.talkgroup is not None
    addressee = command.talkgroup or command.radio
    parties = Parties(addressee.number if addressee else 0, config.source or 0, group)
    confirmed = config.confirmed and not group
    if config.form is TextForm.STANDARD:
        content = short_text.encode(command.text)
        form = short_text.UTF_16_BE
        return short_data(content, parties, character_format=form, confirmed=confirmed)
    text = tms.Text.saying(command.text, number % (tms.MAX_SEQUENCE + 1), wants_answer=False)
    return datagram(
        text.build(),
        parties,
        source_port=_TMS_PORT,
        target_port=_TMS_PORT,
        identification=number % 0x1_0000,
        networks=(_RADIO_NETWORK, _GROUP_NETWORK if group else _RADIO_NETWORK),
        confirmed=confirmed,
        send_sequence=number % 8,
    )


def confirmation(
    packet: DataPacket, heard: DmrFrame, number: int | None, colour_code: int, stream: bytes
) -> DmrFrame | None:
    """What tells a radio that its packet to us has arrived; None where it asks nothing of us.

    Args:
        packet: what has come whole.
        heard: its last burst, whose slot the answer takes.
        number: our own, the dispatcher's; None: we send nothing on this link.
        colour_code: of the channel.
        stream: 4 octets for the answer.
    """
    header = packet.header
    if not isinstance(header, ConfirmedHeader | ShortDataHeader) or header.group:
        return None
    if not header.response_requested or header.target != number:
        return None
    [burst] = response_bursts(acknowledgement(header), Channel(colour_code))
    return DmrFrame(
        sequence=0,
        source=header.target,
        target=header.source,
        repeater_id=heard.repeater_id,
        slot=heard.slot,
        group=False,
        frame_type=FrameType.DATA_SYNC,
        detail=DataType.DATA_HEADER,
        stream=stream,
        burst=burst.octets,
        bit_errors=0,
    )


def response_in(octets: bytes) -> ResponseHeader | None:
    """The answer in a burst of a data header; None: it holds something else, or nothing."""
    try:
        burst = parse_burst(octets)
        if not isinstance(burst, DataBurst):
            return None
        header = parse_data_header(burst.payload(DataType.DATA_HEADER))
    except MalformedError:
        return None
    return header if isinstance(header, ResponseHeader) else None
