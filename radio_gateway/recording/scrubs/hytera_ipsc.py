"""Packets of Hytera repeaters among themselves, without numbers, places, names and voices.

What repeaters say of themselves on the RDAC port is left out. Octets whose meaning is not known
become zeros.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from radio_gateway.adapters._hytera_ipsc_streams import Numbers, Streams
from radio_gateway.adapters.hytera_ipsc import CSBK_OCTETS, DATA_TYPES
from radio_gateway.protocols.dmr.checks import CrcMask, seal
from radio_gateway.protocols.dmr.embedded import LC_OCTETS
from radio_gateway.protocols.dmr.slot_type import DataType
from radio_gateway.protocols.hytera.ipsc import DMR_MARK, IpscPacket, IpscPing, SyncKind, swapped
from radio_gateway.protocols.hytera.ipsc_p2p import MARK, P2pCommand
from radio_gateway.recording.pseudonyms import Pseudonyms
from radio_gateway.recording.ring import Record
from radio_gateway.recording.scrubs import air, blocks
from radio_gateway.recording.scrubs.bursts import close_burst, open_burst
from radio_gateway.recording.scrubs.reading import scrub_frames
from radio_gateway.recording.scrubs.scrubbing import LeftOut, Told

_COMMAND_SAYS: Final = (*range(9), 20)
"Octets of a P2P command that mean something."


def scrub(records: Sequence[Record], names: Pseudonyms) -> list[Told]:
    """See `scrubbing.Scrub`."""
    stations = _Stations()
    return scrub_frames(records, lambda record: _opened(record, stations, names), names)


class _Stations:
    """Repeaters by address, and which of their packets belong together."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}
        self._streams = Streams()
        self._sequence = Numbers()

    def heard(self, record: Record, packet: IpscPacket, content: air.Content) -> air.Heard:
        base = self._numbers.setdefault(record.host, len(self._numbers))
        sequence = self._sequence.number(base, packet)
        stream = self._streams.stream(base, packet, record.at)
        parties = packet.source, packet.destination
        return air.Heard(record.at, base, packet.slot, stream, sequence, content, parties)


@dataclass(frozen=True, slots=True)
class _Burst:
    packet: IpscPacket
    octets: bytes
    heard: air.Heard

    def closed(self, told: air.Content, names: Pseudonyms) -> bytes:
        body = swapped(close_burst(self.octets, told) + b"\0")
        return _told(self.packet, body, names)


def _opened(record: Record, stations: _Stations, names: Pseudonyms) -> "_Burst | bytes":
    data = record.data
    if record.where.endpoint == "rdac" and len(data) > 1:
        raise LeftOut("frames that tell of the base alone")
    if len(data) == 1:  # keep-alives and their answers
        return data
    if data[:3] == MARK:
        return _command(data)
    if record.where.endpoint == "p2p":
        ping = IpscPing.parse(data)
        return replace(ping, head=bytes(4), middle=bytes(3), tail=bytes(7)).build()
    packet = IpscPacket.parse(data)
    octets = packet.burst
    if octets is None:
        return _told(packet, _between(packet, names), names)
    content = open_burst(octets, DATA_TYPES.get(packet.slot_type))
    return _Burst(packet, octets, stations.heard(record, packet, content))


def _told(packet: IpscPacket, body: bytes, names: Pseudonyms) -> bytes:
    return replace(
        packet,
        body=body,
        source=names.number(packet.source),
        destination=names.number(packet.destination),
        header=bytes(4),
        mark=DMR_MARK,
        reserved=bytes(3),
        unknown=bytes(2),
        unknown_2=bytes(2),
        pad=0,
        pad_2=0,
        pad_3=0,
        trailing=bytes(len(packet.trailing)),
    ).build()


def _between(packet: IpscPacket, names: Pseudonyms) -> bytes:
    """What a repeater repeats between the bursts: 12 octets, each with a zero behind it."""
    octets, told = packet.sync_octets, b""
    if octets is not None and packet.frame_type == SyncKind.VOICE_LC:
        told = blocks.link_control(octets[:LC_OCTETS], names) or b""
    elif octets is not None and packet.frame_type == SyncKind.CSBK:
        block = seal(octets[:CSBK_OCTETS], CrcMask.CSBK)
        told = blocks.standing_alone(DataType.CSBK, block, names)[:CSBK_OCTETS]
    return b"".join(bytes((octet, 0)) for octet in told).ljust(len(packet.body), b"\0")


def _command(data: bytes) -> bytes:
    """A command of which only the octets that mean something are left."""
    P2pCommand.parse(data)
    return bytes(octet if n in _COMMAND_SAYS else 0 for n, octet in enumerate(data))
