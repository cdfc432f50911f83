"""Data of radios by DMR: numbered packets, and the answers that they wait for."""

from typing import Final

from radio_gateway.protocols.dmr.air import Parties
from radio_gateway.protocols.dmr.packet_building import Packet, datagram

RADIO_NETWORK, SERVER_NETWORK = 12, 13
"First octets of the addresses of radios, and of computers behind radios (factory setting)."
TMS_PORT: Final = 4007
"Texts are confirmed; registrations and places come again anyway."


class RadioData:
    """Numbers the packets of one channel."""

    def __init__(self) -> None:
        self._identification = 0
        self._send_sequence: dict[int, int] = {}

    def datagram(self, parties: Parties, port: int, payload: bytes) -> Packet:
        """A UDP datagram from a radio to the computer behind its target."""
        self._identification = (self._identification + 1) & 0xFFFF
        sequence = self._send_sequence.get(parties.source, 0)
        self._send_sequence[parties.source] = (sequence + 1) % 8
        return datagram(
            payload,
            parties,
            source_port=port,
            target_port=port,
            identification=self._identification,
            networks=(RADIO_NETWORK, SERVER_NETWORK),
            confirmed=port == TMS_PORT,
            send_sequence=sequence,
        )
