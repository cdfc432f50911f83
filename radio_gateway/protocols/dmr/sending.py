"""From a message to the bursts that carry it: control blocks, data packets, preambles.

Everything is built and nothing is timed: the caller sends one burst per 60 ms and slot, and not
while somebody else talks there.
"""

from typing import Final

from radio_gateway.protocols.dmr import short_text
from radio_gateway.protocols.dmr.air import AirBurst, Channel, Parties, announced
from radio_gateway.protocols.dmr.csbk import (
    Csbk,
    CsbkMessage,
    EmergencyAlarm,
    OutboundActivation,
)
from radio_gateway.protocols.dmr.data_header import (
    ConfirmedHeader,
    Refusal,
    ResponseHeader,
    Sap,
    ShortDataHeader,
    StatusHeader,
)
from radio_gateway.protocols.dmr.header_building import build_data_header
from radio_gateway.protocols.dmr.packet_building import short_data
from radio_gateway.protocols.dmr.slot_type import DataType

DEFAULT_PREAMBLES: Final = 6
"0.36 s of air."


def text_bursts(
    text: str,
    parties: Parties,
    channel: Channel,
    *,
    confirmed: bool = False,
    preambles: int = DEFAULT_PREAMBLES,
    character_format: int = short_text.UTF_16_BE,
) -> list[AirBurst]:
    """A text as defined short data, which needs no vendor's message format.

    Radios that expect their vendor's format get it by `datagram`, with what the vendor's codec
    has built as payload.

    Raises:
        ValueError: too long, or characters that the format does not have.
    """
    content = short_text.encode(text, character_format)
    sent = short_data(content, parties, character_format=character_format, confirmed=confirmed)
    return sent.bursts(channel, preambles=preambles)


def csbk_bursts(
    message: Csbk | CsbkMessage,
    channel: Channel,
    *,
    repeats: int = 1,
    preambles: int = 0,
) -> list[AirBurst]:
    """A control block, sent `repeats` times, each one whole by itself.

    Radios on a scan list need preambles; the addresses in them are those of the message.

    Raises:
        ValueError: preambles asked for a block without addresses that we know.
    """
    block = message if isinstance(message, Csbk) else message.build()
    bursts = [channel.burst(DataType.CSBK, block.build())] * repeats
    if not preambles:
        return bursts
    known = block.message()
    if known is None:
        raise ValueError(f"no addresses known in opcode {block.opcode:02X} of FID {block.fid:02X}")
    return announced(bursts, _parties_of(known), channel, preambles, data=False)


def status_bursts(
    status: int,
    parties: Parties,
    channel: Channel,
    *,
    source_port: int = 0,
    target_port: int = 0,
    preambles: int = 0,
) -> list[AirBurst]:
    """A numbered status, 0..1023: a header with nothing behind it.

    Raises:
        ValueError: status or port out of range (ports are 0..7).
    """
    if status not in range(1024) or not {source_port, target_port} <= set(range(8)):
        raise ValueError(f"status {status} (0..1023) from {source_port} to {target_port} (0..7)")
    header = StatusHeader(
        target=parties.target,
        source=parties.source,
        group=parties.group,
        sap=Sap.SHORT_DATA,
        source_port=source_port,
        target_port=target_port,
        status=status,
    )
    burst = channel.burst(DataType.DATA_HEADER, build_data_header(header))
    return announced([burst], parties, channel, preambles)


def response_bursts(response: ResponseHeader, channel: Channel) -> list[AirBurst]:
    """An answer to a confirmed packet without a block of its own."""
    return [channel.burst(DataType.DATA_HEADER, build_data_header(response))]


def refusal(received: ConfirmedHeader | ShortDataHeader, why: Refusal) -> ResponseHeader:
    """`Not taken`, to whoever sent `received`; on `PACKET_CRC` senders send everything again."""
    return _response(received, response_class=1, response_type=why)


def acknowledgement(received: ConfirmedHeader | ShortDataHeader) -> ResponseHeader:
    """`All blocks have arrived`, to whoever sent `received`."""
    return _response(received, response_class=0, response_type=1)


def _response(
    received: ConfirmedHeader | ShortDataHeader, *, response_class: int, response_type: int
) -> ResponseHeader:
    return ResponseHeader(
        target=received.source,
        source=received.target,
        sap=received.sap,
        blocks=0,
        response_class=response_class,
        response_type=response_type,
        status=received.send_sequence if isinstance(received, ConfirmedHeader) else 0,
    )


def _parties_of(message: CsbkMessage) -> Parties:
    match message:
        case EmergencyAlarm():
            return Parties(message.talkgroup, message.source, group=True)
        case OutboundActivation():
            return Parties(message.base, message.source)
        case _:
            return Parties(message.target, message.source)
